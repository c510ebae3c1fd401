"""Who may become a customer of the demo shop, where they heard of it and how far talks have got; and what its people
have done these weeks, with the visits of today."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from django.db.backends.utils import CursorWrapper

from setia.core.queries import current_firm
from setia.demo.named import NAMED
from setia.sales.actions import SampleDone, SampleProspect

Person = tuple[int, str, datetime]
"""A customer's key and kind, and since when they are known."""
Convert = tuple[int, datetime, datetime]
"""A customer's key, since when they are known, and the moment of their first purchase."""
_OPEN, _WON = 60, 24
_DAY = 24 * 60
PEOPLE = 3
"""The owner and two colleagues."""

TRAITS = (("KIND", "COMPANY", 5), ("INTEREST", "langganan", 4), ("REGION", "Jakarta", 3), ("INTEREST", "mesin", 2))
"""The shop's ideal customer: what is looked at, the value, how much it weighs."""

# source, campaign, by which door
_CAME = (
    ("Instagram", "reels-seduh", "FORM"),
    ("Instagram", "", "HAND"),
    ("Instagram", "giveaway-nov", "FORM"),
    ("WhatsApp", "", "HAND"),
    ("WhatsApp", "", "HAND"),
    ("Google", "kopi-kantor", "FORM"),
    ("Website", "", "FORM"),
    ("Pameran", "coffee-expo", "FILE"),
    ("Pameran", "coffee-expo", "FILE"),
    ("Teman", "", "HAND"),
    ("TikTok", "", "API"),
    ("Tokopedia", "", "API"),
)
_WANTS = (
    "Kopi untuk kantor, kira-kira 15 orang. Tertarik langganan.",
    "Tanya harga grosir biji Gayo.",
    "Mau buka kedai kecil, perlu mesin dan penggiling.",
    "Minta contoh untuk kopi susu.",
    "Cari hampers untuk akhir tahun.",
    "Ingin ikut kelas seduh.",
    "Tanya langganan bulanan untuk dua orang.",
    "Sedang membandingkan dengan pemasok lain.",
    "",
)
_QUALIFIED = ("NEEDS_IT", "HAS_BUDGET", "DECIDES", "SOON")
_REFUSED = ("NO_NEED", "NO_BUDGET", "LATER", "NO_ANSWER", "COMPETITOR", "NO_FIT")

# kind, title, outcome, result
_DONE = (
    ("CALL", "Tanya pendapat tentang kiriman pertama", "REACHED", "Suka, minta digiling lebih halus bulan depan."),
    ("CALL", "Tindak lanjut penawaran", "UNREACHED", ""),
    ("CALL", "Tawarkan langganan bulanan", "LATER", "Setelah gajian."),
    ("CALL", "Ingatkan masa langganan hampir habis", "WANTS", "Lanjut tiga bulan lagi."),
    ("CALL", "Tawarkan hampers akhir tahun", "REFUSED", "Tahun ini tidak membagi hampers."),
    ("MEETING", "Cicip bersama staf", "WANTS", "Pilih House Blend dan Gayo."),
    ("MEETING", "Bicarakan kopi untuk kantor", "REACHED", "Minta penawaran untuk 25 orang."),
    ("EMAIL", "Kirim penawaran harga grosir", "", "Daftar harga November terlampir."),
    ("TASK", "Kirim contoh sangrai medium", "", ""),
    ("NOTE", "Datang sendiri ke kedai", "", "Bertanya soal mesin satu grup."),
)
_VISITED = (
    ("Antar contoh kopi baru", "WANTS", "Pesan 5 kg untuk percobaan."),
    ("Periksa mesin espresso", "REACHED", "Ganti karet, tekanan normal kembali."),
    ("Cek stok di rak", "REACHED", "Sisa 6 bungkus Toraja, perlu diisi minggu depan."),
    ("Kenalan dengan pemilik kedai", "LATER", "Diminta datang lagi setelah renovasi."),
    ("Tagih pembayaran tempo", "UNREACHED", "Pemilik sedang keluar."),
    ("Latih barista baru", "REACHED", "Dua orang, resep V60 dan kopi susu."),
)
_STREETS = (
    "Jl. Kemang Raya 24",
    "Jl. Cipete Selatan 8",
    "Jl. Radio Dalam 3",
    "Jl. Panglima Polim 51",
    "Jl. Tebet Timur 17",
)
_CENTRE = (-6.2615, 106.8106)
_REACH = 0.045
"""Degrees around the shop within which its people are on the way, some five kilometres."""


def newcomers(cursor: CursorWrapper, first: int, latest: int) -> list[Person]:
    """Customers who never bought, the latest first; none whose story is told elsewhere."""
    cursor.execute(
        "SELECT c.id, c.kind, c.created_at FROM customers_customer c WHERE c.id BETWEEN %s AND %s AND c.name <> ''"
        " AND NOT c.name = ANY(%s) AND NOT EXISTS (SELECT FROM orders_order o WHERE o.customer_id = c.id)"
        " ORDER BY c.id DESC LIMIT %s",
        [first, latest, [each.name for each in NAMED], _OPEN],
    )
    return list(cursor.fetchall())


