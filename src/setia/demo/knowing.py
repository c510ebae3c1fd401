"""What the demo's people know of their coffee and of another brand, and how they sell to two kinds of customer."""

from collections.abc import Mapping

from setia.planning.actions import SampleAdvice, SampleAnswer, SampleRival

COLLEAGUES = (("Sari Lestari", "sari@demo.example"), ("Bayu Pratama", "bayu@demo.example"))
"""Who looks after customers in the demo, besides its owner."""
LOOKED_AFTER = 450
"""So many customers, from the first, are somebody's in two of three cases."""

# question, answer, product's code or "", tags
_ANSWERS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Berapa lama biji kopi tetap segar?",
        "Paling enak 7 sampai 30 hari sejak disangrai. Simpan dalam kemasan aslinya, rapat, jauh dari panas dan cahaya;"
        " jangan di kulkas. Tanggal sangrai ada di belakang kemasan.",
        "",
        "simpan, segar",
    ),
    (
        "Giling seberapa halus untuk V60?",
        "Sedang, seperti gula pasir. Untuk French press kasar, untuk tubruk agak halus, untuk espresso halus."
        " Kami gilingkan tanpa biaya; sebutkan alatnya saat memesan.",
        "",
        "giling, seduh",
    ),
    (
        "Apa rasa khas Gayo Wine?",
        "Manis buah matang dan sedikit rasa anggur, karena ceri kopinya difermentasi lama sebelum dijemur."
        " Yang tidak suka asam lebih cocok dengan Mandailing.",
        "KBJ-01",
        "rasa",
    ),
    (
        "Apakah House Blend cocok untuk kopi susu?",
        "Ya, itu yang paling banyak dipakai kedai untuk kopi susu: sangrai medium ke gelap, pahit cokelat yang tetap"
        " terasa di balik susu. Mulai dari 18 gram untuk satu gelas.",
        "KBJ-10",
        "kopi susu, kedai",
    ),
    (
        "Bisakah pesanan grosir dibayar tempo?",
        "Bisa setelah tiga pesanan yang dibayar tepat waktu: 14 hari sejak barang diterima. Di atas 20 juta dengan"
        " perjanjian tertulis.",
        "",
        "grosir, bayar",
    ),
)

_RIVALS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...], tuple[tuple[str, str, int], ...]], ...] = (
    (
        "Kopi Kapal Senja",
        "Besar di toko swalayan, sering diskon. Jangan dijelekkan: banyak pelanggan mulai dari sana.",
        (
            (
                "Harganya lebih murah",
                "Per gelas selisihnya di bawah seribu rupiah, dan biji kami disangrai minggu ini. Ajak cicip.",
                "Cicip buta di kedai, 12 Oktober: 17 dari 22 orang memilih Gayo kami.",
            ),
            (
                "Selalu ada stok",
                "Yang rutin kami sisihkan dulu: dengan langganan kopi tidak pernah kosong, dan bisa dijeda kapan saja.",
                "",
            ),
        ),
        (("KBJ-10", "Kapal Espresso 1 kg", 172_000), ("KBJ-02", "Kapal Gayo 500 g", 159_000)),
    ),
)

_ADVICE = (
    SampleAdvice(
        "THRIFTY",
        "id",
        "Kabari lebih dulu kalau ada promo Jumat Kopi.\nTunjukkan harga per gelas kemasan 1 kg.",
        "“Kalau ambil yang 1 kg, jatuhnya di bawah tiga ribu per gelas.”",
        "Jangan beri diskon sendiri di luar promo.",
    ),
)


def answers(products: Mapping[str, int]) -> list[SampleAnswer]:
    """What customers ask; `products` are keys by code, and an answer about one that is not there is about none."""
    return [SampleAnswer(question, answer, products.get(code), tags) for question, answer, code, tags in _ANSWERS]


def rivals(products: Mapping[str, int]) -> list[SampleRival]:
    """The other brand, with the prices of products that are there."""
    return [
        SampleRival(
            name, notes, claims, [(products[code], theirs, price) for code, theirs, price in prices if code in products]
        )
        for name, notes, claims, prices in _RIVALS
    ]


def advice() -> list[SampleAdvice]:
    """The firm's own words where it has some."""
    return list(_ADVICE)
