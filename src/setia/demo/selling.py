"""What stands before the demo's owner: calls, visits and tasks, some late, some today, most in the coming days; and
what customers may buy, in every stage of the pipeline."""

from collections.abc import Sequence
from random import Random

from setia.demo.standing import Customer
from setia.sales.actions import SampleActivity, SampleOpportunity

# kind, title, days from today, hour, minutes, place; None for a customer's place stands for "at theirs"
_PLANNED: tuple[tuple[str, str, int | None, int | None, int | None, str], ...] = (
    ("CALL", "Tanya apakah kirimannya sudah sampai", -6, None, None, ""),
    ("CALL", "Tawarkan paket langganan bulanan", -2, None, None, ""),
    ("TASK", "Kirim penawaran harga grosir", -1, None, None, ""),
    ("CALL", "Konfirmasi pesanan Gayo 5 kg", 0, 9, 15, ""),
    ("VISIT", "Antar contoh kopi baru", 0, 11, 60, "Jl. Kemang Raya 24"),
    ("MEETING", "Bicarakan kopi untuk kantor", 0, 14, 45, "Kantor pelanggan"),
    ("TASK", "Siapkan daftar harga Desember", 0, None, None, ""),
    ("CALL", "Ingatkan masa langganan hampir habis", 0, None, None, ""),
    ("VISIT", "Periksa mesin espresso", 1, 10, 90, "Jl. Cipete Selatan 8"),
    ("CALL", "Tanya pendapat tentang Toraja", 1, None, None, ""),
    ("MEETING", "Cicip bersama barista", 2, 15, 60, "Kedai"),
    ("CALL", "Tawarkan penggiling baru", 3, 10, 15, ""),
    ("TASK", "Kirim ucapan ulang tahun", 4, None, None, ""),
    ("VISIT", "Pasang alat seduh", 5, 13, 120, "Jl. Radio Dalam 3"),
    ("CALL", "Tindak lanjut penawaran", 6, None, None, ""),
    ("MEETING", "Rapat penjualan mingguan", 7, 9, 60, "Kedai"),
    ("TASK", "Rapikan foto produk", None, None, None, ""),
    ("CALL", "Tanya siapa lagi yang suka kopi", None, None, None, ""),
)
_INNER = {"Siapkan daftar harga Desember", "Rapat penjualan mingguan", "Rapikan foto produk"}
"""What is the firm's own, for no customer."""


def activities(people: Sequence[Customer], *, seed: int) -> list[SampleActivity]:
    """The owner's plans, for some of these customers."""
    random = Random(f"activities {seed}")  # noqa: S311 - a simulation, not a secret
    keys = [key for key, _kind, _since in people]
    return [
        SampleActivity(
            None if title in _INNER or not keys else random.choice(keys), kind, title, days, hour, minutes, place
        )
        for kind, title, days, hour, minutes, place in _PLANNED
    ]


# title, amount, stage from 0, days in it, days until the decision, next step, lost
_MAY_BUY: tuple[tuple[str, int, int, int, int, str, bool], ...] = (
    ("Kopi untuk kantor, 20 orang", 4_800_000, 0, 3, 25, "Telepon bagian umum", False),
    ("Paket hampers Natal", 12_500_000, 0, 9, 20, "Kirim katalog hampers", False),
    ("Kelas seduh untuk staf", 3_600_000, 0, 16, 40, "", False),
    ("Biji Gayo 10 kg per bulan", 28_800_000, 1, 5, 18, "Kirim contoh sangrai medium", False),
    ("Mesin espresso satu grup", 38_000_000, 1, 12, 30, "Tanya daya listrik di kedai", False),
    ("Kopi susu botolan untuk katering", 9_200_000, 1, 24, -2, "Pastikan jumlah tamu", False),
    ("Langganan biji kafe Teduh", 54_000_000, 2, 4, 14, "Tindak lanjut penawaran", False),
    ("Penggiling dan seduh manual", 7_450_000, 2, 17, 7, "Bandingkan dengan penawaran lain", False),
    ("Kemasan khusus 250 g, 400 buah", 26_000_000, 3, 6, 10, "Bicarakan harga per buah", False),
    ("Kedai kedua: seluruh peralatan", 112_000_000, 3, 11, 21, "Rapat dengan pemilik", False),
    ("Sewa bar kopi untuk pernikahan", 15_000_000, 4, 2, 5, "Kirim perjanjian", False),
    ("Biji blend rumah 5 kg per minggu", 31_200_000, 4, 1, 3, "Tunggu tanda tangan", False),
    ("Kopi rapat tahunan", 6_300_000, 2, 8, 1, "", True),
    ("Mesin bekas untuk kos", 14_000_000, 1, 30, -10, "", True),
)


def opportunities(people: Sequence[Customer], *, seed: int) -> list[SampleOpportunity]:
    """What some of these customers may buy."""
    random = Random(f"opportunities {seed}")  # noqa: S311 - a simulation, not a secret
    keys = [key for key, _kind, _since in people]
    return [
        SampleOpportunity(random.choice(keys), title, amount, place, waiting, due, step, lost)
        for title, amount, place, waiting, due, step, lost in (_MAY_BUY if keys else ())
    ]
