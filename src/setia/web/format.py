"""How numbers, money and moments are written: the reader's language, the firm's zone and currency.

Every function takes plain values and returns text; the Jinja filters of the same names are made from them. Money has no
decimals on the screen; `short_money` is for headlines, with the exact sum on hover.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import get_currency_symbol
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from setia.core.queries import current_firm

Number = int | float | Decimal

_ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
# Steps of the short form: in Indonesian ribu, juta, miliar, triliun; in English thousand, million, billion, trillion.
_SHORT = {"id": ("rb", "jt", "M", "T"), "en": ("k", "m", "bn", "tn")}
EMPTY = "–"
# By hand what CLDR says of the two languages: a page has thousands of numbers, and Babel takes ten times as long.
_DOTS = str.maketrans(",.", ".,")


def language() -> str:
    """`id` or `en`: the language of this request."""
    return "en" if (translation.get_language() or "id").startswith("en") else "id"


@lru_cache
def _locale(code: str) -> Locale:
    return Locale.parse({"id": "id_ID", "en": "en_GB"}[code])


def number(value: Number | None, decimals: int = 0) -> str:
    """1234567 → 1.234.567 (id) or 1,234,567 (en); None → a dash."""
    if value is None:
        return EMPTY
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    text = f"{exact:,.{decimals}f}"  # halves to the even digit, as CLDR has it
    if text.startswith("-") and not text.strip("-0.,"):
        text = text[1:]
    return text.translate(_DOTS) if language() == "id" else text


def percent(value: Number | None, decimals: int = 1) -> str:
    """A share as a percentage: .632 → 63,2%; whole percentages lose their decimals. What is there is never 0%."""
    if value is None:
        return EMPTY
    share = round(float(value) * 100, decimals)
    if share == 0 and value > 0:
        return f"<{number(10.0**-decimals, decimals)}%"
    return number(share, 0 if share == int(share) else decimals) + "%"


def _symbol(currency: str) -> str:
    symbol = get_currency_symbol(currency, locale=_locale("id" if currency == "IDR" else "en"))
    return symbol if symbol != currency else currency + "\u00a0"


def money(value: Number | None, currency: str | None = None) -> str:
    """Rp1.234.567: no decimals, the sign in front."""
    if value is None:
        return EMPTY
    rounded = round(Decimal(value))
    sign = "−" if rounded < 0 else ""
    return f"{sign}{_symbol(currency or _currency())}{number(abs(rounded))}"


def short_money(value: Number | None, currency: str | None = None) -> str:
    """Rp5,8 jt · Rp612 rb · Rp1,84 M: three figures at most, for headlines and tables."""
    if value is None:
        return EMPTY
    amount = float(value)
    sign = "−" if amount < 0 else ""
    return f"{sign}{_symbol(currency or _currency())}{short_number(abs(amount))}"


def short_number(value: Number | None) -> str:
    """12.4 jt: a large number in three figures."""
    if value is None:
        return EMPTY
    amount = float(value)
    power = 0
    while abs(amount) >= 999.5 and power < 4:
        amount, power = amount / 1000, power + 1
    if not power:
        return number(round(amount))
    decimals = 0 if abs(amount) >= 99.95 else 1 if abs(amount) >= 9.995 else 2
    text = number(round(amount, decimals), decimals)
    mark = "," if language() == "id" else "."
    if mark in text:
        text = text.rstrip("0").rstrip(mark)
    return f"{text}\u00a0{_SHORT[language()][power - 1]}"


def _currency() -> str:
    currency: str = current_firm().currency
    return currency


def day(value: date | datetime | None, *, year: bool | None = None) -> str:
    """8 Nov 2025; the year is left out in the running year unless asked for."""
    if value is None:
        return EMPTY
    one = timezone.localtime(value).date() if isinstance(value, datetime) else value
    show = one.year != timezone.localdate().year if year is None else year
    return str(format_date(one, "d MMM y" if show else "d MMM", locale=_locale(language())))


def long_day(value: date | datetime) -> str:
    """Kamis, 19 November 2026."""
    one = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return str(format_date(one, "EEEE, d MMMM y", locale=_locale(language())))


def weekday(value: date) -> str:
    """Kam (id) or Thu (en)."""
    return str(format_date(value, "EEE", locale=_locale(language())))


def month(value: date | str, *, short: bool = True) -> str:
    """Nov 2026 from a date or from `2026-11`."""
    one = date.fromisoformat(f"{value}-01" if len(value) == 7 else value) if isinstance(value, str) else value
    return str(format_date(one, "MMM y" if short else "MMMM y", locale=_locale(language())))


def clock(value: datetime) -> str:
    """09.10 (id) or 09:10 (en), in the firm's zone."""
    mark = "." if language() == "id" else ":"
    return str(format_datetime(timezone.localtime(value), f"HH'{mark}'mm", locale=_locale(language())))


