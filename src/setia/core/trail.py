"""What the audit trail speaks about, so that its page can say it in words: kinds of things, acts, and details.

A room names its own in its module `labels`: `name_thing` a kind of record, how its rows are called and where its page
is; `name_data` what the other words of an entry's data mean. The words for acts (`customer.merged`) and for fields are
in `core.words`. What nobody named is shown as its code, made readable, so that nothing is ever hidden.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from setia.core.permissions import Actor
from setia.core.words import known_verbs

Rows = Callable[[Actor, Collection[int]], QuerySet[Any]]
"""The rows with these keys, as far as this reader may see them."""


class Thing(NamedTuple):
    """A kind of record the trail speaks about.

    `many` is the kind in words; `rows` finds its records and `called` is the column, or expression, that names one.
    `page` is the address of a record's page, by name; `keyed` whether that address takes the record's key. `acts` are
    the beginnings of the verbs that belong to the kind (`customer.`), or whole verbs.
    """

    about: str
    many: Promise
    rows: Rows | None = None
    called: Any = "name"
    page: str = ""
    keyed: bool = True
    acts: tuple[str, ...] = ()

    @property
    def verbs(self) -> frozenset[str]:
        """All verbs of this kind."""
        return frozenset(verb for verb in known_verbs() if any(_belongs(verb, act) for act in self.acts))


class Detail(NamedTuple):
    """What a word of an entry's data means: its name, and what its value is.

    `of` is the kind of thing whose key, or keys, the value holds; `says` gives a code its words. A detail without
    `words` is of no use to a reader and left out.
    """

    words: Promise | None
    of: str = ""
    says: Callable[[Any], Any] | None = None


SIGN_IN, ADDED, CHANGED, REMOVED, RESTORED, MERGED, TAKEN_OUT = (
    "SIGN_IN", "ADDED", "CHANGED", "REMOVED", "RESTORED", "MERGED", "TAKEN_OUT",
)  # fmt: skip

ACTS: Mapping[str, Promise] = {
    ADDED: _("Added"),
    CHANGED: _("Changed"),
    REMOVED: _("Removed or stopped"),
    RESTORED: _("Brought back or undone"),
    MERGED: _("Merged"),
    TAKEN_OUT: _("Taken out of Setia"),
    SIGN_IN: _("Signed in or out"),
}
"""The groups of acts, in the order a reader chooses from."""

_GROUPS: Mapping[str, str] = {
    SIGN_IN: """user.signed_in user.signed_out user.sign_in_refused user.sign_in_slowed user.second_step_refused
        user.session_ended user.other_sessions_ended user.signed_out_everywhere user.recovery_code_used""",
    MERGED: "merged merged_away merged_all accepted",
    TAKEN_OUT: "handed_over downloaded exported",
    ADDED: """added made started saved joined invited queued loaded taken given tagged linked note done sent_again
        planned finished""",
    REMOVED: """removed deleted archived revoked untagged unlinked erased withdrawn retired cancelled hidden deactivated
        dropped refused paused cancel_asked cancel_planned retention.done user.invitation_revoked""",
    RESTORED: "restored unmerged undone reopened kept reactivated unretired released resumed ended rejected given_back",
}
_group_of = {word: group for group, words in _GROUPS.items() for word in words.split()}
_things: dict[str, Thing] = {}
_details: dict[tuple[str, str], Detail] = {}


def _belongs(verb: str, act: str) -> bool:
    return verb.startswith(act) if act.endswith(".") else verb == act


def name_thing(about: str, many: Promise, **facts: Any) -> None:
    """Say what a kind of record is; `facts` as in `Thing`. Its verbs begin with its name, unless `acts` says others."""
    _things[about] = Thing(about, many, **{"acts": (f"{about}.",)} | facts)


def things() -> dict[str, Thing]:
    """All kinds the rooms named."""
    return _things


def name_data(scopes: str, details: Mapping[str, Detail | Promise]) -> None:
    """Say what words of the data mean: of a verb (`team.changed`) or of a kind (`team`); several scopes by spaces."""
    for scope in scopes.split():
        for key, detail in details.items():
            _details[scope, key] = detail if isinstance(detail, Detail) else Detail(detail)


def detail_of(verb: str, about: str, key: str) -> Detail | None:
    """What a word of an entry's data means; that of the verb goes before that of the kind. None when nobody said."""
    found = (_details.get((scope, key)) for scope in (verb, verb.partition(".")[0], about, "*"))
    return next((one for one in found if one is not None), None)


def act_of(verb: str) -> str:
    """The group a verb belongs to (a key of `ACTS`): by the whole verb, its last part, or that part's last word.

    What no group names is a change.
    """
    last = verb.rpartition(".")[2]
    return next((_group_of[one] for one in (verb, last, last.rpartition("_")[2]) if one in _group_of), CHANGED)


def verbs_of(*, about: str = "", act: str = "") -> frozenset[str] | None:
    """The verbs of a kind of thing and a group of acts; None when neither narrows anything."""
    if about not in _things and act not in ACTS:
        return None
    verbs = _things[about].verbs if about in _things else known_verbs()
    return frozenset(verb for verb in verbs if act not in ACTS or act_of(verb) == act)
