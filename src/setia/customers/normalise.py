"""How a contact point is written before it is stored, so that two spellings of one number are one row.

Every function takes text as found and returns the stored form, or None where the text is not such a thing. They touch
no database and keep no state, so an import may call them a million times.
"""

import re
import unicodedata
from urllib.parse import urlsplit

import phonenumbers

from setia.core.text import line as text
from setia.core.text import paragraph

__all__ = ["contact", "email", "handle", "paragraph", "phone", "tax_number", "text", "written"]

_PLAIN_MOBILE = re.compile(r"(?:\+?62|0)?0?(8[1-9][0-9]{7,10})")
_PHONE_MARKS = re.compile(r"[\s.\-()/\u2010-\u2015]")
_EXCEL_TAIL = re.compile(r"^(\+?[0-9]+)\.0+$")
_TAX_MARKS = re.compile(r"[\s.\-\u2010-\u2015]")
_NIK = re.compile(
    r"[1-9][1-9][0-9]{4}(?:0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])(?:0[1-9]|1[0-2])[0-9]{2}(?!0000)[0-9]{4}"
)
_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@(?:[^\s@<>(),;:\"\[\]\\.]+\.)+[^\s@<>(),;:\"\[\]\\.]{2,}")
_LINK = re.compile(r"^(?:https?://)?(?:www\.|m\.|web\.|id-id\.)?[a-z0-9-]+(?:\.[a-z]{2,})+/", re.IGNORECASE)
_HANDLES = {
    "INSTAGRAM": re.compile(r"[a-z0-9._]{1,30}"),
    "FACEBOOK": re.compile(r"[a-z0-9.\-]{3,80}"),
    "TELEGRAM": re.compile(r"[a-z][a-z0-9_]{3,31}"),
    "LINE": re.compile(r"[a-z0-9._\-]{2,30}"),
    "TIKTOK": re.compile(r"[a-z0-9._]{2,24}"),
}


def phone(value: str, *, region: str = "ID") -> str | None:
    """A telephone number in E.164 (ITU-T), or None.

    `08…`, `8…`, `62…`, `+62…`, `+620…` and `0062…` are one number. A new Indonesian mobile range that the number plan
    does not list yet is taken by its shape: 8, then eight to eleven digits.
    """
    found = _EXCEL_TAIL.sub(r"\1", text(unicodedata.normalize("NFKC", value)))
    found = re.sub(r"^(?:tel:|(?:https?://)?wa\.me/)", "", found, flags=re.IGNORECASE)
    bare = _PHONE_MARKS.sub("", found)
    if bare.startswith("00"):
        bare = found = "+" + bare[2:]
    if region == "ID" and (mobile := _PLAIN_MOBILE.fullmatch(bare)):
        return "+62" + mobile[1]
    if not 6 <= sum(character.isdigit() for character in bare) <= 20:
        return None
    try:
        parsed = phonenumbers.parse(found, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def written(kind: str, value: str) -> str:
    """The stored form as a person writes it: 0812-2045-7781 at home, +65 6123 4567 elsewhere."""
    if kind not in {"PHONE", "WHATSAPP"}:
        return value
    if mobile := re.fullmatch(r"\+62(8[0-9]{2})([0-9]{3,4})([0-9]{3,5})", value):
        return "0" + "-".join(mobile.groups())
    try:
        parsed = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return value
    national = parsed.country_code == 62
    shape = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, shape))


def email(value: str) -> str | None:
    """An e-mail address, case-folded, or None. One address: of a list only the caller knows which is meant."""
    found = text(unicodedata.normalize("NFKC", value))
    if found.lower().startswith("mailto:"):
        found = found[7:].split("?")[0]
    found = found.strip("<>").casefold()
    return found if len(found) <= 254 and _EMAIL.fullmatch(found) and ".." not in found else None


def handle(value: str, kind: str) -> str | None:
    """A name on a social network, without `@` and without the address around it, folded; or None.

    `kind` is one of `ContactPoint.Kind`: INSTAGRAM, FACEBOOK, TELEGRAM, LINE, TIKTOK.
    """
    found = text(unicodedata.normalize("NFKC", value))
    if _LINK.match(found):
        parts = urlsplit(found if "://" in found else f"https://{found}")
        steps = [step for step in parts.path.split("/") if step]
        if steps[:2] in (["ti", "p"], ["R", "ti"]):  # line.me/ti/p/~name
            steps = steps[2:]
        elif steps[:1] == ["profile.php"]:  # facebook.com/profile.php?id=…
            steps = re.findall(r"id=([0-9]+)", parts.query)
        found = steps[0] if steps else ""
    found = found.lstrip("@~").casefold()
    return found if _HANDLES[kind].fullmatch(found) else None


def tax_number(value: str) -> str | None:
    """An Indonesian tax number as its sixteen digits, or None where the text cannot be one.

    The fifteen digits of an older NPWP get a 0 before them, as PMK 112/PMK.03/2022 has it; their ninth is a check digit
    (Luhn). Sixteen digits that do not begin with 0 are a NIK: six of a district, the day of birth (a woman's plus 40),
    month and year, and a number that is not 0000.
    """
    digits = _TAX_MARKS.sub("", _EXCEL_TAIL.sub(r"\1", text(unicodedata.normalize("NFKC", value))))
    if not digits.isascii() or not digits.isdigit():
        return None
    if len(digits) == 15:
        digits = "0" + digits
    if len(digits) != 16:
        return None
    return digits if (_is_npwp(digits[1:]) if digits[0] == "0" else _NIK.fullmatch(digits)) else None


def _is_npwp(digits: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits[:9])]
    return int(digits[:8]) > 0 and sum(sum(divmod(one, 10)) for one in doubled) % 10 == 0


def contact(kind: str, value: str) -> str | None:
    """The stored form of any kind of contact point, or None where the text cannot be one."""
    if kind in {"PHONE", "WHATSAPP"}:
        return phone(value)
    if kind == "EMAIL":
        return email(value)
    if kind == "ADDRESS":
        return text(value)[:500] or None
    return handle(value, kind)
