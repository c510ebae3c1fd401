"""A record made ready for comparing: everything folded once, so that a pair costs no folding."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from setia.customers.matching import folds

FEW = 2
MANY = 5
"""A phone that up to FEW names left is somebody's own, up to MANY a family's, beyond that a desk's."""
MAILBOX = 3
"""A mail address that more names than this left is an office's."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared. Lists are sorted and without repeats; '' and None mean unknown.

    `tokens` are the words of the name with two letters or more, `initials` the others; `key` all of them sorted,
    `line` all of them in their order without spaces; `solid` counts the words that say who, `called` is the first of
    them. `phones` are E.164. `phones_own`, `phones_few` and `phones_many` part them by how many different names left
    them, `emails_own` and `emails_many` likewise.
    """

    id: int
    key: str = ""
    line: str = ""
    tokens: tuple[str, ...] = ()
    initials: tuple[str, ...] = ()
    solid: int = 0
    called: str = ""
    phones: tuple[str, ...] = ()
    phone: str = ""
    emails: tuple[str, ...] = ()
    locals: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    birthday: date | None = None
    region: str = ""
    gender: str = ""
    tax_id: str = ""
    address: str = ""
    phones_own: tuple[str, ...] = field(default=())
    phones_few: tuple[str, ...] = field(default=())
    phones_many: tuple[str, ...] = field(default=())
    emails_own: tuple[str, ...] = field(default=())
    emails_many: tuple[str, ...] = field(default=())


def prepare(
    id: int,
    *,
    name: str = "",
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    handles: Iterable[str] = (),
    birthday: date | None = None,
    region: str = "",
    gender: str = "",
    tax_id: str = "",
    address: str = "",
) -> Record:
    """A record from stored values: phones in E.164, mail addresses folded, handles as `KIND:name`."""
    words = folds.name_words(name) if name else []
    mails = tuple(sorted({folds.email_key(one) for one in emails}))
    numbers = tuple(sorted(set(phones)))
    return Record(
        id,
        key=" ".join(sorted(words))[:300],
        line="".join(words)[:300],
        tokens=tuple(sorted({one for one in words if len(one) > 1})),
        initials=tuple(sorted({one for one in words if len(one) == 1})),
        solid=len({one for one in words if folds.is_solid(one)}),
        called=next((one for one in words if folds.is_solid(one)), ""),
        phones=numbers,
        phone=numbers[0] if numbers else "",
        emails=mails,
        locals=tuple(
            sorted({one for mail in mails if not folds.is_generic(one := mail.partition("@")[0].replace(".", ""))})
        ),
        handles=tuple(sorted(set(handles))),
        birthday=birthday,
        region=folds.region_key(region) if region else "",
        gender=gender,
        tax_id=folds.tax_key(tax_id) if tax_id else "",
        address=folds.address_key(address) if address else "",
        phones_own=numbers,
        emails_own=mails,
    )


def with_crowds(records: Sequence[Record]) -> list[Record]:
    """The same records, their phones and mail addresses parted by how many different names among them left each."""
    phones = _names_per(records, "phones")
    mails = _names_per(records, "emails")
    parted = []
    for one in records:
        own: list[str] = []
        few: list[str] = []
        many: list[str] = []
        for number in one.phones:
            crowd = phones[number]
            (own if crowd <= FEW else few if crowd <= MANY else many).append(number)
        parted.append(
            replace(
                one,
                phones_own=tuple(own),
                phones_few=tuple(few),
                phones_many=tuple(many),
                emails_own=tuple(mail for mail in one.emails if mails[mail] <= MAILBOX),
                emails_many=tuple(mail for mail in one.emails if mails[mail] > MAILBOX),
            )
        )
    return parted


def _names_per(records: Sequence[Record], what: str) -> Counter[str]:
    pairs = {(value, one.key) for one in records for value in getattr(one, what)}
    return Counter(value for value, _key in pairs)
