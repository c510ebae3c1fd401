"""What stands before the demo's owner: calls, visits and tasks, some late, some today, most in the coming days."""

from collections.abc import Sequence
from random import Random

from setia.demo.standing import Customer
from setia.sales.actions import SampleActivity

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
