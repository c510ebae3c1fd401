"""The audit trail as its reader sees it: who changed what, when, from what to what, in words.

Keys are found first, by an index for every filter, and the rows, the people and the names of what they speak of after
that; a page costs the same number of queries whatever it shows, and the same time wherever in the trail it lies.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import reduce
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CharField, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from setia.accounts.models import AuditEntry, Role, User
from setia.core.permissions import require
from setia.core.queries import firm
from setia.core.trail import detail_of, things, verbs_of
from setia.core.words import Change, changes_in_words, field_name, readable, verb_name

AUDIT_PAGE = 50
NOBODY = 0
"""In place of a person's key: what Setia did by itself, and what was done by somebody not signed in."""
_CHUNK = 500
_KEY = re.compile(r"#(\d{1,18})")
_OWN = re.compile(r"[a-z](\d{1,18})")

_Refs = Mapping[str, Mapping[int, str]]
_Place = tuple[datetime, int]


@dataclass(frozen=True)
class Wanted:
    """Which entries: of a person (`NOBODY`), a kind of thing or one record, a group of acts, and the firm's days."""

    person: int | None = None
    about: str = ""
    about_id: int | None = None
    act: str = ""
    since: date | None = None
    until: date | None = None


class Line(NamedTuple):
    """One entry in words. `who` is None for Setia itself and for somebody not signed in (`address` then has a mark).

    `thing` is what it was done to, as it is called today, '' for what is not there any more; `url` its page. `changes`
    are fields from what to what, `notes` what else the reader should know: pairs of a name and a value.
    """

    entry: AuditEntry
    title: str
    kind: str
    thing: str
    url: str
    changes: Sequence[Change]
    notes: Sequence[tuple[str, str]]


class AuditPage(NamedTuple):
    """A page of the trail, the newest first. `before` leads to the next, older one; '' on the last."""

    lines: Sequence[Line]
    before: str


def audit_page_for(user: User, wanted: Wanted, *, before: str = "", size: int = AUDIT_PAGE) -> AuditPage:
    """A page of the audit trail, for whoever may read it. Raises `PermissionDenied`."""
    require(user, "accounts.audit")
    entries = _entries(_keys(wanted, place=_read(before), most=size + 1))
    more = len(entries) > size
    entries = entries[:size]
    return AuditPage(_in_words(user, entries), _write(entries[-1]) if more else "")


def audit_lines_for(user: User, wanted: Wanted) -> Iterator[Line]:
    """All of it, the newest first, read as it is asked for. Raises `PermissionDenied` at once."""
    require(user, "accounts.audit")
    return _walk(user, wanted)


def trail_of(about: str, about_id: int, *, before: int | None, most: int) -> list[AuditEntry]:
    """What the trail says about one thing, the newest first, older than the entry `before`.

    For whoever passed the gate of the thing itself: this one asks nothing.
    """
    entries = AuditEntry.objects.filter(about=about, about_id=about_id).select_related("by").order_by("-id")
    return list((entries.filter(pk__lt=before) if before else entries)[:most])


def _walk(user: User, wanted: Wanted) -> Iterator[Line]:
    place: _Place | None = None
    while entries := _entries(_keys(wanted, place=place, most=_CHUNK)):
        yield from _in_words(user, entries)
        place = entries[-1].at, entries[-1].pk


