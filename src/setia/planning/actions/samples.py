"""Know-how of a simulated shop: what its customers ask, and another brand they meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError

from setia.accounts.models import User
from setia.planning.models import Advice, Answer, Claim, Rival, RivalPrice


@dataclass(frozen=True)
class SampleAnswer:
    """A question and its answer, about a product by key or about buying at all."""

    question: str
    answer: str
    product_id: int | None = None
    tags: str = ""


@dataclass(frozen=True)
class SampleRival:
    """Another brand: what is claimed for it (claim, our answer, evidence), and prices (product key, theirs, price)."""

    name: str
    notes: str
    claims: Sequence[tuple[str, str, str]]
    prices: Sequence[tuple[int, str, int]]


@dataclass(frozen=True)
class SampleAdvice:
    """The firm's own words on a trait or stage, a point a line."""

    about: str
    language: str
    do: str
    say: str
    avoid: str


def put_sample_know_how(
    answers: Sequence[SampleAnswer],
    rivals: Sequence[SampleRival],
    advice: Sequence[SampleAdvice],
    *,
    owner: User,
    at: datetime,
    today: date,
) -> dict[str, list[int]]:
    """Write all of it down as the owner's, but no brand or advice the firm has already. Answers the keys made."""
    made = Answer.objects.bulk_create(
        Answer(
            question=one.question,
            answer=one.answer,
            product_id=one.product_id,
            tags=one.tags,
            written_by=owner,
            checked_by=owner,
            checked_at=at,
            created_at=at,
            updated_at=at,
        )
        for one in answers
    )
    known = {name.lower() for name in Rival.objects.values_list("name", flat=True)}
    keys = []
    for one in rivals:
        if one.name.lower() in known:
            continue
        rival = Rival.objects.create(name=one.name, notes=one.notes, created_at=at, updated_at=at)
        keys.append(rival.pk)
        Claim.objects.bulk_create(
            Claim(
                rival=rival,
                claim=claim,
                answer=answer,
                evidence=evidence,
                written_by=owner,
                created_at=at,
                updated_at=at,
            )
            for claim, answer, evidence in one.claims
        )
        RivalPrice.objects.bulk_create(
            RivalPrice(
                rival=rival,
                product_id=product,
                theirs=theirs,
                price=Decimal(price),
                seen_date=today - timedelta(days=9),
                noted_by=owner,
            )
            for product, theirs, price in one.prices
        )
    own = set(Advice.objects.values_list("about", "language"))
    words = Advice.objects.bulk_create(
        Advice(
            about=one.about,
            language=one.language,
            do=one.do,
            say=one.say,
            avoid=one.avoid,
            changed_by=owner,
            updated_at=at,
        )
        for one in advice
        if (one.about, one.language) not in own
    )
    return {"answers": [one.pk for one in made], "rivals": keys, "advice": [one.pk for one in words]}


def take_know_how_out(keys: dict[str, list[int]], *, at: datetime) -> None:
    """Remove what was written at this moment and nobody has changed since; a brand that is still named stays."""
    Answer.objects.filter(pk__in=keys.get("answers", []), updated_at=at, checked_at=at).delete()
    Advice.objects.filter(pk__in=keys.get("advice", []), updated_at=at).delete()
    changed = Claim.objects.exclude(updated_at=at).values("rival")
    for rival in Rival.objects.filter(pk__in=keys.get("rivals", []), updated_at=at).exclude(pk__in=changed):
        try:
            with transaction.atomic():
                rival.delete()
        except ProtectedError:  # met on an opportunity of the firm's own
            continue
