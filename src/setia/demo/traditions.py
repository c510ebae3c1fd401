"""How names are made across Indonesia: what a name's parts are, and how often. The lists were written for this demo."""

from dataclasses import dataclass, field

FEMALE, MALE = 0, 1


def words(text: str) -> tuple[str, ...]:
    """A list written as one text: names parted by spaces, `_` for a space inside a name."""
    return tuple(word.replace("_", " ") for word in text.split())


@dataclass(frozen=True)
class Tradition:
    """How one people names its daughters and sons; tuples are (female, male)."""

    weight: float
    given: tuple[tuple[str, ...], tuple[str, ...]]
    second: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    second_share: float = 0.0
    before: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    before_share: float = 0.0
    family: tuple[str, ...] = ()
    family_share: float = 0.0
    muslim_share: float = field(default=0.9)


TRADITIONS = (
    # Java: one name alone is common
    Tradition(
        26,
        (
            words(
                "Siti Sri Wahyuni Endang Tri Dwi Retno Lestari Ratna Sulastri Sukinem Suryani Yuliana Rini"
                " Ningsih Kartini"
                " Wulan Ayu Puji Murni Sumiyati Dyah Anisa Nur Hesti Tutik Painem Sekar Galuh Larasati"
            ),
            words(
                "Bambang Slamet Agus Eko Joko Budi Sutrisno Suparman Wahyu Hadi Tri Dwi Purwanto Sugeng"
                " Teguh Heru Supriyadi"
                " Paijo Mulyono Sutopo Bagus Aji Galih Rizky Dimas Yoga Ngatiman Untung Widodo Prasetyo"
            ),
        ),
        (
            words(
                "Rahayu Handayani Lestari Wulandari Astuti Utami Kusumawati Setyowati Puspitasari Hapsari"
                " Widyastuti Maharani"
                " Ningrum Purwaningsih Fitriani Indrawati"
            ),
            words(
                "Santoso Susanto Prabowo Wibowo Nugroho Setiawan Haryanto Pamungkas Kurniawan Saputro Utomo"
                " Hartono Wicaksono"
                " Raharjo Suryanto Prakoso"
            ),
        ),
        0.78,
        (words("Raden_Ajeng Raden_Roro"), words("Raden Raden_Mas")),
        0.02,
    ),
    # Sunda: doubled sounds
    Tradition(
        14,
        (
            words("Euis Neneng Iis Ai Yayah Cucu Imas Titin Nining Rina Lilis Dedeh Elis Teti Yanti Nenden Mila Wiwin"),
            words(
                "Asep Dadang Ujang Cecep Encep Dede Deden Yayan Aep Iwan Endang Jajang Tatang Rahmat Gilang Rizal Maman"
            ),
        ),
        (
            words("Nurhayati Komariah Rohaeni Sukaesih Rukmini Kurniasih Suryani Marlina Hidayah Komalasari"),
            words("Sunandar Hidayat Supriatna Gunawan Kurnia Permana Sutisna Suherman Mulyana Ramdani Nugraha Wiguna"),
        ),
        0.82,
    ),
    # Betawi
    Tradition(
        4,
        (
            words("Maemunah Rohani Zubaedah Masitoh Rogayah Nurlela Juleha Hindun"),
            words("Mamat Sanusi Rojali Sabeni Naman Muhidin Jaelani Mardani Syafei"),
        ),
        (words("Binti_Sanip Yuningsih Hasanah"), words("Bin_Salim Effendi Abdurrahman Zaelani")),
        0.4,
    ),
    # Madura
    Tradition(
        4,
        (
            words("Maimunah Sutiyah Hosniyah Rukayyah Sumiati Halimah Mutmainnah"),
            words("Moh._Hasan Mat_Rais Buhari Fathorrahman Sahwi Ach._Zaini Mohammad_Holil Saiful"),
        ),
        (words("Ulfa Jannah Wardah"), words("Bahri Anwar Hidayatullah Rofiq Amin")),
        0.5,
    ),
    # Batak: the clan's name last
    Tradition(
        7,
        (
            words("Rosalina Tiurma Lasma Riris Romauli Ruth Hotmaida Debora Sondang Marlina Tiominar Yohana Melva"),
            words("Togar Binsar Hotman Poltak Jonggi Sahat Maruli Parlindungan Daniel Ronald Saut Bonar Tigor Andreas"),
        ),
        (words("Uli Magdalena Natalia Kristina"), words("Parulian Martua Hamonangan Pardamean")),
        0.25,
        family=words(
            "Simanjuntak Sihombing Hutagalung Siregar Nasution Lubis Harahap Sitorus Panjaitan Simbolon"
            " Manurung Tampubolon"
            " Nainggolan Ginting Tarigan Sembiring Purba Saragih Damanik Pasaribu Silalahi Hutapea"
        ),
        family_share=0.97,
        muslim_share=0.3,
    ),
    # Minangkabau
    Tradition(
        6,
        (
            words("Yusnida Rosmawati Fatmawati Elvira Gusneli Yulinar Rahma Desmawati Upik Nurbaiti Mutia Silvia"),
            words("Zulkifli Syafrizal Yusrizal Hendri Afrizal Jasril Irwan Nofrizal Taufik Rusdi Fadli Dasril"),
        ),
        (words("Yenti Marni Zahara Oktavia Sari"), words("Putra Rahman Akbar Ilyas Yanuar")),
        0.5,
        family=words("Chaniago Koto Piliang Tanjung Sikumbang Jambak Caniago Guci Malayu"),
        family_share=0.35,
        before=((), words("Sutan Datuk")),
        before_share=0.03,
        muslim_share=0.98,
    ),
    # Malay: Riau, Jambi, the islands
    Tradition(
        5,
        (
            words("Syarifah Rosnah Zaleha Nurhaliza Aisyah Rabiatul Salmah Khadijah Azizah"),
            words("Said Azman Rusli Zainal Hamdan Syahrul Ridwan Mahmud Hasbullah"),
        ),
        (words("Adawiyah Hanum Izzati Humaira"), words("Fikri Arifin Bakri Muttaqin Hakim")),
        0.55,
        before=(words("Tengku Raja"), words("Tengku Raja Wan")),
        before_share=0.08,
        muslim_share=0.99,
    ),
    # Aceh
    Tradition(
        3,
        (
            words("Nyak_Intan Cut_Meurah Safrida Nurul Putroe Rauzatul Mutiawati Ainul"),
            words("Muzakkir Zulfahmi Safwan Iskandar Munawar Fakhrurrazi Ihsan Mawardi Nasruddin"),
        ),
        (words("Mardhiah Fajri Husna"), words("Daud Yusuf Aceh Rasyid Hanafiah")),
        0.5,
        before=(words("Cut"), words("Teuku Teungku")),
        before_share=0.2,
        muslim_share=0.99,
    ),
    # Lampung and the south of Sumatra
    Tradition(
        3,
        (
            words("Masayu Rohimah Yulia Hartati Meliana Sundari Nyimas_Aisyah"),
            words("Kgs._Ahmad Msy._Hasan Firdaus Rozali Herman Yansah Darmawan"),
        ),
        (words("Septiani Oktarina Permata"), words("Apriansyah Sanjaya Ramadhan")),
        0.6,
    ),
    # Banjar and Kutai
    Tradition(
        4,
        (
            words("Galuh_Rahmah Noor_Aida Norhasanah Masliani Rusmini Saniah Masrah"),
            words("Muhammad_Noor Syamsuri Rudiansyah Aspihani Gusti_Rahman Fahrurazi Hairul Riduan"),
        ),
        (words("Hayati Fitria Jamilah"), words("Anshari Fauzi Rakhman Ilmi")),
        0.5,
        muslim_share=0.99,
    ),
    # Dayak
    Tradition(
        2,
        (
            words("Lidya Dayang Mina Yohana Susi Rawing Bunga Tiara"),
            words("Yulius Agustinus Lihan Hendrik Duma Tulus Simpun Petrus Ngalip"),
        ),
        family=words("Lambung Bulan Usop Ngantung Garang Tingang Rangan Umbing Ding"),
        family_share=0.8,
        muslim_share=0.1,
    ),
    # Bugis and Makassar
    Tradition(
        5,
        (
            words("Besse Hasnah St._Aminah Nurjannah Rosmini Kasmawati Marwah Hartini Fitrah"),
            words("Baso Ambo La_Ode Syamsuddin Hasanuddin Muh._Arif Rahmat Irfan Sultan Amiruddin Ilham"),
        ),
        (words("Tenri Amalia Mappasessu Bintang"), words("Mappangara Pallawa Saputra Tahir Mangkona")),
        0.45,
        before=(words("Andi"), words("Andi")),
        before_share=0.22,
        family=words("Daeng_Ngai Daeng_Tata Daeng_Rani Daeng_Naba"),
        family_share=0.1,
        muslim_share=0.98,
    ),
    # Toraja
    Tradition(
        1,
        (words("Adriana Yuliana Ester Damaris Rante"), words("Markus Yunus Semuel Matius Lewi Pong_Sampe")),
        family=words("Tandi Rante Palimbong Sarungallo Patandianan Pasapan Layuk"),
        family_share=0.95,
        muslim_share=0.03,
    ),
    # Minahasa
    Tradition(
        2.5,
        (
            words("Jeane Meiske Femmy Christy Vonny Natasya Grace Olivia Syull"),
            words("Jemmy Ferry Ronny Novry Denny Stenly Fransiscus Christian Meidy"),
        ),
        family=words("Mandagi Rumengan Wowor Lumentut Tumbelaka Pangemanan Sondakh Kalalo Runtuwene Supit Walewangko"),
        family_share=0.97,
        muslim_share=0.04,
    ),
    # Maluku
    Tradition(
        1.5,
        (words("Yosina Helena Marthina Fien Elisabeth Batseba"), words("Jacob Octovianus Benny Johan Alfons Semy")),
        family=words("Pattiwael Latuconsina Tuasikal Leatemia Sahetapy Manuhutu Lekatompessy Tomasoa Nanlohy"),
        family_share=0.97,
        muslim_share=0.4,
    ),
    # Papua
    Tradition(
        1.5,
        (
            words("Yuliana Fransina Mama_Yosepha Agustina Novela Dorkas"),
            words("Yosef Elias Frans Marthen Otis Boaz Lukas"),
        ),
        family=words("Wonda Kogoya Yikwa Mandacan Rumbiak Kambu Wenda Tabuni Waromi Awom Karubaba"),
        family_share=0.98,
        muslim_share=0.08,
    ),
    # Flores, Sumba, Timor: baptised in Portuguese and Dutch
    Tradition(
        2.5,
        (
            words("Maria_Goreti Yohana Theresia Katarina Veronika Maria_Fatima Agnes Skolastika"),
            words("Yohanes Fransiskus Gregorius Antonius Vinsensius Hendrikus Umbu Blasius Kornelis"),
        ),
        family=words("Da_Silva Fernandez Nggili Lobo Bere Parera Kleden Nono Djawa Umbu_Lado Tukan Da_Costa Mau"),
        family_share=0.9,
        muslim_share=0.04,
    ),
    # Bali: the order of birth, then the name
    Tradition(
        5,
        (
            words("Wayan Made Nyoman Ketut Putu Kadek Komang Luh"),
            words("Wayan Made Nyoman Ketut Putu Kadek Komang Gede"),
        ),
        (
            words("Sukerti Ariani Widiasih Suartini Puspadewi Cahyani Sri_Adnyani Ratnadi Astiti Parwati"),
            words("Sudarsana Ariawan Suardika Artawan Mahendra Wirawan Adnyana Budiarta Sujana Parwata Dharmayasa"),
        ),
        1.0,
        (
            words("Ni Ni Ni I_Dewa_Ayu Ida_Ayu Anak_Agung_Ayu I_Gusti_Ayu"),
            words("I I I I_Gusti Ida_Bagus Anak_Agung I_Dewa"),
        ),
        0.9,
        muslim_share=0.02,
    ),
    # Sasak and Sumbawa
    Tradition(
        2,
        (
            words("Inaq_Sahnim Baiq Hurniati Saknah Nurmini Haeriah"),
            words("Lalu Sahrul Mahsun Muhtar Amaq_Seri Jumadil"),
        ),
        (words("Rohmi Hidayati Ernawati"), words("Wirajaya Gafar Satriawan Hamzan")),
        0.75,
        muslim_share=0.97,
    ),
    # Nias and Mentawai
    Tradition(
        0.8,
        (words("Yarniwati Mariani Sadiria Yulina"), words("Faigi Sokhi Fatolosa Arozatulo Yason")),
        family=words("Zebua Gulo Laoli Telaumbanua Harefa Waruwu Hulu Sakerebau"),
        family_share=0.97,
        muslim_share=0.04,
    ),
    # Of Chinese descent: an Indonesian family name grown out of the old one, or the old one kept
    Tradition(
        5,
        (
            words("Mei_Ling Lily Fenny Jessica Linda Stephanie Yenny Vivian Melissa Suryani Cynthia Angeline"),
            words("Hendra Kevin Rudy Steven Tommy Budi Andy Felix Edwin Wei_Liang Johan Ricky"),
        ),
        (words("Angelia Gunawan Kartika"), words("Surya Kurnia Jaya")),
        0.25,
        family=words(
            "Wijaya Tanoto Halim Salim Gunawan Hartanto Limantara Tanujaya Sutanto Liem Tan Oei Kusuma Widjaja Lesmana"
            " Budiman Setiadi Go"
        ),
        family_share=0.95,
        muslim_share=0.03,
    ),
    # Of Hadhrami descent
    Tradition(
        1.2,
        (
            words("Fatimah Zahra Syifa Aliyah Muznah Hamidah Ruqayyah"),
            words("Ali Husein Umar Abdullah Salim Faisal Hamid"),
        ),
        (words("Zahra Nabila Binti_Ahmad"), words("Bin_Ahmad Bin_Umar Muhsin")),
        0.4,
        family=words("Alatas Assegaf Shihab Baswedan Alhabsyi Bafadhal Thalib Bawazier Alaydrus"),
        family_share=0.95,
        muslim_share=1.0,
    ),
)
