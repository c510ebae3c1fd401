"""Battle cards: a rival, what is claimed for it and what we answer, and what it asks for what stands against ours."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.core.text import line, paragraph
from setia.planning.actions._record import changed, record, told
from setia.planning.models import Claim, Rival, RivalPrice


class RivalNamed(Exception):
    """There is a rival of this name. `rival` is that one."""

    def __init__(self, rival: Rival) -> None:
        super().__init__(rival.name)
        self.rival = rival


class ClaimFacts(TypedDict, total=False):
    """A claim, our answer, and the evidence for it."""

    claim: str
    answer: str
    evidence: str


def add_rival(*, by: User, at: datetime, name: str, notes: str = "") -> Rival:
    """Name a rival. Raises `RivalNamed`."""
    require(by, "planning.rivals")
    made = Rival(name=line(name), notes=paragraph(notes), created_at=at, updated_at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            record("rival.added", by=by, at=at, about_id=made.pk)
    except IntegrityError:
        _refuse_taken(made)
        raise
    return made


def edit_rival(*, by: User, at: datetime, rival: Rival, version: str = "", name: str, notes: str) -> Rival:
    """Change name or notes. Raises `RivalNamed` and `ChangedMeanwhile` (of `core.versions`)."""
    require(by, "planning.rivals")
    try:
        with transaction.atomic():
            current = Rival.objects.select_for_update().get(pk=rival.pk)
            versions.check(version, versions.version_of(current.updated_at))
            changes = changed(current, {"name": line(name), "notes": paragraph(notes)})
            for field, (_before, value) in changes.items():
                setattr(current, field, value)
            if changes:
                current.updated_at = at
                current.save(update_fields=[*changes, "updated_at"])
                record("rival.edited", by=by, at=at, about_id=current.pk, data=told(changes))
    except IntegrityError:
        _refuse_taken(current)
        raise
    return current


def archive_rival(*, by: User, at: datetime, rival: Rival) -> None:
    """Say that it is no longer met. Its card stays and can be brought back."""
    _put(rival, by=by, at=at, archived=True)


def restore_rival(*, by: User, at: datetime, rival: Rival) -> None:
    """Bring an archived rival back."""
    _put(rival, by=by, at=at, archived=False)


def add_claim(*, by: User, at: datetime, rival: Rival, **facts: Unpack[ClaimFacts]) -> Claim:
    """Write down what is claimed for a rival, and our answer."""
    require(by, "planning.rivals")
    with transaction.atomic():
        made = Claim(rival=rival, written_by=by, created_at=at, updated_at=at, **_folded(facts))
        made.save(force_insert=True)
        record("claim.added", by=by, at=at, about_id=made.pk, data={"rival": rival.pk})
    return made


def edit_claim(*, by: User, at: datetime, one: Claim, version: str = "", **facts: Unpack[ClaimFacts]) -> Claim:
    """Save the facts that differ. Raises `ChangedMeanwhile` (of `core.versions`)."""
    require(by, "planning.rivals")
    with transaction.atomic():
        current = Claim.objects.select_for_update(of=("self",)).get(pk=one.pk)
        versions.check(version, versions.version_of(current.updated_at))
        changes = changed(current, _folded(facts))
        for name, (_before, value) in changes.items():
            setattr(current, name, value)
        if changes:
            current.updated_at = at
            current.save(update_fields=[*changes, "updated_at"])
            record("claim.edited", by=by, at=at, about_id=current.pk, data=told(changes) | {"rival": current.rival_id})
    return current


def remove_claim(*, by: User, at: datetime, claim: Claim) -> None:
    """Take a claim and its answer off the card; the trail keeps what they said."""
    require(by, "planning.rivals")
    with transaction.atomic():
        said = {"rival": claim.rival_id, "claim": claim.claim, "answer": claim.answer}
        record("claim.removed", by=by, at=at, about_id=claim.pk, data=said)
        Claim.objects.filter(pk=claim.pk).delete()


def note_price(
    *,
    by: User,
    at: datetime,
    rival: Rival,
    product: Any,
    price: Decimal | None,
    seen_date: date,
    theirs: str = "",
    source: str = "",
) -> RivalPrice | None:
    """Note what a rival asks for what stands against a product of ours, over an older note; None takes it away."""
    require(by, "planning.rivals")
    with transaction.atomic():
        before = RivalPrice.objects.select_for_update().filter(rival=rival, product=product).first()
        data = {"product": product.pk, "before": str(before.price) if before else "", "price": str(price or "")}
        record("rival.priced", by=by, at=at, about_id=rival.pk, data=data)
        if price is None:
            RivalPrice.objects.filter(rival=rival, product=product).delete()
            return None
        facts = {
            "price": price,
            "theirs": line(theirs),
            "source": line(source),
            "seen_date": seen_date,
            "noted_by": by,
        }
        kept, _made = RivalPrice.objects.update_or_create(rival=rival, product=product, defaults=facts)
    return kept


def _put(rival: Rival, *, by: User, at: datetime, archived: bool) -> None:
    require(by, "planning.rivals")
    with transaction.atomic():
        stands = Rival.objects.filter(pk=rival.pk, archived_at__isnull=archived)
        if stands.update(archived_at=at if archived else None, updated_at=at):
            record("rival.archived" if archived else "rival.restored", by=by, at=at, about_id=rival.pk)


def _refuse_taken(rival: Rival) -> None:
    if other := Rival.objects.filter(name__iexact=rival.name).exclude(pk=rival.pk).first():
        raise RivalNamed(other)


def _folded(facts: ClaimFacts) -> dict[str, Any]:
    fold = {"claim": line, "answer": paragraph, "evidence": paragraph}
    return {name: fold[name](str(value)) for name, value in facts.items()}
