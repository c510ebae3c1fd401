"""Timeline entries in the reader's words."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.core import words
from setia.core.words import Change
from setia.customers.models import ContactPoint, Customer, Industry, LifeEvent, Purpose, TimelineEntry
from setia.customers.queries.circle import READS

FIELDS = {
    "kind": gettext_lazy("Kind"),
    "number": gettext_lazy("Customer number"),
    "name": gettext_lazy("Name"),
    "call_name": gettext_lazy("Called"),
    "title": gettext_lazy("Titles"),
    "role": gettext_lazy("Role"),
    "relation": gettext_lazy("Relation"),
    "industry": gettext_lazy("Industry"),
    "acquisition": gettext_lazy("Came by"),
    "recommended_by": gettext_lazy("Recommended by"),
    "tax_number": gettext_lazy("Tax number"),
    "gender": gettext_lazy("Gender"),
    "birthday": gettext_lazy("Birthday"),
    "region": gettext_lazy("Region"),
    "notes": gettext_lazy("Notes"),
    "owner": gettext_lazy("Responsible"),
}
_TITLES = {
    "ADDED": gettext_lazy("Record made"),
    "EDITED": gettext_lazy("Changed"),
    "NOTE": gettext_lazy("Note"),
    "ASKED": gettext_lazy("A colleague asks to share"),
    "ARCHIVED": gettext_lazy("Archived"),
    "RESTORED": gettext_lazy("Back from the archive"),
    "CONTACT_ADDED": gettext_lazy("Contact added"),
    "CONTACT_EDITED": gettext_lazy("Contact corrected"),
    "CONTACT_REMOVED": gettext_lazy("Contact removed"),
    "CONTACT_PREFERRED": gettext_lazy("Preferred contact"),
    "TAGGED": gettext_lazy("Tag added"),
    "UNTAGGED": gettext_lazy("Tag taken off"),
    "FILE_ADDED": gettext_lazy("File added"),
    "FILE_REMOVED": gettext_lazy("File taken away"),
    "FILE_RESTORED": gettext_lazy("File brought back"),
    "LINKED": gettext_lazy("Linked"),
    "UNLINKED": gettext_lazy("Link taken back"),
    "EVENT_ADDED": gettext_lazy("Life event"),
    "EVENT_REMOVED": gettext_lazy("Life event taken away"),
    "ERASED": gettext_lazy("Erased"),
    "HANDED_OVER": gettext_lazy("A copy of everything held was handed out"),
    "CONSENT_GIVEN": gettext_lazy("Said yes to being contacted"),
    "CONSENT_WITHDRAWN": gettext_lazy("Said no to being contacted"),
    "MERGED": gettext_lazy("Merged"),
    "UNMERGED": gettext_lazy("Merge undone"),
    "ACTIVITY_DONE": gettext_lazy("Done"),
    "ACTIVITY_REOPENED": gettext_lazy("Opened again"),
    "OVERRULED": gettext_lazy("Said otherwise"),
    "OVERRULING_ENDED": gettext_lazy("What is computed counts again"),
    "OPPORTUNITY_ADDED": gettext_lazy("New opportunity"),
    "OPPORTUNITY_MOVED": gettext_lazy("Opportunity moved"),
    "OPPORTUNITY_WON": gettext_lazy("Opportunity won"),
    "OPPORTUNITY_LOST": gettext_lazy("Opportunity lost"),
    "OPPORTUNITY_REOPENED": gettext_lazy("Opportunity goes on"),
    "OPPORTUNITY_STEP_UNDONE": gettext_lazy("Step of an opportunity taken back"),
}


class EntryKind(NamedTuple):
    """A kind of entry that another room writes: its title, its icon, and what `data` says in words."""

    title: Promise
    icon: str
    says: Callable[[Mapping[str, Any]], str] = lambda _data: ""


_named: dict[str, EntryKind] = {}


def name_entries(kinds: Mapping[str, EntryKind]) -> None:
    """Say how the timeline tells what a room above writes there; called in the room's module `labels`."""
    _named.update(kinds)


def named_entries() -> Mapping[str, EntryKind]:
    """The kinds other rooms named, by their codes."""
    return _named


class Told(NamedTuple):
    """An entry in words: its title, what was written or meant, and the facts that changed."""

    title: str
    text: str
    changes: list[Change]


def title_of(kind: str) -> str:
    """A kind of entry in words; one written by a room that is not known here is shown by its name."""
    if kind in _named:
        return str(_named[kind].title)
    return str(_TITLES.get(kind) or kind.replace("_", " ").capitalize())


