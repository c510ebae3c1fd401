"""Names of things that pages of one room show for all rooms: background jobs, the audit trail's verbs, and fields.

A room says the words for what is its own (`name_jobs`, `name_verbs`) in its module `labels`, which is imported when
Setia starts; the jobs page and the audit page look them up. What nobody named is shown as its code, made readable.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _

_jobs: dict[str, Promise] = {}
_verbs: dict[str, Promise] = {}
_fields: dict[tuple[str, str], Promise] = {}
_choices: dict[tuple[str, str], Mapping[Any, Any]] = {}

SHOWN = 300
"""How many characters of a long text a change repeats."""


class Change(NamedTuple):
    """One field, from what to what, in the reader's words."""

    label: str
    before: str
    after: str


def name_jobs(names: Mapping[str, Promise]) -> None:
    """Say what the jobs of a room do, by task name: `{"core.clear_cache": _("Clear what is no longer needed")}`."""
    _jobs.update(names)


def name_verbs(names: Mapping[str, Promise]) -> None:
    """Say what the audit verbs of a room mean, as an act: `{"customer.archived": _("Archived a customer")}`."""
    _verbs.update(names)


def known_verbs() -> frozenset[str]:
    """Every audit verb a room named."""
    return frozenset(_verbs)


def job_name(task: str) -> str:
    """The words for a task in the reader's language."""
    return str(_jobs.get(task) or _readable(task.rsplit(".", 1)[-1]))


def verb_name(verb: str) -> str:
    """The words for an audit verb in the reader's language."""
    return str(_verbs.get(verb) or _readable(verb))


def name_fields(
    about: str, names: Mapping[str, Promise], choices: Mapping[str, Mapping[Any, Any]] | None = None
) -> None:
    """Say what the fields of a thing (`product`) are called, and the words for values that are codes."""
    _fields.update({(about, field): words for field, words in names.items()})
    _choices.update({(about, field): words for field, words in (choices or {}).items()})


def changes_in_words(about: str, changes: Mapping[str, Any]) -> list[Change]:
    """What an audit line's `changes` (`told_changes`) say, field by field, in the order of their names."""
    return [
        Change(
            str(_fields.get((about, field)) or _readable(field)),
            _value(about, field, pair[0]),
            _value(about, field, pair[1]),
        )
        for field, pair in sorted(changes.items())
    ]


def field_name(about: str, field: str) -> str:
    """What a field of a thing is called."""
    return str(_fields.get((about, field)) or _readable(field))


def value_in_words(about: str, field: str, value: Any) -> str:
    """What a value of a field of a thing means: the words of its code where a room named them."""
    return _value(about, field, value)


def readable(code: str) -> str:
    """A code nobody has words for, fit to be read."""
    return _readable(code)


def told_changes(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    """From what to what, by field, as JSON can keep it and a person can read it when the thing itself is gone."""
    return {field: [told(before), told(after)] for field, (before, after) in sorted(changes.items())}


def told(value: Any) -> Any:
    """A value as a change keeps it: nothing is '', decimals count by value (2 and 2.0000 are the same)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [told(one) for one in value]
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _value(about: str, field: str, value: Any) -> str:
    if isinstance(value, list):
        return " · ".join(_value(about, field, one) for one in value) or _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    words = _choices.get((about, field), {}).get(value)
    return str(words or value) if value not in ("", None) else _("nothing")


def _readable(code: str) -> str:
    return code.replace("_", " ").replace(".", " ").capitalize()
