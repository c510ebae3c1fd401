"""Who may do what: a permission is a verb on a room (`customers.merge`), granted by a person's role.

Each room lists its verbs, with the words a person reads, in its module `permissions`, which is imported when Setia
starts. `may` and `require` are the one way to ask; the gates in `queries` and the head of every action call them, never
a template alone. The verbs come with the person (`Actor.verbs`), so a check costs no query.

A verb may be `whole`: it works on, or shows, the data of all customers at once (an import, the pictures of home). It
counts only for somebody who sees all customers, whatever a role grants.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import Promise

P = ParamSpec("P")
R = TypeVar("R")

BUILT_IN = ("OWNER", "MANAGER", "SALES", "AGENT", "MARKETER", "ANALYST", "FINANCE", "MEMBER")
"""The roles every firm has. The owner may do everything; what the others may, the lists of verbs say."""

EVERYBODY = "MANAGER SALES AGENT MARKETER ANALYST FINANCE MEMBER"
"""For `offer`: each built-in role. A role people made gets nothing by itself."""


class Verb(NamedTuple):
    """One thing that can be allowed. `roles` are the built-in roles that may; the owner always may."""

    code: str
    room: str
    words: Promise
    roles: frozenset[str]
    whole: bool


_rooms: dict[str, Promise] = {}
_verbs: dict[str, Verb] = {}


def offer(
    room: str,
    words: Promise,
    verbs: Mapping[str, tuple[Promise, str]],
    *,
    whole: Mapping[str, tuple[Promise, str]] = {},
) -> None:
    """Name a room's verbs: `{"merge": (_("Merge doubles"), "MANAGER MEMBER")}` makes `customers.merge`.

    The second text names the built-in roles that may, '' for the owner alone. `whole` are the verbs that need sight of
    all customers. May be called more than once for a room; a verb named twice, or a role there is none of, is an error.
    """
    _rooms.setdefault(room, words)
    for listed, is_whole in ((verbs, False), (whole, True)):
        for name, (says, roles) in listed.items():
            code, who = f"{room}.{name}", frozenset(roles.split())
            if code in _verbs or not who <= set(BUILT_IN):
                raise LookupError(f"{code} is named twice, or for a role there is none of")
            _verbs[code] = Verb(code, room, says, who, is_whole)


def rooms() -> list[tuple[Promise, list[Verb]]]:
    """Every room that offers verbs, in words, with its verbs in the order they were named."""
    return [(words, [verb for verb in _verbs.values() if verb.room == room]) for room, words in _rooms.items()]


def every_verb() -> frozenset[str]:
    """The codes of all verbs."""
    return frozenset(_verbs)


def words_of(verb: str) -> tuple[str, bool]:
    """A verb in the reader's words ('' for an unknown one), and whether it needs sight of all customers."""
    found = _verbs.get(verb)
    return (str(found.words), found.whole) if found else ("", False)


def verbs_of(role: str) -> frozenset[str]:
    """What a built-in role grants."""
    if role == "OWNER":
        return every_verb()
    return frozenset(verb.code for verb in _verbs.values() if role in verb.roles)


def effective(verbs: frozenset[str], *, sees_all: bool) -> frozenset[str]:
    """Those of `verbs` that count: a whole one needs sight of all customers, and an unknown one is none."""
    return frozenset(code for code in verbs if (verb := _verbs.get(code)) and (sees_all or not verb.whole))


class Actor(Protocol):
    """What a permission looks at: `accounts.User`, or an anonymous visitor, who may nothing.

    Somebody signed in also has `verbs`, the codes of what they may do, and `owners_seen`, whose customers they see: the
    keys of the people responsible, or None for all customers, those without anybody responsible among them.
    """

    is_active: bool

    @property
    def is_authenticated(self) -> bool: ...


def may(actor: Actor | None, verb: str) -> bool:
    """Whether this person may do a verb on a room, such as `customers.edit`. Verbs nobody listed nobody may."""
    if actor is None or not actor.is_authenticated or not actor.is_active:
        return False
    return verb in getattr(actor, "verbs", ())


def require(actor: Actor | None, verb: str) -> None:
    """Raise `PermissionDenied` unless this person may."""
    if not may(actor, verb):
        raise PermissionDenied(verb)


def needs(verb: str) -> Callable[[Callable[Concatenate[HttpRequest, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """For an entrance: let in whoever may do this verb, and answer everybody else that their role does not include it.

    It spares a person a page that could do nothing; what counts is still asked by the gate and the action behind it.
    """

    def around(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
        @wraps(view)
        def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(getattr(request, "user", None), verb)
            return view(request, *args, **kwargs)

        return gate

    return around


def owners_seen(actor: Actor) -> frozenset[int] | None:
    """Whose customers this person sees; None for everybody's. Nobody's for a visitor."""
    seen: frozenset[int] | None = getattr(actor, "owners_seen", frozenset())
    return seen


def sees_all(actor: Actor) -> bool:
    """Whether this person sees the whole firm: all customers, and the pictures drawn from all."""
    return owners_seen(actor) is None