def tell(entry: TimelineEntry, *, others: bool = True) -> Told:
    """An entry in words. Without `others`, changes that name another customer are left out: the reader may not see
    that one.
    """
    title = title_of(entry.kind)
    data: dict[str, Any] = entry.data
    if data.get("erased"):
        return Told(title, _("What stood here was erased."), [])
    if entry.kind in _named:
        return Told(title, _named[entry.kind].says(data), [])
    if entry.kind.startswith("CONSENT_"):
        return Told(title, f"{_purpose_word(data['purpose'])}: {_channel_words(data['channels'])}", [])
    if entry.kind == "ASKED":
        return Told(title, _("They were about to add this customer themselves, and do not see this record."), [])
    if entry.kind == "NOTE":
        return Told(title, str(data.get("text", "")), [])
    if entry.kind == "EDITED":
        changes = {name: pair for name, pair in data.get("changes", {}).items() if others or name != "recommended_by"}
        labels = data.get("labels", {})
        return Told(title, "", [_change(name, *pair, label=labels.get(name, "")) for name, pair in changes.items()])
    if entry.kind == "CONTACT_EDITED":
        return Told(title, "", [Change(contact_word(data["kind"]), data.get("before", ""), data["shown"])])
    if entry.kind in ("OVERRULED", "OVERRULING_ENDED"):
        return Told(title, str(data.get("reason", "")), words.changes_in_words("customer", data["changes"]))
    if entry.kind in ("ACTIVITY_DONE", "ACTIVITY_REOPENED"):
        return _activity(entry.kind, data)
    if entry.kind in ("MERGED", "UNMERGED"):
        return Told(title, _merged(data), [])
    if entry.kind.startswith("CONTACT_"):
        return Told(title, f"{contact_word(data['kind'])}: {data['shown']}", [])
    if entry.kind in ("LINKED", "UNLINKED"):
        reads = str(READS.get((data["kind"], data["way"]), ""))
        return Told(title, " ".join(filter(None, [reads, data["name"], data["words"] and f"({data['words']})"])), [])
    if entry.kind in ("EVENT_ADDED", "EVENT_REMOVED"):
        what = dict(LifeEvent.Kind.choices).get(data["kind"], data["kind"])
        day = date_format(date.fromisoformat(data["day"]), "j F Y")
        return Told(title, ", ".join(filter(None, [str(what), data["words"], day])), [])
    if entry.kind.startswith("OPPORTUNITY_"):
        return Told(title, " · ".join(filter(None, [data.get("title", ""), data.get("stage", "")])), [])
    if entry.kind.startswith("FILE_"):
        return Told(title, str(data.get("name", "")), [])
    if entry.kind in ("TAGGED", "UNTAGGED"):
        return Told(title, str(data.get("tag", "")), [])
    return Told(title, "", [])


def changes_in_words(changes: Mapping[str, Any]) -> list[Change]:
    """Facts that changed, field by field, each from what to what."""
    return [_change(name, str(before), str(after)) for name, (before, after) in changes.items()]


def industry_names() -> dict[int, str]:
    """The industries' names by key."""
    return dict(Industry.objects.values_list("pk", "name"))


def _purpose_word(purpose: str) -> str:
    return str(dict(Purpose.choices).get(purpose, purpose))


def _channel_words(channels: list[str]) -> str:
    return (
        _("all channels") if set(channels) == set(ContactPoint.Kind.values) else ", ".join(map(contact_word, channels))
    )


def _activity(kind: str, data: Mapping[str, Any]) -> Told:
    what = words.value_in_words("activity", "kind", data.get("kind", ""))
    if kind == "ACTIVITY_REOPENED":
        what = f"{what}, {_('opened again')}"
    came = data.get("outcome", "")
    says = [data.get("title", ""), words.value_in_words("activity", "outcome", came) if came else ""]
    first = ". ".join(one for one in says if one and one != what)
    return Told(what, "\n".join(filter(None, [first, str(data.get("text", ""))])), [])


def _merged(data: dict[str, Any]) -> str:
    others = data["others"] if "others" in data else [data["from"]]
    return ", ".join(record_word(one["name"], one["number"] or one["id"]) for one in others)


def field_word(name: str) -> str:
    """A field of the customer in words."""
    return str(FIELDS[name])


def record_word(name: str, number: Any) -> str:
    """A record among several of one customer, told apart by its number."""
    return f"{name} ({number})" if name else str(_("Customer {number}")).format(number=number)


def contact_word(kind: str) -> str:
    """A kind of contact point in words."""
    return str(dict(ContactPoint.Kind.choices).get(kind, kind))


def contact_kinds() -> list[tuple[str, str]]:
    """The kinds of contact points with their words, for a form."""
    return [(code, str(label)) for code, label in ContactPoint.Kind.choices]


def _change(name: str, before: str, after: str, *, label: str = "") -> Change:
    choices = (
        {
            code: str(words)
            for code, words in Customer._meta.get_field(name).flatchoices  # type: ignore[union-attr]
        }
        if name in FIELDS
        else {}
    )
    label = label or str(FIELDS.get(name, name))
    return Change(label, choices.get(before, before) or _("nothing"), choices.get(after, after) or _("nothing"))
