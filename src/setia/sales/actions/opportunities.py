"""Opportunities: enter one, change what is known of it, move it, lose it, open it again, take the latest step back.

How one is won stands in `win`. Every step writes a row of `StageChange`; two people who move the same one at the same
time are told apart by the stage they saw it in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from django.db import transaction

from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.core.text import line, paragraph
from setia.core.words import told_changes
from setia.customers.actions import hold, refuse_erased
from setia.sales.actions._record import record_opportunity
from setia.sales.actions.follow_owners import follow_owners
from setia.sales.actions.follow_ups import opportunity_back, opportunity_closed, stage_entered
from setia.sales.models import Competitor, LostReason, Opportunity, OpportunityLine, Stage, StageChange
from setia.sales.queries import lines_of

if TYPE_CHECKING:
    from setia.catalogue.models import Product
    from setia.customers.models import Customer
    from setia.planning.models import Rival

_PLACES = Decimal("0.0001")
_UNTOLD = ("note", "next_step", "title")
_SETTLED = ("amount", "expected_date")
Status = Opportunity.Status


class NeedsMore(Exception):
    """The stage asks for more than is known. `needs` are codes of `Stage.Needs`."""

    def __init__(self, needs: list[str]) -> None:
        super().__init__(", ".join(needs))
        self.needs = needs


class StandsElsewhere(Exception):
    """Somebody else has moved, won or lost it meanwhile. `opportunity` is how it stands now, `by` who did it."""

    def __init__(self, opportunity: Opportunity, by: User | None) -> None:
        super().__init__(opportunity.pk)
        self.opportunity, self.by = opportunity, by


class NoSuchStage(Exception):
    """The stage was put away, or its pipeline was."""


class NothingToUndo(Exception):
    """Other steps have followed, or it has been taken back already."""


@dataclass(frozen=True)
class Offered:
    """A line as a person enters it: a product or a description, how many, at what price for one."""

    product: "Product | None"
    quantity: Decimal
    unit_price: Decimal
    description: str = ""

    @property
    def amount(self) -> Decimal:
        """Quantity times price, to four decimals."""
        return (self.quantity * self.unit_price).quantize(_PLACES, ROUND_HALF_EVEN)


class OpportunityFacts(TypedDict, total=False):
    """What a person may say about an opportunity. `amount` follows from the lines where there are any."""

    title: str
    owner: User | None
    amount: Decimal | None
    expected_date: date | None
    next_step: str
    note: str


def add_opportunity(
    *,
    by: User,
    at: datetime,
    customer: "Customer",
    stage: Stage,
    lines: Sequence[Offered] = (),
    rivals: "Sequence[Rival]" = (),
    **facts: Unpack[OpportunityFacts],
) -> Opportunity:
    """Enter one, in a stage. Raises `NeedsMore`, `NoSuchStage`, and `RecordErased` of `customers`."""
    require(by, "sales.opportunities")
    made = Opportunity(
        customer=customer, stage=stage, pipeline_id=stage.pipeline_id, created_at=at, updated_at=at, entered_at=at
    )
    for name, value in _folded(facts).items():
        setattr(made, name, value)
    if lines:
        made.amount = _together(lines)
    _refuse_away(stage)
    refuse_incomplete(made, stage, has_lines=bool(lines))
    with transaction.atomic():
        made.customer_id = hold(customer.pk)
        refuse_erased([made.customer_id])
        made.save(force_insert=True)
        follow_owners([made.customer_id])
        _write_lines(made, lines)
        Competitor.objects.bulk_create(Competitor(opportunity=made, rival=one) for one in rivals)
        StageChange.objects.create(opportunity=made, after=stage, status=Status.OPEN, amount=made.amount, at=at, by=by)
        record_opportunity("added", by=by, at=at, opportunity=made, stage=stage.name)
        stage_entered(made, by=by, at=at)
    return made


def edit_opportunity(
    *,
    by: User,
    at: datetime,
    opportunity: Opportunity,
    version: str = "",
    lines: Sequence[Offered] | None = None,
    rivals: "Sequence[Rival] | None" = None,
    **facts: Unpack[OpportunityFacts],
) -> Opportunity:
    """Save the facts that differ. Lines and rivals are replaced as a whole where given.

    Of a closed one the amount, the day and the lines stay: it became what it was. Raises `ChangedMeanwhile` (of
    `core.versions`), and `NeedsMore` where an open one would lack what its stage asks.
    """
    require(by, "sales.opportunities")
    with transaction.atomic():
        current = locked(opportunity)
        if not current.is_open:
            lines = None
            facts = {name: value for name, value in facts.items() if name not in _SETTLED}  # type: ignore[assignment]
        versions.check(version, versions.version_of(current.updated_at))
        refuse_erased([current.customer_id])
        said: dict[str, Any] = dict(_folded(facts))
        if lines:
            said["amount"] = _together(lines)
        elif lines is None and "amount" in said and current.lines.exists():
            del said["amount"]
        changes = {
            name: (getattr(current, name), value) for name, value in said.items() if getattr(current, name) != value
        }
        for name, (_before, value) in changes.items():
            setattr(current, name, value)
        others = _replace(current, lines, rivals)
        if not changes and not others:
            return current
        if current.is_open:
            refuse_incomplete(current, current.stage, has_lines=current.lines.exists())
        current.updated_at = at
        current.save(update_fields=[*changes, "updated_at"])
        plain = {name: (_plain(a), _plain(b)) for name, (a, b) in changes.items() if name not in _UNTOLD}
        data = {"changes": told_changes(plain), "fields": [*(name for name in changes if name in _UNTOLD), *others]}
        record_opportunity("edited", by=by, at=at, opportunity=current, data=data, on_timeline=False)
    return current


def move_opportunity(
    *,
    by: User,
    at: datetime,
    opportunity: Opportunity,
    to: Stage,
    seen: int | None = None,
    **facts: Unpack[OpportunityFacts],
) -> Opportunity:
    """Move an open one to another stage, saving what the stage asks for beside it.

    `seen` is the key of the stage the person saw it in: raises `StandsElsewhere` where it stands elsewhere, or is
    closed. Raises `NeedsMore` and `NoSuchStage`. Moved to where it stands, it stays as it is.
    """
    require(by, "sales.opportunities")
    _refuse_away(to)
    with transaction.atomic():
        current = locked(opportunity)
        refuse_elsewhere(current, seen)
        refuse_erased([current.customer_id])
        if current.stage_id == to.pk:
            return current
        has_lines = current.lines.exists()
        said: dict[str, Any] = dict(_folded(facts))
        if has_lines:
            said.pop("amount", None)
        for name, value in said.items():
            setattr(current, name, value)
        refuse_incomplete(current, to, has_lines=has_lines)
        before, since = current.stage, current.entered_at
        current.stage, current.pipeline_id, current.entered_at, current.updated_at = to, to.pipeline_id, at, at
        current.save(update_fields=[*said, "stage", "pipeline", "entered_at", "updated_at"])
        StageChange.objects.create(
            opportunity=current,
            before=before,
            after=to,
            status=Status.OPEN,
            amount=current.amount,
            since=since,
            at=at,
            by=by,
        )
        data = {"changes": told_changes({"stage": (before.name, to.name)})}
        record_opportunity("moved", by=by, at=at, opportunity=current, data=data, stage=to.name)
        stage_entered(current, by=by, at=at)
    return current


def lose_opportunity(
    *,
    by: User,
    at: datetime,
    opportunity: Opportunity,
    reason: LostReason,
    note: str = "",
    lost_to: "Rival | None" = None,
    seen: int | None = None,
) -> Opportunity:
    """Say that it will not be bought, and why. Raises `StandsElsewhere`."""
    require(by, "sales.opportunities")
    with transaction.atomic():
        current = locked(opportunity)
        refuse_elsewhere(current, seen)
        refuse_erased([current.customer_id])
        current.lost_reason, current.lost_note, current.lost_to = reason, paragraph(note), lost_to
        if lost_to is not None:
            Competitor.objects.get_or_create(opportunity=current, rival=lost_to)
        close(current, Status.LOST, by=by, at=at, also=("lost_reason", "lost_note", "lost_to"))
        data = {"changes": told_changes({"lost_reason": ("", reason.name)})}
        record_opportunity("lost", by=by, at=at, opportunity=current, data=data, stage=reason.name)
    return current


def reopen_opportunity(*, by: User, at: datetime, opportunity: Opportunity) -> Opportunity:
    """Go on with one that was lost, in the stage it had reached. Raises `StandsElsewhere` for one that is not lost.

    A won one goes on only by `undo_step`, which takes back what it became.
    """
    require(by, "sales.opportunities")
    with transaction.atomic():
        current = locked(opportunity)
        if current.status != Status.LOST:
            raise StandsElsewhere(current, latest_by(current))
        refuse_erased([current.customer_id])
        _refuse_away(current.stage)
        since = current.closed_at
        current.status, current.closed_at, current.entered_at, current.updated_at = Status.OPEN, None, at, at
        current.lost_reason, current.lost_note, current.lost_to = None, "", None
        current.save(
            update_fields=["status", "closed_at", "entered_at", "updated_at", "lost_reason", "lost_note", "lost_to"]
        )
        StageChange.objects.create(
            opportunity=current,
            before=current.stage,
            after=current.stage,
            status=Status.OPEN,
            amount=current.amount,
            since=since,
            at=at,
            by=by,
        )
        record_opportunity("reopened", by=by, at=at, opportunity=current, stage=current.stage.name)
        if since is not None:
            opportunity_back(current, by=by, at=at, since=since)
    return current


def locked(opportunity: Opportunity) -> Opportunity:
    """The row as it is now, held until the end of the transaction."""
    return Opportunity.objects.select_for_update(of=("self",)).select_related("stage").get(pk=opportunity.pk)


def close(current: Opportunity, status: str, *, by: User, at: datetime, also: Sequence[str] = ()) -> None:
    """End it where it stands, with the step that says so."""
    current.status, current.closed_at, current.updated_at = status, at, at
    current.save(update_fields=["status", "closed_at", "updated_at", *also])
    StageChange.objects.create(
        opportunity=current,
        before=current.stage,
        after=current.stage,
        status=status,
        amount=current.amount,
        since=current.entered_at,
        at=at,
        by=by,
    )
    opportunity_closed(current, by=by, at=at)


def refuse_elsewhere(current: Opportunity, seen: int | None) -> None:
    """Raise `StandsElsewhere` unless it is open and, where somebody says where they saw it, still there."""
    if not current.is_open or (seen is not None and current.stage_id != seen):
        raise StandsElsewhere(current, latest_by(current))


def latest_by(current: Opportunity) -> User | None:
    """Who took its latest step."""
    step = current.changes.filter(undone_at=None).select_related("by").order_by("-at", "-id").first()
    return step.by if step else None


def refuse_incomplete(one: Opportunity, stage: Stage, *, has_lines: bool) -> None:
    """Raise `NeedsMore` where a stage asks for what is not known."""
    known = {
        "AMOUNT": one.amount is not None,
        "EXPECTED_DATE": one.expected_date is not None,
        "OWNER": one.owner_id is not None,
        "LINES": has_lines,
        "NEXT_STEP": bool(one.next_step),
        "NOTE": bool(one.note),
    }
    missing = [code for code in stage.needs if not known.get(code, True)]
    if missing:
        raise NeedsMore(missing)


def _refuse_away(stage: Stage) -> None:
    if Stage.objects.filter(pk=stage.pk, archived_at=None, pipeline__archived_at=None).exists():
        return
    raise NoSuchStage


def _folded(facts: OpportunityFacts) -> OpportunityFacts:
    folded = facts.copy()
    for name in ("title", "next_step"):
        if name in folded:
            folded[name] = line(folded[name])
    if "note" in folded:
        folded["note"] = paragraph(folded["note"])
    return folded


def _together(lines: Sequence[Offered]) -> Decimal:
    return sum((one.amount for one in lines), Decimal(0))


def _write_lines(opportunity: Opportunity, lines: Sequence[Offered]) -> None:
    OpportunityLine.objects.bulk_create(
        OpportunityLine(
            opportunity=opportunity,
            position=position,
            product=one.product,
            description=line(one.description),
            quantity=one.quantity,
            unit_price=one.unit_price,
            amount=one.amount,
        )
        for position, one in enumerate(lines, start=1)
    )


def _replace(current: Opportunity, lines: Sequence[Offered] | None, rivals: "Sequence[Rival] | None") -> list[str]:
    """Put other lines and rivals in place where they differ; the names of what did."""
    changed = []
    if lines is not None:
        there = [(one.product_id, one.description, one.quantity, one.unit_price) for one in lines_of(current)]
        wanted = [
            (one.product and one.product.pk, line(one.description), one.quantity, one.unit_price) for one in lines
        ]
        if there != wanted:
            current.lines.all().delete()
            _write_lines(current, lines)
            changed.append("lines")
    if rivals is not None:
        met, wished = set(current.competitors.values_list("rival", flat=True)), {one.pk for one in rivals}
        if met != wished:
            current.competitors.exclude(rival__in=wished).delete()
            Competitor.objects.bulk_create(Competitor(opportunity=current, rival_id=key) for key in wished - met)
            changed.append("rivals")
    return changed


def _plain(value: Any) -> Any:
    return str(value) if hasattr(value, "pk") else value
