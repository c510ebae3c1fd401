"""People whom every demo holds, each with a history that shows one thing, so that tests and tours can speak of them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Named:
    """A person every demo holds, so that tests and tours can speak of somebody.

    `bought_days_ago` are their purchases, counted back from today. With `code` they are instead the first days of the
    latest promotions, each bought with the promotion's code.
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