def converts(cursor: CursorWrapper, first: int, latest: int) -> list[Convert]:
    """Some of the latest customers who have bought."""
    cursor.execute(
        "SELECT c.id, c.created_at, bought.at FROM (SELECT * FROM customers_customer"
        " WHERE id BETWEEN %s AND %s AND name <> '' AND NOT name = ANY(%s)"
        " ORDER BY id DESC LIMIT 400) c CROSS JOIN LATERAL (SELECT min(ordered_at) AS at"
        " FROM orders_order o WHERE o.customer_id = c.id AND o.kind = 'PURCHASE' AND NOT o.reversed) bought"
        " WHERE bought.at IS NOT NULL ORDER BY c.id DESC LIMIT %s",
        [first, latest, [each.name for each in NAMED], _WON],
    )
    return list(cursor.fetchall())


def looked_after_by(people: Sequence[Person], *, seed: int) -> list[tuple[int, int | None]]:
    """Who cares for each of these, as a place among the shop's people; for some nobody does yet."""
    random = Random(f"owners {seed}")  # noqa: S311 - a simulation, not a secret
    return [
        (key, None if place % 9 == 2 else random.randrange(PEOPLE)) for place, (key, _kind, _since) in enumerate(people)
    ]


def prospects(people: Sequence[Person], won: Sequence[Convert], *, seed: int, at: datetime) -> list[SampleProspect]:
    """A few of today and so on back for two months; a third waits for a first word, a few are past their term."""
    random = Random(f"prospects {seed}")  # noqa: S311 - a simulation, not a secret
    made, ago = [], 6
    for place, (key, kind, since) in enumerate(people):
        source, campaign, how = random.choice(_CAME)
        status = "NEW" if place < 4 else random.choice(("NEW", "WORKING", "WORKING", "QUALIFIED", "UNQUALIFIED"))
        answered = None if status == "NEW" and (place < 4 or random.random() < 0.7) else random.randint(4, 900)
        wants = _WANTS[0] if kind == "COMPANY" and random.random() < 0.5 else random.choice(_WANTS)
        reason = {"QUALIFIED": random.choice(_QUALIFIED), "UNQUALIFIED": random.choice(_REFUSED)}.get(status, "")
        came = max(at - timedelta(minutes=ago), since)
        made.append(SampleProspect(key, came, status, how, source, campaign, wants, reason, answered=answered))
        ago += random.randint(20, 90) if place < 5 else random.randint(_DAY // 4, 2 * _DAY)
    for key, since, bought_at in won:
        source, campaign, how = random.choice(_CAME)
        came = min(max(bought_at - timedelta(minutes=random.randint(_DAY, 20 * _DAY)), since), bought_at)
        answered = random.randint(4, 600)
        made.append(SampleProspect(key, came, "WON", how, source, campaign, answered=answered, bought_at=bought_at))
    return made


def past(customers: Sequence[int], *, seed: int, at: datetime) -> list[SampleDone]:
    """What was done on the working days of these six weeks, and today up to this moment, its latest visit still on."""
    random = Random(f"past {seed}")  # noqa: S311 - a simulation, not a secret
    if not customers:
        return []
    here = at.astimezone(current_firm().tz)
    morning = here.replace(hour=0, minute=0, second=0, microsecond=0)
    made = []
    for back in range(42, 0, -1):
        day = morning - timedelta(days=back)
        if day.isoweekday() == 7:
            continue
        for person in range(PEOPLE):
            for _turn in range(random.randint(0, 2)):
                kind, title, outcome, result = random.choice(_DONE)
                done_at = day + timedelta(minutes=random.randint(9 * 60, 17 * 60))
                made.append(SampleDone(random.choice(customers), person, kind, title, done_at, 20, outcome, result))
        if back <= 21:
            made += [_visit(random, customers, day + timedelta(hours=hour)) for hour in (10, 13, 15)[: 1 + back % 3]]
    # Today's stand close together where the day has only begun, so that there are some at any hour.
    since = (here - morning) / 8
    for turn in range(1, 7):
        ended = morning + turn * since
        made.append(_visit(random, customers, ended, minutes=max(1, min(35, int(since.total_seconds() // 90)))))
    made.append(_visit(random, customers, here, minutes=max(1, min(12, int(since.total_seconds() // 90))), there=True))
    for person, (kind, title, outcome, result) in enumerate(random.sample(_DONE, PEOPLE)):
        done_at = morning + (person + 2) * since
        made.append(SampleDone(random.choice(customers), person, kind, title, done_at, 1, outcome, result))
    return made


def _visit(
    random: Random, customers: Sequence[int], ended: datetime, *, minutes: int = 35, there: bool = False
) -> SampleDone:
    title, outcome, result = random.choice(_VISITED)
    south, east = _CENTRE
    luck = random.random()
    degrees = (round(south + random.uniform(-_REACH, _REACH), 5), round(east + random.uniform(-_REACH, _REACH), 5))
    return SampleDone(
        customer_id=random.choice(customers),
        person=random.randrange(PEOPLE),
        kind="VISIT",
        title=title,
        done_at=ended,
        minutes=minutes,
        outcome=outcome,
        result=result,
        place=random.choice(_STREETS),
        degrees=None if luck < 0.06 else degrees,
        accuracy_m=900 if luck > 0.94 else random.randint(5, 40),
        flags=("NO_PLACE",) if luck < 0.06 else ("ROUGH_PLACE",) if luck > 0.94 else (),
        there=there,
    )
