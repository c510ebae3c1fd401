"""The page of what is bought together: the surest pairs, a map of the products in most of them, and what it says."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from setia.core.permissions import Actor
from setia.portraits.queries.figures import Rows, figures_for
from setia.portraits.words import number_word

_MAPPED = 8
_CUTS = (1.2, 1.5, 2.0, 3.0, 5.0)


@dataclass(frozen=True)
class TogetherPage:
    """`map`: for each product on it its name and a pair (or None) for each product on it."""

    as_of: date | None = None
    computed_at: datetime | None = None
    title: str = ""
    pairs: Rows = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    map: list[dict[str, Any]] = field(default_factory=list)
    scale: list[str] = field(default_factory=list)
    """The six steps of the map in words."""
    orders: int = 0
    since: date | None = None


def together_page(user: Actor) -> TogetherPage:
    """The pairs as the latest refresh counted them. Raises `PermissionDenied`."""
    counted = figures_for(user, "together")
    pairs = counted["together"]
    if not pairs:
        return TogetherPage(counted.as_of, counted.computed_at)
    pairs = [{**row, "level": sum(row["lift"] >= cut for cut in _CUTS)} for row in pairs]
    names = {row[key]: row[f"{key}_name"] for row in pairs for key in ("product", "also")}
    often = Counter(row[key] for row in pairs for key in ("product", "also"))
    keys = [key for key, _times in sorted(often.items(), key=lambda one: (-one[1], one[0]))[:_MAPPED]]
    met = {frozenset((row["product"], row["also"])): row for row in pairs}
    first = max(pairs, key=lambda row: row["orders"])
    words = {"one": first["product_name"], "other": first["also_name"], "lift": number_word(first["lift"], 1)}
    return TogetherPage(
        counted.as_of,
        counted.computed_at,
        title=_("%(one)s and %(other)s are bought together %(lift)s times as often as by chance") % words,
        pairs=pairs,
        names=[names[key] for key in keys],
        map=[
            {
                "name": names[one],
                "cells": [met.get(frozenset((one, other))) if one != other else None for other in keys],
            }
            for one in keys
        ],
        scale=_scale(),
        orders=first["of_orders"],
        since=date.fromisoformat(first["since"]),
    )


def _scale() -> list[str]:
    # Not in the template: what it can work out from constants alone it keeps in the first reader's language.
    limits = [f"{number_word(cut, 0 if cut == int(cut) else 1)}×" for cut in _CUTS]
    return [f"<{limits[0]}", *limits[:-1], f"≥{limits[-1]}"]
