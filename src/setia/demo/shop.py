"""What Kopi Nusantara sells, where, and to which trades: a coffee and household shop that exists nowhere else."""

from typing import NamedTuple

FIRM = "Kopi Nusantara"

CATEGORIES = (
    "Kopi biji",
    "Kopi bubuk",
    "Minuman siap saji",
    "Teh dan cokelat",
    "Camilan",
    "Alat seduh",
    "Cangkir dan gelas",
    "Rumah dan dapur",
    "Paket dan hadiah",
)

INDUSTRIES = (
    "Kafe dan restoran",
    "Hotel dan penginapan",
    "Perdagangan eceran",
    "Perkantoran",
    "Pendidikan",
    "Kesehatan",
    "Katering",
    "Distributor makanan",
    "Pemerintahan",
    "Teknologi",
)

# Name and share of the orders; a marketplace is busier in the evening, a shop closes.
CHANNELS = {"Toko": 0.34, "WhatsApp": 0.24, "Marketplace": 0.28, "Situs web": 0.14}


class Product(NamedTuple):
    """Something on the shelf: price in rupiah, `popularity` as a weight among all."""

    code: str
    name: str
    category: str
    price: int
    popularity: int


def _shelf(category: str, prefix: str, rows: str) -> list[Product]:
    products = []
    for place, row in enumerate(rows.strip().splitlines(), 1):
        name, price, popularity = row.strip().rsplit(None, 2)
        products.append(Product(f"{prefix}-{place:02d}", name, category, int(price), int(popularity)))
    return products


PRODUCTS = (
    *_shelf(
        "Kopi biji",
        "KBJ",
        """
        Gayo Wine 200 g 98000 30
        Gayo Semi-washed 500 g 165000 22
        Mandailing Natural 200 g 89000 20
        Kintamani Full-washed 200 g 92000 24
        Toraja Sapan 200 g 105000 18
        Flores Bajawa 200 g 95000 17
        Preanger Honey 200 g 88000 21
        Wamena Organik 200 g 118000 9
        Robusta Dampit 1 kg 129000 26
        House Blend Espresso 1 kg 189000 34
        """,
    ),
    *_shelf(
        "Kopi bubuk",
        "KBB",
        """
        Bubuk Tubruk Klasik 165 g 28000 60
        Bubuk Tubruk Klasik 500 g 76000 38
        Bubuk Lampung Robusta 250 g 36000 40
        Bubuk Gayo Medium 250 g 68000 28
        Kopi Jahe 10 saset 24000 36
        Kopi Susu Gula Aren 12 saset 39000 44
        Kopi Rempah 150 g 45000 14
        Drip Bag Aneka Daerah isi 10 87000 25
        """,
    ),
    *_shelf(
        "Minuman siap saji",
        "MSS",
        """
        Es Kopi Susu Botol 250 ml 21000 52
        Cold Brew Botol 250 ml 27000 26
        Cold Brew Konsentrat 1 l 95000 11
        Es Kopi Aren Literan 1 l 78000 19
        Kopi Kaleng Hitam 240 ml 14000 30
        """,
    ),
    *_shelf(
        "Teh dan cokelat",
        "TCK",
        """
        Teh Melati Tubruk 100 g 12000 36
        Teh Hitam Kayu Aro 100 g 26000 22
        Teh Hijau Pucuk 75 g 42000 12
        Wedang Uwuh isi 10 35000 20
        Cokelat Bubuk Sulawesi 250 g 59000 18
        Cokelat Batang 70 % 80 g 34000 21
        """,
    ),
    *_shelf(
        "Camilan",
        "CML",
        """
        Biskuit Kelapa 150 g 18000 34
        Keripik Pisang Cokelat 150 g 22000 30
        Kacang Mete Panggang 200 g 64000 16
        Stroopwafel Gula Aren isi 6 48000 15
        Gula Aren Semut 500 g 38000 24
        Sirup Gula Aren 500 ml 55000 17
        """,
    ),
    *_shelf(
        "Alat seduh",
        "ALS",
        """
        Dripper V60 Keramik 135000 9
        Kertas Saring V60 isi 100 42000 26
        Teko Leher Angsa 600 ml 285000 6
        Penggiling Tangan Baja 425000 5
        French Press 600 ml 179000 7
        Moka Pot 3 Cangkir 245000 6
        Timbangan Kopi Digital 198000 5
        Penggiling Listrik Rumahan 1290000 2
        Mesin Espresso Rumahan 3450000 1
        Saringan Tubruk Baja 29000 18
        """,
    ),
    *_shelf(
        "Cangkir dan gelas",
        "CKG",
        """
        Cangkir Keramik Polos 200 ml 46000 16
        Cangkir Motif Batik 200 ml 69000 12
        Gelas Latte 300 ml 52000 11
        Tumbler Baja 350 ml 149000 10
        Set Cangkir Enam Buah 275000 4
        Gelas Kertas 8 oz isi 50 47000 14
        """,
    ),
    *_shelf(
        "Rumah dan dapur",
        "RDP",
        """
        Stoples Kedap Udara 1 l 84000 12
        Lap Serat Halus isi 3 32000 15
        Nampan Kayu Mahoni 118000 6
        Sendok Takar Kayu 16000 18
        Lilin Aroma Kopi 79000 8
        Sabun Cuci Tangan Kopi 250 ml 37000 13
        """,
    ),
    *_shelf(
        "Paket dan hadiah",
        "PKT",
        """
        Paket Cicip Lima Daerah 225000 13
        Hampers Lebaran Kecil 265000 7
        Hampers Lebaran Besar 585000 4
        Paket Kantor Bulanan 750000 5
        Langganan Kejutan Satu Bulan 149000 8
        """,
    ),
)

SAMPLE = "KBB-08"
"""What is handed out as a free sample."""

# Code, name, what is sent, rupiah for one each period, period, days on trial.
PLANS = (
    ("LANGGANAN-KEJUTAN", "Langganan Kejutan", "PKT-05", 149_000, "MONTH", 14),
    ("LANGGANAN-KANTOR", "Paket Kantor", "PKT-04", 750_000, "MONTH", 0),
    ("LANGGANAN-BIJI", "House Blend tiap triwulan", "KBJ-10", 540_000, "QUARTER", 0),
)

MACHINES = ("ALS-08", "ALS-09")
"""Of which the shop knows each piece it has sold, and looks after it."""

SERVICES = (
    "Bersihkan kerak, ganti karet kepala seduh.",
    "Kalibrasi gilingan, ganti pisau.",
    "Periksa tekanan dan suhu, tidak ada kerusakan.",
)

NOTES = (
    "Suka sangrai medium, giling kasar.",
    "Minta dihubungi lewat WhatsApp setelah pukul 16.00.",
    "Menanyakan harga grosir untuk 20 kg per bulan.",
    "Kirim ke kantor, titip ke resepsionis.",
    "Tertarik ikut kelas seduh akhir bulan.",
    "Pernah menerima kemasan penyok, sudah diganti.",
    "Ulang tahun toko bulan depan, tawarkan hampers.",
    "Lebih suka pembayaran tempo 14 hari.",
    "Datang bersama dua teman kantor, keduanya mencicipi Gayo Wine.",
    "Mencari kopi rendah asam untuk ibunya.",
)