def _keys(wanted: Wanted, *, place: _Place | None, most: int) -> list[int]:
    """Keys of the entries wanted, the newest first, older than a place; each filter has an index in that order."""
    where, values = [], dict[str, Any](most=most)
    if wanted.person is not None:
        where.append("e.by_id IS NULL" if wanted.person == NOBODY else "e.by_id = %(person)s")
        values["person"] = wanted.person
    if wanted.about_id is not None:
        where.append("e.about = %(about)s AND e.about_id = %(about_id)s")
        values |= {"about": wanted.about, "about_id": wanted.about_id}
    if wanted.since:
        where.append("e.at >= %(since)s")
        values["since"] = _midnight(wanted.since)
    if wanted.until:
        where.append("e.at < %(until)s")
        values["until"] = _midnight(wanted.until + timedelta(days=1))
    if place:
        where.append("(e.at, e.id) < (%(at)s, %(id)s)")
        values |= {"at": place[0], "id": place[1]}
    verbs = verbs_of(about="" if wanted.about_id is not None else wanted.about, act=wanted.act)
    newest = "ORDER BY e.at DESC, e.id DESC LIMIT %(most)s"
    # That there is nobody is no equality to the planner: an index that begins with the person serves this order alone.
    own = f"ORDER BY e.by_id DESC, {newest.removeprefix('ORDER BY ')}" if wanted.person == NOBODY else newest
    # The texts put together here are this function's own; what a reader chose goes in as a value.
    if verbs is None:
        sql = f"SELECT e.id FROM accounts_auditentry e {_where(where)} {own}"  # noqa: S608
    else:  # the newest of each verb along its index, then the newest of these: never a walk past everything else
        each = f"SELECT e.id, e.at FROM accounts_auditentry e {_where(['e.verb = v.verb', *where])} {own}"  # noqa: S608
        sql = f"SELECT e.id FROM unnest(%(verbs)s::text[]) v(verb) CROSS JOIN LATERAL ({each}) e {newest}"  # noqa: S608
        values["verbs"] = sorted(verbs)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [key for (key,) in cursor.fetchall()]


def _where(conditions: Sequence[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=firm().tz)


def _entries(keys: Collection[int]) -> list[AuditEntry]:
    if not keys:
        return []
    return list(AuditEntry.objects.filter(pk__in=keys).select_related("by").order_by("-at", "-id"))


def _write(entry: AuditEntry) -> str:
    return f"{entry.at.isoformat()}~{entry.pk}"


def _read(place: str) -> _Place | None:
    at, _tilde, pk = place.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, int(pk)) if pk.isdecimal() and len(pk) < 19 and timezone.is_aware(moment) else None


@dataclass
class _Names:
    """What the keys in some entries stand for: gathered first, then asked once for all kinds."""

    wanted: dict[str, set[int]] = field(default_factory=dict)
    found: dict[str, dict[int, str]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)

    def note(self, about: str, key: Any) -> None:
        if isinstance(key, int) and not isinstance(key, bool) and about in things() and things()[about].rows:
            self.wanted.setdefault(about, set()).add(key)

    def ask(self, reader: User) -> None:
        rows: list[QuerySet[Any]] = []
        for about, keys in sorted(self.wanted.items()):
            thing = things()[about]
            assert thing.rows is not None
            rows.append(
                thing.rows(reader, keys)
                .order_by()
                .annotate(
                    trail_about=Value(about, output_field=CharField()),
                    trail_called=Cast(thing.called, output_field=TextField()),
                )
                .values_list("trail_about", "pk", "trail_called")
            )
        if rows:
            for about, key, called in reduce(lambda one, other: one.union(other, all=True), rows):
                self.found.setdefault(about, {})[key] = called or f"#{key}"

    def of(self, about: str, key: Any) -> str:
        """What one is called; its number, marked as such, for what the reader may not see or is not there."""
        return self.found.get(about, {}).get(key, f"#{key}")


def _in_words(reader: User, entries: Sequence[AuditEntry]) -> list[Line]:
    names = _Names()
    for entry in entries:
        names.note(entry.about, entry.about_id)
        for key, value in entry.data.items():
            for about, one in _refs(entry, key, value):
                names.note(about, one)
    names.ask(reader)
    if any(_tells_roles(entry) for entry in entries):
        names.roles = {role.code: role.label for role in Role.objects.all()}
    return [_line(entry, names) for entry in entries]


def _tells_roles(entry: AuditEntry) -> bool:
    return "role" in entry.data or entry.verb == "user.role_changed"


def _refs(entry: AuditEntry, key: str, value: Any) -> Iterator[tuple[str, int]]:
    """The keys of other things an entry's data holds, each with its kind."""
    if key == "changes" and isinstance(value, Mapping):
        for name, pair in value.items():
            detail = detail_of(entry.verb, entry.about, name)
            for one in pair if detail and detail.of else ():
                if isinstance(one, str) and (found := _KEY.fullmatch(one)):
                    yield detail.of, int(found[1])  # type: ignore[union-attr]
        return
    detail = detail_of(entry.verb, entry.about, key)
    if detail and detail.of:
        for one in value if isinstance(value, list) else [value]:
            if key == "fields" and isinstance(one, str) and (own := _OWN.fullmatch(one)):
                yield detail.of, int(own[1])
            elif isinstance(one, int):
                yield detail.of, one


