"""Sequences that run: started, paused, taken up, a step left out or taken back, ended; and what they do by themselves.

1. Started, by somebody or because an opportunity entered a stage, it plans its first step for who is responsible.
2. The step's activity done or called off, the next step is planned; after the last one it is done.
3. It ends where there is nothing to follow up any more: they answered, the opportunity was won, lost or moved away, the
   prospect was turned down or has bought. What ended it taken back, it goes on.

The functions from `activity_done` on are called by the other verbs of this room, in their transactions. Rows are held
in one order, activities before what runs, so that two people at work on one customer wait for each other.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox
from setia.core.permissions import may, require
from setia.core.queries import current_firm
from setia.customers.actions import enter, refuse_erased
from setia.customers.queries import may_see
from setia.sales.models import Activity, FollowStep, FollowUp, Opportunity, Prospect, Sequence
from setia.sales.models.activities import OPEN
from setia.sales.queries import desk, fitting, step_day

if TYPE_CHECKING:
    from setia.customers.models import Customer

State, Why = FollowUp.State, FollowUp.Why


class DoesNotFit(Exception):
    """The sequence is for something else, was put away, or there is nothing to follow up any more."""


class RunsAlready(Exception):
    """This sequence runs here already."""


class NotSo(Exception):
    """It does not run, is not paused, or no step can be taken back: somebody else may just have said so."""


def start_follow_up(
    *,
    by: User,
    at: datetime,
    sequence: Sequence,
    opportunity: Opportunity | None = None,
    prospect: Prospect | None = None,
) -> FollowUp:
    """Begin a sequence for an opportunity or a prospect, and plan its first step.

    Raises `DoesNotFit`, `RunsAlready`, and `RecordErased` of `customers`.
    """
    require(by, "sales.activities")
    with transaction.atomic():
        if opportunity is not None:
            opportunity = _held_opportunity(opportunity.pk)
            customer, stands = opportunity.customer, opportunity.is_open
        elif prospect is not None:
            prospect = Prospect.objects.select_for_update(of=("self",)).select_related("customer").get(pk=prospect.pk)
            customer, stands = prospect.customer, prospect.is_open
        else:
            raise DoesNotFit
        refuse_erased([customer.pk])
        meant = fitting(opportunity=opportunity, prospect=prospect).filter(pk=sequence.pk).first()
        if not stands or meant is None:
            raise DoesNotFit
        return _begin(meant, customer=customer, opportunity=opportunity, by=by, at=at)


def pause_follow_up(*, by: User, at: datetime, follow_up: FollowUp) -> None:
    """Let it rest: what it had planned is called off until it is taken up. Raises `NotSo`."""
    require(by, "sales.activities")
    with transaction.atomic():
        one = _held(follow_up)
        if one.state != State.RUNNING:
            raise NotSo
        _call_off(_current(one), by=by, at=at)
        _save(one, at=at, state=State.PAUSED)
        _told("paused", one, by=by, at=at)


def resume_follow_up(*, by: User, at: datetime, follow_up: FollowUp) -> None:
    """Go on with one that is paused, or was ended. Raises `NotSo`, `DoesNotFit` and `RunsAlready`."""
    require(by, "sales.activities")
    with transaction.atomic():
        one = _held(follow_up)
        if one.state not in (State.PAUSED, State.ENDED):
            raise NotSo
        refuse_erased([one.customer_id])
        if not _stands(one):
            raise DoesNotFit
        if _another(one):
            raise RunsAlready
        _go_on(one, by=by, at=at)


def skip_step(*, by: User, at: datetime, follow_up: FollowUp) -> None:
    """Leave the present step out: its activity is called off, and the next step planned. Raises `NotSo`."""
    require(by, "sales.activities")
    with transaction.atomic():
        one = _held(follow_up)
        step = _current(one)
        if one.state != State.RUNNING or step is None:
            raise NotSo
        _call_off(step, by=by, at=at)
        _skipped(one, step, by=by, at=at)


def unskip_step(*, by: User, at: datetime, follow_up: FollowUp) -> None:
    """Take the step left out last back: it is planned again, and the one after it called off. Raises `NotSo`."""
    require(by, "sales.activities")
    with transaction.atomic():
        one = _held(follow_up)
        before = one.taken.select_related("activity").filter(position__lt=one.position).order_by("-position").first()
        if one.state != State.RUNNING or before is None or before.skipped_at is None:
            raise NotSo
        refuse_erased([one.customer_id])
        _step_back(one, before, by=by, at=at)
        _open_again(before, by=by, at=at)


def end_follow_up(*, by: User, at: datetime, follow_up: FollowUp) -> None:
    """End it; what it had planned is called off. Raises `NotSo`."""
    require(by, "sales.activities")
    with transaction.atomic():
        one = _held(follow_up)
        if not one.is_open:
            raise NotSo
        _end([one], Why.HAND, by=by, at=at)


def activity_done(activity: Activity, *, by: User, at: datetime) -> None:
    """An activity was done: what runs for its customer ends if they answered, or plans its next step."""
    if activity.customer_id is None:
        return
    running = _locked(FollowUp.objects.filter(customer=activity.customer_id, closed_at=None))
    if not running:
        return
    own = FollowStep.objects.filter(activity=activity).first()
    for one in running:
        its = own is not None and own.follow_up_id == one.pk
        meant = its or None in (activity.opportunity_id, one.opportunity_id)
        meant = meant or activity.opportunity_id == one.opportunity_id
        if meant and activity.outcome and activity.outcome in one.sequence.ends_on:
            _end([one], Why.ANSWERED, by=by, at=at)
        elif its and own is not None and one.state == State.RUNNING and own.position == one.position:
            _advance(one, by=by, at=at, since=current_firm().day_of(activity.done_at or at))


def activity_called_off(activity: Activity, *, by: User, at: datetime) -> None:
    """An activity was called off: a step of what runs is left out by that."""
    step = FollowStep.objects.filter(activity=activity).first()
    if step is None:
        return
    for one in _locked(FollowUp.objects.filter(pk=step.follow_up_id, state=State.RUNNING)):
        if step.position == one.position:
            _skipped(one, step, by=by, at=at)


def activity_opened(activity: Activity, *, by: User, at: datetime, changed_at: datetime) -> None:
    """An activity is open again that was done or called off at `changed_at`: what followed from that is taken back."""
    if activity.customer_id is None:
        return
    ended = FollowUp.objects.filter(customer=activity.customer_id, why=Why.ANSWERED, closed_at=changed_at)
    _revive(ended, by=by, at=at)
    step = FollowStep.objects.select_related("activity").filter(activity=activity).first()
    if step is None:
        return
    for one in _locked(FollowUp.objects.filter(pk=step.follow_up_id)):
        if one.state == State.RUNNING and step.position < one.position:
            after = one.taken.filter(position__gt=step.position).count()
            present = _current(one)
            if after == 1 and present is not None and present.activity.is_open:
                _step_back(one, step, by=by, at=at)
        elif step.position == one.position and one.state in (State.PAUSED, State.DONE) and not _another(one):
            _save(one, at=at, state=State.RUNNING, why="", closed_at=None)
            _told("resumed", one, by=by, at=at)


def stage_entered(opportunity: Opportunity, *, by: User, at: datetime) -> None:
    """An opportunity stands in another stage: what was for the one it left ends, what begins here by itself begins."""
    open_ones = FollowUp.objects.filter(opportunity=opportunity, closed_at=None)
    elsewhere = [one for one in _locked(open_ones) if not _fits(one.sequence, opportunity)]
    _end(elsewhere, Why.MOVED, by=by, at=at)
    for sequence in Sequence.objects.filter(stage=opportunity.stage_id, starts_itself=True, archived_at=None):
        if not open_ones.filter(sequence=sequence).exists():
            _begin(sequence, customer=opportunity.customer, opportunity=opportunity, by=None, at=at)


def opportunity_closed(opportunity: Opportunity, *, by: User, at: datetime) -> None:
    """An opportunity was won or lost: nothing of it is followed up any more."""
    why = Why.WON if opportunity.status == Opportunity.Status.WON else Why.LOST
    _end(_locked(FollowUp.objects.filter(opportunity=opportunity, closed_at=None)), why, by=by, at=at)


def opportunity_back(opportunity: Opportunity, *, by: User, at: datetime, since: datetime) -> None:
    """An opportunity's step of `since` was taken back: what it ended goes on, and what it began by itself ends."""
    rows = FollowUp.objects.filter(opportunity=opportunity)
    begun = rows.filter(started_by=None, started_at=since, closed_at=None)
    _end(_locked(begun), Why.UNDONE, by=by, at=at)
    _revive(rows.filter(closed_at=since, why__in=[Why.WON, Why.LOST, Why.MOVED]), by=by, at=at)


