"""Names of simulated people and firms, in the ways names are made across Indonesia.

One full name and a call name, as `customers` keeps them. Each `Tradition` lists given names, what may stand before and
behind them, and how often. Any likeness with a living person is chance: names are drawn part by part.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
FEMALE, MALE = 0, 1


def _words(text: str) -> tuple[str, ...]:
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
            _words(
                "Siti Sri Wahyuni Endang Tri Dwi Retno Lestari Ratna Sulastri Sukinem Suryani Yuliana Rini"
                " Ningsih Kartini"
                " Wulan Ayu Puji Murni Sumiyati Dyah Anisa Nur Hesti Tutik Painem Sekar Galuh Larasati"
            ),
            _words(
                "Bambang Slamet Agus Eko Joko Budi Sutrisno Suparman Wahyu Hadi Tri Dwi Purwanto Sugeng"
                " Teguh Heru Supriyadi"
                " Paijo Mulyono Sutopo Bagus Aji Galih Rizky Dimas Yoga Ngatiman Untung Widodo Prasetyo"
            ),
        ),
        (
            _words(
                "Rahayu Handayani Lestari Wulandari Astuti Utami Kusumawati Setyowati Puspitasari Hapsari"
                " Widyastuti Maharani"
                " Ningrum Purwaningsih Fitriani Indrawati"
            ),
            _words(
                "Santoso Susanto Prabowo Wibowo Nugroho Setiawan Haryanto Pamungkas Kurniawan Saputro Utomo"
                " Hartono Wicaksono"
                " Raharjo Suryanto Prakoso"
            ),
        ),
        0.78,
        (_words("Raden_Ajeng Raden_Roro"), _words("Raden Raden_Mas")),
        0.02,
    ),
    # Sunda: doubled sounds
    Tradition(
        14,
        (
            _words(
                "Euis Neneng Iis Ai Yayah Cucu Imas Titin Nining Rina Lilis Dedeh Elis Teti Yanti Nenden Mila Wiwin"
            ),
            _words(
                "Asep Dadang Ujang Cecep Encep Dede Deden Yayan Aep Iwan Endang Jajang Tatang Rahmat Gilang Rizal Maman"
            ),
        ),
        (
            _words("Nurhayati Komariah Rohaeni Sukaesih Rukmini Kurniasih Suryani Marlina Hidayah Komalasari"),
            _words("Sunandar Hidayat Supriatna Gunawan Kurnia Permana Sutisna Suherman Mulyana Ramdani Nugraha Wiguna"),
        ),
        0.82,
    ),
    # Betawi
    Tradition(
        4,
        (
            _words("Maemunah Rohani Zubaedah Masitoh Rogayah Nurlela Juleha Hindun"),
            _words("Mamat Sanusi Rojali Sabeni Naman Muhidin Jaelani Mardani Syafei"),
        ),
        (_words("Binti_Sanip Yuningsih Hasanah"), _words("Bin_Salim Effendi Abdurrahman Zaelani")),
        0.4,
    ),
    # Madura
    Tradition(
        4,
        (
            _words("Maimunah Sutiyah Hosniyah Rukayyah Sumiati Halimah Mutmainnah"),
            _words("Moh._Hasan Mat_Rais Buhari Fathorrahman Sahwi Ach._Zaini Mohammad_Holil Saiful"),
        ),
        (_words("Ulfa Jannah Wardah"), _words("Bahri Anwar Hidayatullah Rofiq Amin")),
        0.5,
    ),
    # Batak: the clan's name last
    Tradition(
        7,
        (
            _words("Rosalina Tiurma Lasma Riris Romauli Ruth Hotmaida Debora Sondang Marlina Tiominar Yohana Melva"),
            _words(
                "Togar Binsar Hotman Poltak Jonggi Sahat Maruli Parlindungan Daniel Ronald Saut Bonar Tigor Andreas"
            ),
        ),
        (_words("Uli Magdalena Natalia Kristina"), _words("Parulian Martua Hamonangan Pardamean")),
        0.25,
        family=_words(
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
            _words("Yusnida Rosmawati Fatmawati Elvira Gusneli Yulinar Rahma Desmawati Upik Nurbaiti Mutia Silvia"),
            _words("Zulkifli Syafrizal Yusrizal Hendri Afrizal Jasril Irwan Nofrizal Taufik Rusdi Fadli Dasril"),
        ),
        (_words("Yenti Marni Zahara Oktavia Sari"), _words("Putra Rahman Akbar Ilyas Yanuar")),
        0.5,
        family=_words("Chaniago Koto Piliang Tanjung Sikumbang Jambak Caniago Guci Malayu"),
        family_share=0.35,
        before=((), _words("Sutan Datuk")),
        before_share=0.03,
        muslim_share=0.98,
    ),
    # Malay: Riau, Jambi, the islands
    Tradition(
        5,
        (
            _words("Syarifah Rosnah Zaleha Nurhaliza Aisyah Rabiatul Salmah Khadijah Azizah"),
            _words("Said Azman Rusli Zainal Hamdan Syahrul Ridwan Mahmud Hasbullah"),
        ),
        (_words("Adawiyah Hanum Izzati Humaira"), _words("Fikri Arifin Bakri Muttaqin Hakim")),
        0.55,
        before=(_words("Tengku Raja"), _words("Tengku Raja Wan")),
        before_share=0.08,
        muslim_share=0.99,
    ),
    # Aceh
    Tradition(
        3,
        (
            _words("Nyak_Intan Cut_Meurah Safrida Nurul Putroe Rauzatul Mutiawati Ainul"),
            _words("Muzakkir Zulfahmi Safwan Iskandar Munawar Fakhrurrazi Ihsan Mawardi Nasruddin"),
        ),
        (_words("Mardhiah Fajri Husna"), _words("Daud Yusuf Aceh Rasyid Hanafiah")),
        0.5,
        before=(_words("Cut"), _words("Teuku Teungku")),
        before_share=0.2,
        muslim_share=0.99,
    ),
    # Lampung and the south of Sumatra
    Tradition(
        3,
        (
            _words("Masayu Rohimah Yulia Hartati Meliana Sundari Nyimas_Aisyah"),
            _words("Kgs._Ahmad Msy._Hasan Firdaus Rozali Herman Yansah Darmawan"),
        ),
        (_words("Septiani Oktarina Permata"), _words("Apriansyah Sanjaya Ramadhan")),
        0.6,
    ),
    # Banjar and Kutai
    Tradition(
        4,
        (
            _words("Galuh_Rahmah Noor_Aida Norhasanah Masliani Rusmini Saniah Masrah"),
            _words("Muhammad_Noor Syamsuri Rudiansyah Aspihani Gusti_Rahman Fahrurazi Hairul Riduan"),
        ),
        (_words("Hayati Fitria Jamilah"), _words("Anshari Fauzi Rakhman Ilmi")),
        0.5,
        muslim_share=0.99,
    ),
    # Dayak
    Tradition(
        2,
        (
            _words("Lidya Dayang Mina Yohana Susi Rawing Bunga Tiara"),
            _words("Yulius Agustinus Lihan Hendrik Duma Tulus Simpun Petrus Ngalip"),
        ),
        family=_words("Lambung Bulan Usop Ngantung Garang Tingang Rangan Umbing Ding"),
        family_share=0.8,
        muslim_share=0.1,
    ),
    # Bugis and Makassar
    Tradition(
        5,
        (
            _words("Besse Hasnah St._Aminah Nurjannah Rosmini Kasmawati Marwah Hartini Fitrah"),
            _words("Baso Ambo La_Ode Syamsuddin Hasanuddin Muh._Arif Rahmat Irfan Sultan Amiruddin Ilham"),
        ),
        (_words("Tenri Amalia Mappasessu Bintang"), _words("Mappangara Pallawa Saputra Tahir Mangkona")),
        0.45,
        before=(_words("Andi"), _words("Andi")),
        before_share=0.22,
        family=_words("Daeng_Ngai Daeng_Tata Daeng_Rani Daeng_Naba"),
        family_share=0.1,
        muslim_share=0.98,
    ),
    # Toraja
    Tradition(
        1,
        (_words("Adriana Yuliana Ester Damaris Rante"), _words("Markus Yunus Semuel Matius Lewi Pong_Sampe")),
        family=_words("Tandi Rante Palimbong Sarungallo Patandianan Pasapan Layuk"),
        family_share=0.95,
        muslim_share=0.03,
    ),
    # Minahasa
    Tradition(
        2.5,
        (
            _words("Jeane Meiske Femmy Christy Vonny Natasya Grace Olivia Syull"),
            _words("Jemmy Ferry Ronny Novry Denny Stenly Fransiscus Christian Meidy"),
        ),
        family=_words("Mandagi Rumengan Wowor Lumentut Tumbelaka Pangemanan Sondakh Kalalo Runtuwene Supit Walewangko"),
        family_share=0.97,
        muslim_share=0.04,
    ),
    # Maluku
    Tradition(
        1.5,
        (_words("Yosina Helena Marthina Fien Elisabeth Batseba"), _words("Jacob Octovianus Benny Johan Alfons Semy")),
        family=_words("Pattiwael Latuconsina Tuasikal Leatemia Sahetapy Manuhutu Lekatompessy Tomasoa Nanlohy"),
        family_share=0.97,
        muslim_share=0.4,
    ),
    # Papua
    Tradition(
        1.5,
        (
            _words("Yuliana Fransina Mama_Yosepha Agustina Novela Dorkas"),
            _words("Yosef Elias Frans Marthen Otis Boaz Lukas"),
        ),
        family=_words("Wonda Kogoya Yikwa Mandacan Rumbiak Kambu Wenda Tabuni Waromi Awom Karubaba"),
        family_share=0.98,
        muslim_share=0.08,
    ),
    # Flores, Sumba, Timor: baptised in Portuguese and Dutch
    Tradition(
        2.5,
        (
            _words("Maria_Goreti Yohana Theresia Katarina Veronika Maria_Fatima Agnes Skolastika"),
            _words("Yohanes Fransiskus Gregorius Antonius Vinsensius Hendrikus Umbu Blasius Kornelis"),
        ),
        family=_words("Da_Silva Fernandez Nggili Lobo Bere Parera Kleden Nono Djawa Umbu_Lado Tukan Da_Costa Mau"),
        family_share=0.9,
        muslim_share=0.04,
    ),
    # Bali: the order of birth, then the name
    Tradition(
        5,
        (
            _words("Wayan Made Nyoman Ketut Putu Kadek Komang Luh"),
            _words("Wayan Made Nyoman Ketut Putu Kadek Komang Gede"),
        ),
        (
            _words("Sukerti Ariani Widiasih Suartini Puspadewi Cahyani Sri_Adnyani Ratnadi Astiti Parwati"),
            _words("Sudarsana Ariawan Suardika Artawan Mahendra Wirawan Adnyana Budiarta Sujana Parwata Dharmayasa"),
        ),
        1.0,
        (
            _words("Ni Ni Ni I_Dewa_Ayu Ida_Ayu Anak_Agung_Ayu I_Gusti_Ayu"),
            _words("I I I I_Gusti Ida_Bagus Anak_Agung I_Dewa"),
        ),
        0.9,
        muslim_share=0.02,
    ),
    # Sasak and Sumbawa
    Tradition(
        2,
        (
            _words("Inaq_Sahnim Baiq Hurniati Saknah Nurmini Haeriah"),
            _words("Lalu Sahrul Mahsun Muhtar Amaq_Seri Jumadil"),
        ),
        (_words("Rohmi Hidayati Ernawati"), _words("Wirajaya Gafar Satriawan Hamzan")),
        0.75,
        muslim_share=0.97,
    ),
    # Nias and Mentawai
    Tradition(
        0.8,
        (_words("Yarniwati Mariani Sadiria Yulina"), _words("Faigi Sokhi Fatolosa Arozatulo Yason")),
        family=_words("Zebua Gulo Laoli Telaumbanua Harefa Waruwu Hulu Sakerebau"),
        family_share=0.97,
        muslim_share=0.04,
    ),
    # Of Chinese descent: an Indonesian family name grown out of the old one, or the old one kept
    Tradition(
        5,
        (
            _words("Mei_Ling Lily Fenny Jessica Linda Stephanie Yenny Vivian Melissa Suryani Cynthia Angeline"),
            _words("Hendra Kevin Rudy Steven Tommy Budi Andy Felix Edwin Wei_Liang Johan Ricky"),
        ),
        (_words("Angelia Gunawan Kartika"), _words("Surya Kurnia Jaya")),
        0.25,
        family=_words(
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
            _words("Fatimah Zahra Syifa Aliyah Muznah Hamidah Ruqayyah"),
            _words("Ali Husein Umar Abdullah Salim Faisal Hamid"),
        ),
        (_words("Zahra Nabila Binti_Ahmad"), _words("Bin_Ahmad Bin_Umar Muhsin")),
        0.4,
        family=_words("Alatas Assegaf Shihab Baswedan Alhabsyi Bafadhal Thalib Bawazier Alaydrus"),
        family_share=0.95,
        muslim_share=1.0,
    ),
)

_DEGREES = _words(
    "S.E. S.Kom. S.Pd. S.H. S.T. S.Sos. S.Farm.,_Apt. M.M. S.E.,_M.M. S.H.,_M.Kn. S.Pd.,_M.Pd. Ph.D. A.Md. S.Ked."
)
_BEFORE = _words("dr. Ir. Drs. drg. Prof. Dr.")
_STEMS = _words(
    "Sumber Maju Berkah Sinar Mitra Cahaya Karya Anugerah Surya Bintang Rejeki Harapan Sentosa Mulia Jaya Lestari Tunas"
    " Gemilang Prima Abadi"
)
_BRANCHES = _words(
    "Jaya Abadi Sejahtera Makmur Bersama Sentosa Mandiri Utama Nusantara Lestari Raya Persada Gemilang Pratama Sakti"
    " Kencana Perkasa Timur Barat Selatan"
)
_TRADES = _words(
    "Kopi Rasa Boga Pangan Niaga Griya Hotel Kedai Warung Distribusi Kantin Retail Logistik Resto Kuliner Wisata Busana"
    " Teknik Medika Cipta"
)
_FORMS = _words("PT CV UD Toko Koperasi Yayasan")
_FORM_SHARES = np.array([0.30, 0.27, 0.18, 0.17, 0.05, 0.03])


def persons(random: np.random.Generator, count: int) -> pa.Table:
    """`count` people: columns name, call_name, title, gender (FEMALE, MALE)."""
    weights = np.array([one.weight for one in TRADITIONS])
    tradition = random.choice(len(TRADITIONS), count, p=weights / weights.sum())
    gender = (random.random(count) < 0.46).astype(np.int64)
    muslim = np.array([one.muslim_share for one in TRADITIONS])[tradition]
    parts = [_part(random, tradition, gender, which) for which in ("before", "given", "more", "second", "family")]
    title = _titles(random, gender, muslim)
    return pa.table(
        {
            "name": pc.binary_join_element_wise(*parts, " ", null_handling="skip"),
            "call_name": parts[1],
            "title": title,
            "gender": pa.array(["FEMALE", "MALE"]).take(pa.array(gender)),
        }
    )


def companies(random: np.random.Generator, count: int) -> pa.Table:
    """`count` firms: columns name, call_name, title, gender (the last three empty)."""
    form = random.choice(len(_FORMS), count, p=_FORM_SHARES)
    trade = np.where(random.random(count) < 0.75, random.integers(0, len(_TRADES), count), -1)
    stem = random.integers(0, len(_STEMS), count)
    branch = random.integers(0, len(_BRANCHES), count)
    doubled = np.array(_STEMS)[stem] == np.array(_BRANCHES)[branch]
    name = pc.binary_join_element_wise(
        _pick(_FORMS, form),
        _pick(_STEMS, stem),
        _pick(_TRADES, trade),
        _pick(_BRANCHES, np.where(doubled, (branch + 1) % len(_BRANCHES), branch)),
        " ",
        null_handling="skip",
    )
    blank = pa.array([""]).take(pa.array(np.zeros(count, dtype=np.int64)))
    return pa.table({"name": name, "call_name": blank, "title": blank, "gender": blank})


def _part(random: np.random.Generator, tradition: Ints, gender: Ints, which: str) -> pa.Array:
    """One part of every name, null where the name has none."""
    pool: list[str] = []
    chosen: Ints = np.full(len(tradition), -1)
    luck, draw = random.random(len(tradition)), random.random(len(tradition))
    for place, one in enumerate(TRADITIONS):
        for sex in (FEMALE, MALE):
            words, share = _list(one, sex, which)
            if not words:
                continue
            mine = np.flatnonzero((tradition == place) & (gender == sex) & (luck < share))
            # Within a list the first names are the common ones.
            chosen[mine] = len(pool) + (draw[mine] ** 1.4 * len(words)).astype(np.int64)
            pool += words
    return _pick(tuple(pool), chosen)


def _list(one: Tradition, sex: int, which: str) -> tuple[tuple[str, ...], float]:
    """The words of one part of a name, and how many have that part."""
    if which == "given":
        return one.given[sex], 1.0
    if which == "more":  # a second given name; where the order of birth is the given name there is none
        return one.given[sex], 0.0 if one.second_share == 1.0 else 0.3
    if which == "family":
        return one.family, one.family_share
    if which == "before":
        return one.before[sex], one.before_share
    return one.second[sex], one.second_share


def _titles(random: np.random.Generator, gender: Ints, muslim: NDArray[np.float64]) -> pa.Array:
    """Titles as `customers` keeps them: what stands before the name, a comma, what stands after it."""
    count = len(gender)
    luck = random.random(count)
    pilgrim = random.random(count) < 0.09 * muslim
    haji = np.where(pilgrim, 6 + (1 - gender), -1)
    before = np.where(luck < 0.05, random.integers(0, len(_BEFORE), count), haji)
    before = np.where((before == 2) & (gender == FEMALE), 8, before)
    after = np.where((luck > 0.03) & (luck < 0.12), random.integers(0, len(_DEGREES), count), -1)
    words = (*_BEFORE, "H.", "Hj.", "Dra.")
    front, back = _pick(words, before), _pick(_DEGREES, after)
    return pc.coalesce(pc.binary_join_element_wise(front, back, ", "), front, back, "")


def _pick(words: tuple[str, ...], places: Ints) -> pa.Array:
    """`words` at `places`; null at −1."""
    return pa.array(words, pa.string()).take(pa.array(places, mask=places < 0))


@dataclass(frozen=True)
class Named:
    """A person every demo holds, so that tests and tours can speak of somebody.

    `bought_days_ago` are their purchases, counted back from today; `code` marks those made with a promotion.
    """

    name: str
    call_name: str
    gender: str
    region: str
    story: str
    bought_days_ago: tuple[int, ...] = ()
    spends: int = 150_000
    code: bool = False
    kind: str = "PERSON"
    role: str = "EXTERNAL"
    title: str = ""
    email: str = ""
    birthday: date | None = None


NAMED = (
    Named(
        "Sariwangi Kusumaningtyas",
        "Sari",
        "FEMALE",
        "Kota Yogyakarta",
        "loyal: every month for two years",
        tuple(range(9, 730, 30)),
        spends=210_000,
        email="sari@example.com",
        birthday=date(1988, 4, 21),
    ),
    Named(
        "Budiono Tirtoyuwono",
        "Budi",
        "MALE",
        "Kota Surakarta",
        "lost: bought five times, then nothing for more than a year",
        (410, 455, 480, 520, 570),
        spends=320_000,
        title="Ir.",
        email="budi@example.com",
        birthday=date(1975, 10, 28),
    ),
    Named(
        "Maria Theresia Ngadha",
        "Theresia",
        "FEMALE",
        "Kabupaten Ngada",
        "new: first bought two weeks ago",
        (14,),
        email="theresia@example.com",
    ),
    Named(
        "Ni Luh Wayan Sukmawidiani",
        "Luh",
        "FEMALE",
        "Kota Denpasar",
        "returning: a few times, the latest last month",
        (33, 71, 148, 261),
        spends=185_000,
        email="luh@example.com",
    ),
    Named(
        "Hotmaruli Bonar Simatupang Sihaloho",
        "Maruli",
        "MALE",
        "Kota Medan",
        "known, never bought",
        title="S.H.",
        email="maruli@example.com",
    ),
    Named(
        "CV Berkah Rasa Minang Sejati",
        "",
        "",
        "Kota Padang",
        "a reseller who orders by the carton every fortnight",
        tuple(range(5, 700, 14)),
        spends=4_200_000,
        kind="COMPANY",
        role="INTERMEDIARY",
        email="berkah@example.org",
    ),
    Named(
        "Andi Tenriawaru Mappaoddang",
        "Awaru",
        "FEMALE",
        "Kota Makassar",
        "about to leave: bought every three weeks, silent for four months",
        tuple(range(125, 600, 21)),
        spends=260_000,
        title="dr.",
        email="awaru@example.com",
    ),
    Named(
        "Sukiman",
        "Sukiman",
        "MALE",
        "Kabupaten Sleman",
        "one name only; waits for promotions",
        code=True,
        email="sukiman@example.com",
    ),
    Named(
        "Raden Ajeng Kusumawardhani Puspaningrum Prameswari Hadikusumo Sastrodiningrat",
        "Ajeng",
        "FEMALE",
        "Kabupaten Karanganyar",
        "a long name, and an in-house seller",
        (40, 95),
        role="INTERNAL",
        title="Dra., M.M.",
        email="ajeng@example.com",
    ),
)
"""Sukiman's purchases are those of the promotion days: `actions.load` fills them in from the calendar."""


def birthdays(random: np.random.Generator, count: int, today: date) -> pa.Array:
    """Birthdays of buyers between 17 and 75, most about thirty-five; null for the two in five who never told."""
    age = 17 + 58 * random.beta(2.0, 3.6, count)
    day = today.toordinal() - date(1970, 1, 1).toordinal() - (age * 365.2425).astype(np.int64)
    return pa.array(day.astype(np.int32), pa.date32(), mask=random.random(count) < 0.4)
