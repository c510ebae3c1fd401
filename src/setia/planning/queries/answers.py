"""Answers about products: the gate, the list, and the search that finds one while it is typed."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from setia.catalogue.queries import categories, product_name
from setia.core.chips import Chip
from setia.core.keyset import Leg
from setia.core.permissions import Actor, may
from setia.core.text import line
from setia.planning.models import Answer

DUE_DAYS = 180
"""An answer that nobody has looked at for so long is to be checked."""
FOUND = 50
_WORD = re.compile(r"\w+")


def answers_for(user: Actor) -> QuerySet[Answer]:
    """The answers this person may read, archived ones too."""
    return Answer.objects.all() if may(user, "planning.view") else Answer.objects.none()


def get_answer_for(user: Actor, pk: int) -> Answer:
    """One answer with what it is about and who wrote and checked it. Raises `Http404`."""
    related = ("product", "category", "written_by", "checked_by")
    found = answers_for(user).select_related(*related).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def find_answers(answers: QuerySet[Answer], q: str, *, most: int = FOUND) -> list[Answer]:
    """The answers that fit a text best, also half-typed and with a slip in it; those whose question says it first.

    A word counts in both languages' forms ("grinding" finds "grind", "penggilingan" finds "giling"), the last one by
    its beginning; then parts of words in the question and tags, and questions that are nearly the same. One query.
    """
    q = line(q)[:100].lower()
    words = _WORD.findall(q)
    if not words:
        return []
    text = " & ".join(f"{word}:*" if word == words[-1] else word for word in words)
    asked = SearchQuery(text, config="indonesian", search_type="raw") | SearchQuery(
        text, config="english", search_type="raw"
    )
    fits = Q(words=asked) | Q(search__contains=q)
    if len(q) > 3:
        fits |= Q(search__trigram_word_similar=q)
    in_question = Case(When(search__contains=q, then=Value(1.0)), default=Value(0.0), output_field=FloatField())
    ranked = answers.filter(fits).annotate(
        fit=in_question + SearchRank(F("words"), asked) + TrigramWordSimilarity(q, "search")
    )
    return list(ranked.select_related("product", "category").order_by("-fit", "id")[:most])


def narrow_answers(
    answers: QuerySet[Answer], params: Mapping[str, str], *, at: datetime
) -> tuple[QuerySet[Answer], list[Chip]]:
    """Apply the filters an address names: `product`, `category` (keys), `tag`, `due` (1), `archived` (1)."""
    chips: list[Chip] = []
    if params.get("archived") == "1":
        answers = answers.filter(archived_at__isnull=False)
        chips.append(Chip(str(_("Archived")), "", "archived"))
    else:
        answers = answers.filter(archived_at=None)
    if params.get("due") == "1":
        answers = answers.filter(checked_at__lt=at - timedelta(days=DUE_DAYS))
        chips.append(Chip(str(_("To be checked")), "", "due"))
    if (product := params.get("product", "")).isdecimal() and len(product) < 19:
        answers = answers.filter(product=int(product))
        chips.append(Chip(str(_("Product")), product_name(int(product)), "product"))
    if (category := params.get("category", "")).isdecimal() and len(category) < 19:
        answers = answers.filter(category=int(category))
        name = next((one.name for one in categories() if one.pk == int(category)), f"#{category}")
        chips.append(Chip(str(_("Category")), name, "category"))
    if tag := line(params.get("tag", ""))[:60].lower():
        answers = answers.filter(Q(tags__contains=tag) & Q(search__contains=tag))
        chips.append(Chip(str(_("Tag")), tag, "tag"))
    return answers, chips


def answer_legs(answers: QuerySet[Answer], *, due: bool) -> list[Leg]:
    """The list's order: the latest changed first; of those to be checked, the longest unlooked at."""
    order = ("checked_at", "id") if due else ("-updated_at", "-id")
    return [Leg(answers.select_related("product", "category", "checked_by"), order)]


def answers_on(user: Actor, product: Any, *, most: int = 20) -> list[Answer]:
    """The answers for a product: its own first, then those of its category. One query."""
    about = Q(product=product)
    if product.category_id:
        about |= Q(category=product.category_id)
    own_first = Case(When(product=product, then=Value(0.0)), default=Value(1.0), output_field=FloatField())
    found = answers_for(user).filter(about, archived_at=None).annotate(own=own_first)
    return list(found.select_related("checked_by").order_by("own", "-updated_at", "-id")[:most])