def zone_name() -> str:
    """WIB, WITA, WIT, or the offset of another zone."""
    name = timezone.get_current_timezone_name()
    return _ZONES.get(name) or timezone.localtime().strftime("GMT%z")


def moment(value: datetime | None) -> str:
    """19 Nov, 02.10 WIB."""
    if value is None:
        return EMPTY
    return f"{day(value)}, {clock(value)} {zone_name()}"


def relative_day(value: date | datetime | None, today: date | None = None) -> str:
    """today, yesterday, 26 days ago, in 3 days; from a year on, months and years."""
    if value is None:
        return EMPTY
    one = timezone.localtime(value).date() if isinstance(value, datetime) else value
    days = (one - (today or timezone.localdate())).days
    if days == 0:
        return _("today")
    if days == -1:
        return _("yesterday")
    if days == 1:
        return _("tomorrow")
    count = abs(days)
    if count >= 730:
        years = count // 365
        return (
            ngettext("%(count)s year ago", "%(count)s years ago", years) % {"count": years}
            if days < 0
            else ngettext("in %(count)s year", "in %(count)s years", years) % {"count": years}
        )
    if count >= 60:
        months = count // 30
        return (
            ngettext("%(count)s month ago", "%(count)s months ago", months) % {"count": months}
            if days < 0
            else ngettext("in %(count)s month", "in %(count)s months", months) % {"count": months}
        )
    return (
        ngettext("%(count)s day ago", "%(count)s days ago", count) % {"count": count}
        if days < 0
        else ngettext("in %(count)s day", "in %(count)s days", count) % {"count": count}
    )


def ago(value: datetime | None) -> str:
    """just now, 5 minutes ago, 3 hours ago, then days."""
    if value is None:
        return EMPTY
    gone = timezone.now() - value
    if gone < timedelta(minutes=1):
        return _("just now")
    if gone < timedelta(hours=1):
        minutes = int(gone.total_seconds() // 60)
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    if gone < timedelta(hours=24):
        hours = int(gone.total_seconds() // 3600)
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
    return relative_day(value)


def span(value: timedelta | None) -> str:
    """How long something takes, in one unit: 5 minutes, 3 hours, 12 days."""
    if value is None:
        return EMPTY
    minutes = max(int(value.total_seconds() // 60), 0)
    if minutes < 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if minutes < 48 * 60:
        return ngettext("%(count)s hour", "%(count)s hours", minutes // 60) % {"count": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def duration(seconds: Number | None) -> str:
    """12 s, 3 min 20 s, 2 h 5 min."""
    if seconds is None:
        return EMPTY
    whole = round(seconds)
    if whole < 60:
        return _("%(n)s s") % {"n": whole}
    if whole < 3600:
        return _("%(m)s min %(s)s s") % {"m": whole // 60, "s": whole % 60}
    return _("%(h)s h %(m)s min") % {"h": whole // 3600, "m": whole % 3600 // 60}


def file_size(value: Number | None) -> str:
    """12 kB, 3,4 MB."""
    if value is None:
        return EMPTY
    size = float(value)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{number(size, 0 if unit == 'B' or size >= 100 else 1)}\u00a0{unit}"
        size /= 1000
    return EMPTY


def initials(name: str) -> str:
    """Two letters for an avatar, passing over company forms and titles."""
    words = [w.strip("().,\"'") for w in name.split()]
    words = [w for w in words if w and w.rstrip(".").upper() not in _PASSED] or [w for w in words if w] or ["?"]
    first, final = words[0], words[-1]
    letters = first[0] + (final[0] if len(words) > 1 else first[1:2])
    return letters.upper()


_PASSED = {"PT", "CV", "UD", "TBK", "BAPAK", "IBU", "BPK", "SDR", "H", "HJ", "DR", "IR", "DRS", "PAK", "BU"}


FILTERS = {
    "number": number,
    "percent": percent,
    "money": money,
    "short_money": short_money,
    "short_number": short_number,
    "day": day,
    "long_day": long_day,
    "month": month,
    "weekday": weekday,
    "clock": clock,
    "moment": moment,
    "relative_day": relative_day,
    "ago": ago,
    "duration": duration,
    "span": span,
    "file_size": file_size,
    "initials": initials,
}
