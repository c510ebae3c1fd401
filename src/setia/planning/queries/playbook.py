"""How to sell to whom: the firm's own words where it has them, else Setia's advice."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.http import Http404

from setia.core.permissions import Actor, require
from setia.planning.advice import built_in
from setia.planning.models import About, Advice

TRAITS = (About.NEW, About.POTENTIAL, About.IMPULSIVE, About.THRIFTY, About.DEVOTED, About.ADVOCATE)
STAGES = (About.REACH, About.RELATIONSHIP, About.FIRST, About.RETENTION, About.LOYALTY, About.DEFECTED)


class Guidance(NamedTuple):
    """Advice on one trait or stage: points to do, to say, to avoid. `own` is the firm's row, None for Setia's words."""

    about: str
    name: str
    trait: bool
    do: list[str]
    say: list[str]
    avoid: list[str]
    own: Any = None


def guidance_on(user: Actor, abouts: Collection[str], *, language: str) -> list[Guidance]:
    """Advice on traits and stages, in the order asked, in a language; codes nobody knows are left out. One query.

    The firm's words in the other language go before Setia's in this one: they are what the firm wants done.
    """
    require(user, "planning.view")
    known = [About(code) for code in abouts if code in About.values]
    rows: dict[str, Advice] = {}
    for row in Advice.objects.filter(about__in=known).select_related("changed_by"):
        if row.language == language or row.about not in rows:
            rows[row.about] = row
    return [_guidance(about, rows.get(about)) for about in known]


def playbook(user: Actor, *, language: str) -> list[Guidance]:
    """All of it: traits, then stages."""
    return guidance_on(user, [*TRAITS, *STAGES], language=language)


def get_guidance(user: Actor, about: str, *, language: str) -> Guidance:
    """One piece in exactly this language. Raises `Http404` for what is no trait or stage."""
    require(user, "planning.view")
    if about not in About.values or language not in ("id", "en"):
        raise Http404
    row = Advice.objects.filter(about=about, language=language).select_related("changed_by").first()
    return _guidance(About(about), row)


def _guidance(about: About, row: Advice | None) -> Guidance:
    do, say, avoid = (row.do, row.say, row.avoid) if row else built_in(about)
    to_do, to_say, to_avoid = ([point for point in text.split("\n") if point] for text in (do, say, avoid))
    return Guidance(about.value, str(about.label), about in TRAITS, to_do, to_say, to_avoid, row)