def prospect_rejected(customer_id: int, *, by: User, at: datetime) -> None:
    """A prospect was turned down."""
    _end(_locked(_of_prospects([customer_id])), Why.REJECTED, by=by, at=at)


def prospect_back(customer_id: int, *, by: User, at: datetime, since: datetime) -> None:
    """That a prospect was turned down at `since` was taken back."""
    rejected = FollowUp.objects.filter(customer=customer_id, opportunity=None, why=Why.REJECTED, closed_at=since)
    _revive(rejected, by=by, at=at)


def customers_bought(customer_ids: Collection[int], *, at: datetime) -> None:
    """These prospects have become customers."""
    _end(_locked(_of_prospects(customer_ids)), Why.BOUGHT, by=None, at=at)


def _of_prospects(customer_ids: Collection[int]) -> "QuerySet[FollowUp]":
    return FollowUp.objects.filter(customer__in=list(customer_ids), opportunity=None, closed_at=None)


def _begin(
    sequence: Sequence, *, customer: "Customer", opportunity: Opportunity | None, by: User | None, at: datetime
) -> FollowUp:
    made = FollowUp(
        sequence=sequence,
        customer=customer,
        opportunity=opportunity,
        started_at=at,
        started_by=by,
        updated_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as wrong:
        if "sales_followup_once" in str(wrong):
            raise RunsAlready from None
        raise
    _told("started", made, by=by, at=at)
    _advance(made, by=by, at=at, since=current_firm().day_of(at))
    return made


def _advance(one: FollowUp, *, by: User | None, at: datetime, since: date) -> None:
    """Plan the step after the present one; without any, it is done. `since` is the day the present one was done."""
    step = one.sequence.steps.filter(position__gt=one.position).order_by("position").first()
    if step is None:
        _save(one, at=at, state=State.DONE, closed_at=at)
        _told("done", one, by=by, at=at)
        return
    person = _responsible(one)
    if person is None:
        _end([one], Why.NOBODY, by=by, at=at)
        return
    today = current_firm().day_of(at)
    begun = current_firm().day_of(one.started_at) if step.counted == step.Counted.START else since
    working = desk().days if one.sequence.working_days else ""
    activity = Activity.objects.create(
        kind=step.kind,
        title=step.title,
        note=step.note,
        customer_id=one.customer_id,
        opportunity_id=one.opportunity_id,
        owner=person,
        due_date=step_day(begun, step.days, earliest=today, working=working),
        created_at=at,
        updated_at=at,
    )
    FollowStep.objects.create(follow_up=one, position=step.position, activity=activity)
    _save(one, at=at, position=step.position)
    _told_activity("planned", activity, by=None, at=at, data={"kind": activity.kind, "owner": person.pk})


def _responsible(one: FollowUp) -> User | None:
    """Who does the next step: who has the opportunity, else looks after the customer, else started it."""
    people = (one.opportunity.owner if one.opportunity else None, one.customer.owner, one.started_by)
    for person in people:
        if (
            person is not None
            and person.is_active
            and may(person, "sales.activities")
            and may_see(person, one.customer)
        ):
            return person
    return None


def _skipped(one: FollowUp, step: FollowStep, *, by: User, at: datetime) -> None:
    FollowStep.objects.filter(pk=step.pk).update(skipped_at=at)
    _told("step_skipped", one, by=by, at=at)
    _advance(one, by=by, at=at, since=current_firm().day_of(at))


def _step_back(one: FollowUp, to: FollowStep, *, by: User, at: datetime) -> None:
    """Stand in an earlier step again: what was planned after it is called off and no longer a step."""
    for later in one.taken.select_related("activity").filter(position__gt=to.position):
        _call_off(later, by=by, at=at)
        later.delete()
    FollowStep.objects.filter(pk=to.pk).update(skipped_at=None)
    _save(one, at=at, position=to.position)
    _told("step_back", one, by=by, at=at)


def _go_on(one: FollowUp, *, by: User, at: datetime) -> None:
    _save(one, at=at, state=State.RUNNING, why="", closed_at=None)
    _told("resumed", one, by=by, at=at)
    step = _current(one)
    if step is None or step.activity.done_at is not None:
        _advance(one, by=by, at=at, since=current_firm().day_of(at))
    else:
        _open_again(step, by=by, at=at)


def _revive(rows: "QuerySet[FollowUp]", *, by: User, at: datetime) -> None:
    for one in _locked(rows):
        if _stands(one) and not _another(one):
            _go_on(one, by=by, at=at)


def _end(running: Iterable[FollowUp], why: FollowUp.Why, *, by: User | None, at: datetime) -> None:
    for one in running:
        _call_off(_current(one), by=by, at=at)
        _save(one, at=at, state=State.ENDED, why=why, closed_at=at)
        _told("ended", one, by=by, at=at, why=why)


def _fits(sequence: Sequence, opportunity: Opportunity) -> bool:
    same_stage = sequence.stage_id in (None, opportunity.stage_id)
    return sequence.pipeline_id == opportunity.pipeline_id and same_stage


def _stands(one: FollowUp) -> bool:
    """Whether there still is something to follow up."""
    if one.opportunity_id is None:
        return Prospect.objects.filter(customer=one.customer_id, closed_at=None).exists()
    meant = Opportunity.objects.get(pk=one.opportunity_id)
    return meant.is_open and _fits(one.sequence, meant)


def _another(one: FollowUp) -> bool:
    """Whether the same sequence was started here again meanwhile."""
    here = FollowUp.objects.filter(sequence=one.sequence_id, closed_at=None).exclude(pk=one.pk)
    if one.opportunity_id is not None:
        return here.filter(opportunity=one.opportunity_id).exists()
    return here.filter(customer=one.customer_id, opportunity=None).exists()


def _current(one: FollowUp) -> FollowStep | None:
    return one.taken.select_related("activity").filter(position=one.position).first()


def _held_opportunity(pk: int) -> Opportunity:
    return Opportunity.objects.select_for_update(of=("self",)).select_related("customer", "owner").get(pk=pk)


def _held(follow_up: FollowUp) -> FollowUp:
    """The row as it is now, held until the end of the transaction, its open activity before it."""
    steps = FollowStep.objects.filter(follow_up=follow_up.pk).values("activity")
    list(Activity.objects.select_for_update().filter(OPEN, pk__in=steps).order_by("pk"))
    return _locked(FollowUp.objects.filter(pk=follow_up.pk))[0]


def _locked(rows: "QuerySet[FollowUp]") -> list[FollowUp]:
    whole = rows.select_for_update(of=("self",)).select_related(
        "sequence", "customer__owner", "opportunity__owner", "started_by"
    )
    return list(whole.order_by("pk"))


def _save(one: FollowUp, *, at: datetime, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(one, name, value)
    one.updated_at = at
    one.save(update_fields=[*changes, "updated_at"])


def _call_off(step: FollowStep | None, *, by: User | None, at: datetime) -> None:
    """Call the activity of a step off, unless it is done or called off already."""
    if step is None:
        return
    still = Activity.objects.filter(OPEN, pk=step.activity_id)
    if still.update(cancelled_at=at, updated_at=at, revision=F("revision") + 1):
        _told_activity("cancelled", step.activity, by=by, at=at, data={"kind": step.activity.kind})


def _open_again(step: FollowStep, *, by: User, at: datetime) -> None:
    """Plan the activity of a step again that was called off, for its day or, where that has passed, for today."""
    today = current_firm().day_of(at)
    off = Activity.objects.filter(pk=step.activity_id, done_at=None, cancelled_at__isnull=False)
    day = max(step.activity.due_date or today, today)
    moved = {} if step.activity.planned_at is not None else {"due_date": day}
    if off.update(cancelled_at=None, updated_at=at, revision=F("revision") + 1, **moved):
        _told_activity("reopened", step.activity, by=by, at=at, data={"kind": step.activity.kind})


def _told(verb: str, one: FollowUp, *, by: User | None, at: datetime, why: str = "") -> None:
    """Write a verb down in the audit trail, as an event, and on the customer's timeline."""
    name = one.sequence.name
    data: dict[str, Any] = {"sequence": name} | ({"why": str(why)} if why else {})
    audit(by=by, at=at, verb=f"follow_up.{verb}", about="follow_up", about_id=one.pk, data=data)
    outbox.emit(
        f"follow_up.{verb}",
        at=at,
        follow_up_id=one.pk,
        customer_id=one.customer_id,
        opportunity_id=one.opportunity_id,
    )
    told = data | {"opportunity": one.opportunity_id}
    enter(f"follow_up_{verb}", by=by, at=at, customer_id=one.customer_id, data=told)


def _told_activity(verb: str, activity: Activity, *, by: User | None, at: datetime, data: dict[str, Any]) -> None:
    audit(by=by, at=at, verb=f"activity.{verb}", about="activity", about_id=activity.pk, data=data)
    outbox.emit(f"activity.{verb}", at=at, customer_id=activity.customer_id, activity_id=activity.pk)