def _line(entry: AuditEntry, names: _Names) -> Line:
    thing = things().get(entry.about)
    known = entry.about_id is not None and entry.about_id in names.found.get(entry.about, {})
    if known:
        called = names.of(entry.about, entry.about_id)
    elif thing is None or not thing.rows:
        called = ""
    else:  # what a line itself remembers of a thing that is gone
        remembered = next((entry.data[key] for key in ("name", "label", "tag", "file") if entry.data.get(key)), "")
        called = str(remembered) if isinstance(remembered, str) else ""
    url = ""
    if thing and thing.page and (known or not thing.keyed):
        url = reverse(thing.page, args=[entry.about_id] if thing.keyed else [])
    changes, notes = _told(entry, names, called)
    return Line(entry, verb_name(entry.verb), str(thing.many) if thing else "", called, url, changes, notes)


def _told(entry: AuditEntry, names: _Names, called: str) -> tuple[list[Change], list[tuple[str, str]]]:
    data = entry.data
    changes = [_resolved(entry, one, names) for one in _changes(entry)]
    if "from" in data and "to" in data:
        detail = detail_of(entry.verb, entry.about, "to")
        label = str(detail.words) if detail and detail.words else _("Value")
        changes.append(Change(label, *(_value(entry, "to", data[key], names) for key in ("from", "to"))))
    notes: list[tuple[str, str]] = []
    for key, value in data.items():
        if key == "changes" or (key in {"from", "to"} and {"from", "to"} <= data.keys()):
            continue
        detail = detail_of(entry.verb, entry.about, key)
        if detail and detail.words is None:
            continue
        if key == "fields" and isinstance(value, list):
            if value:
                shown = ", ".join(_field(entry, name, names) for name in value if isinstance(name, str))
                notes.append((_("Fields"), shown))
            continue
        shown = _value(entry, key, value, names)
        if shown and shown != called:
            notes.append((str(detail.words) if detail else readable(key), shown))
    return changes, notes


def _changes(entry: AuditEntry) -> list[tuple[str, Change]]:
    told = entry.data.get("changes")
    told = told if isinstance(told, Mapping) else {}
    ordered = sorted(told)
    return list(zip(ordered, changes_in_words(entry.about, told), strict=True))


def _resolved(entry: AuditEntry, named: tuple[str, Change], names: _Names) -> Change:
    """A change whose sides are keys of other things, with what those are called."""
    name, change = named
    detail = detail_of(entry.verb, entry.about, name)
    if not detail or not detail.of:
        return change
    sides = [
        names.of(detail.of, int(found[1])) if (found := _KEY.fullmatch(side)) else side
        for side in (change.before, change.after)
    ]
    return Change(change.label, *sides)


def _field(entry: AuditEntry, name: str, names: _Names) -> str:
    """What a field named without its value is called; one of the firm's own is found by its key (`t12`)."""
    detail = detail_of(entry.verb, entry.about, "fields")
    own = _OWN.fullmatch(name)
    if detail and detail.of and own:
        return names.of(detail.of, int(own[1]))
    return field_name(entry.about, name)


def _value(entry: AuditEntry, key: str, value: Any, names: _Names) -> str:
    detail = detail_of(entry.verb, entry.about, key)
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, list):
        return ", ".join(filter(None, (_value(entry, key, one, names) for one in value)))
    if isinstance(value, Mapping):
        parts = ((detail_of(entry.verb, entry.about, name), name, one) for name, one in value.items())
        return ", ".join(
            f"{str(inner.words) if inner and inner.words else readable(name)}: {shown}"
            for inner, name, one in parts
            if (shown := _value(entry, name, one, names))
        )
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if detail and detail.of:
        return names.of(detail.of, value) if isinstance(value, int) else str(value)
    if detail and detail.says:
        return str(detail.says(value))
    if isinstance(value, str) and value in names.roles:
        return names.roles[value]
    return str(value)
