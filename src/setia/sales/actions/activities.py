"""Activities: plan one, note one that has just happened, change, move, finish or call it off, and take that back."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox, versions
from setia.core.permissions import may, owners_seen, require
from setia.core.queries import current_firm
from setia.core.text import line, paragraph
from setia.core.words import told_changes
from setia.customers.actions import hold, refuse_erased
from setia.customers.actions import record as record_on_customer
from setia.customers.queries import may_see
from setia.sales.actions.follow_ups import activity_called_off, activity_done, activity_opened
from setia.sales.actions.touch import touched
from setia.sales.models import Activity, Reminder
from setia.sales.queries import may_change_activity, may_see_opportunity

if TYPE_CHECKING:
    from setia.customers.models import Customer
    from setia.sales.models import Opportunity

# What a calendar shows of an activity: a change of these makes a newer copy of it.
_SHOWN_OUTSIDE = ("kind", "title", "customer", "owner", "planned_at", "due_date", "duration_minutes", "place")
# Of a prospect, these stop the clock of the first answer.
_TOUCHES = (Activity.Kind.CALL, Activity.Kind.EMAIL, Activity.Kind.MEETING, Activity.Kind.VISIT)
# Words that may say anything about a person: the trail names them and does not repeat them.
_UNTOLD = ("title", "note", "place", "customer", "opportunity")


class StandsOtherwise(Exception):
    """It is done or called off already, or open again: somebody else may just have said so."""


class NotForThem(Exception):
    """Who is to do it has left the firm, or does not see the customer it is about."""


class OthersOpportunity(Exception):
    """The opportunity is another customer's, or one that whoever says so does not see."""


class NotYours(PermissionDenied):
    """It is a colleague's activity, or a colleague's to plan. `plain` says so to the reader."""

    plain = _("This activity is a colleague's. Ask them, or somebody who may plan for others.")


class ActivityFacts(TypedDict, total=False):
    """What a person may say about an activity. `kind` is one of `Activity.Kind`.

    `planned_at` says when it begins and so decides `due_date`; without it `due_date` is the day, or None for some day.
    Of an `opportunity` the customer follows, and where only the customer changes, the opportunity no longer counts.
    """

    kind: str
    title: str
    note: str
    customer: "Customer | None"
    opportunity: "Opportunity | None"
    owner: User
    planned_at: datetime | None
    due_date: date | None
    duration_minutes: int | None
    place: str


def plan_activity(*, by: User, at: datetime, **facts: Unpack[ActivityFacts]) -> Activity:
    """Plan one, for oneself unless `owner` says otherwise. Without a title it is called by its kind.

    Raises `NotYours`, `NotForThem`, `OthersOpportunity`, and `RecordErased` of `customers`.
    """
    require(by, "sales.activities")
    made = Activity(owner=by, by=by, created_at=at, updated_at=at)
    _write(made, _folded(facts))
    with transaction.atomic():
        _fit(made, by=by)
        made.save(force_insert=True)
        _told("planned", by=by, at=at, activity=made, data={"kind": made.kind, "owner": made.owner_id})
    return made


def log_activity(
    *, by: User, at: datetime, outcome: str = "", result: str = "", **facts: Unpack[ActivityFacts]
) -> Activity:
    """Write down what has just been done, unplanned: a call that came in, somebody met in passing.

    `planned_at` may say when it was; it is now unless given, and never later. Raises as `plan_activity`.
    """
    with transaction.atomic():
        began = facts.get("planned_at") or at
        facts["planned_at"] = min(began, at)
        made = plan_activity(by=by, at=at, **facts)
        finish_activity(by=by, at=at, activity=made, outcome=outcome, result=result)
    made.refresh_from_db()
    return made


def edit_activity(
    *, by: User, at: datetime, activity: Activity, version: str = "", **facts: Unpack[ActivityFacts]
) -> Activity:
    """Save the facts that differ. Raises `ChangedMeanwhile` (of `core.versions`), `NotYours`, `NotForThem` and
    `OthersOpportunity`.
    """
    require(by, "sales.activities")
    with transaction.atomic():
        current = _locked(activity, by=by)
        versions.check(version, versions.version_of(current.updated_at))
        before = {name: getattr(current, name) for name in (*_SHOWN_OUTSIDE, "opportunity", "note")}
        _write(current, _folded(facts))
        changes = {name: (was, now) for name, was in before.items() if (now := getattr(current, name)) != was}
        if changes:
            _fit(current, by=by, moved=bool({"owner", "customer", "opportunity"} & set(changes)))
            current.revision += any(name in _SHOWN_OUTSIDE for name in changes)
            current.updated_at = at
            current.save(update_fields=[*changes, "revision", "updated_at"])
            if {"planned_at", "due_date", "owner"} & set(changes):
                Reminder.objects.filter(activity=current).delete()  # there will be one in its new time
            _told("edited", by=by, at=at, activity=current, data=_changes(changes))
    return current


def move_activity(*, by: User, at: datetime, activity: Activity, due_date: date) -> Activity:
    """Put it on another day, at the same time of the day. Raises `NotYours` and `StandsOtherwise`."""
    with transaction.atomic():
        current = _locked(activity, by=by)
        if not current.is_open:
            raise StandsOtherwise
        facts: ActivityFacts = {"due_date": due_date}
        if current.planned_at is not None:
            local = current.planned_at.astimezone(current_firm().tz)
            facts["planned_at"] = local.replace(year=due_date.year, month=due_date.month, day=due_date.day)
        return edit_activity(by=by, at=at, activity=current, **facts)


def finish_activity(
    *,
    by: User,
    at: datetime,
    activity: Activity,
    outcome: str = "",
    result: str = "",
    done_at: datetime | None = None,
) -> None:
    """Say that it is done, and what came out of it; it then stands on the customer's timeline. `done_at` says when it
    was, where the news of it comes later.

    Raises `NotYours` and `StandsOtherwise`.
    """
    require(by, "sales.activities")
    with transaction.atomic():
        current = _locked(activity, by=by)
        if not current.is_open:
            raise StandsOtherwise
        current.done_at, current.done_by, current.updated_at = min(done_at or at, at), by, at
        current.outcome = Activity.Outcome(outcome).value if outcome else ""
        current.result = paragraph(result)
        current.due_date = current.due_date or current_firm().day_of(current.done_at)
        current.save(update_fields=["done_at", "done_by", "updated_at", "outcome", "result", "due_date"])
        _told("finished", by=by, at=at, activity=current, data={"kind": current.kind, "outcome": current.outcome})
        _on_timeline("activity_done", by=by, at=at, activity=current)
        activity_done(current, by=by, at=at)


def cancel_activity(*, by: User, at: datetime, activity: Activity) -> None:
    """Call it off. Raises `NotYours` and `StandsOtherwise`."""
    require(by, "sales.activities")
    with transaction.atomic():
        current = _locked(activity, by=by)
        if not current.is_open:
            raise StandsOtherwise
        Activity.objects.filter(pk=current.pk).update(cancelled_at=at, updated_at=at, revision=F("revision") + 1)
        _told("cancelled", by=by, at=at, activity=current, data={"kind": current.kind})
        activity_called_off(current, by=by, at=at)


def reopen_activity(*, by: User, at: datetime, activity: Activity) -> None:
    """Say that it is still to be done: undoes finishing (what came out of it goes) and calling off.

    Raises `NotYours` and `StandsOtherwise`.
    """
    require(by, "sales.activities")
    with transaction.atomic():
        current = _locked(activity, by=by)
        if current.is_open:
            raise StandsOtherwise
        changed_at = current.updated_at
        if current.done_at:
            _on_timeline("activity_reopened", by=by, at=at, activity=current)
        Activity.objects.filter(pk=current.pk).update(
            done_at=None,
            done_by=None,
            outcome="",
            result="",
            cancelled_at=None,
            updated_at=at,
            revision=F("revision") + 1,
        )
        _told("reopened", by=by, at=at, activity=current, data={"kind": current.kind})
        activity_opened(current, by=by, at=at, changed_at=changed_at)


def _locked(activity: Activity, *, by: User) -> Activity:
    current = (
        Activity.objects.select_for_update(of=("self",))
        .select_related("customer", "owner", "opportunity")
        .get(pk=activity.pk)
    )
    if not may_change_activity(by, current):
        raise NotYours
    if current.customer_id is not None:
        refuse_erased([current.customer_id])
    return current


def _folded(facts: ActivityFacts) -> ActivityFacts:
    folded = facts.copy()
    if "kind" in folded:
        folded["kind"] = Activity.Kind(folded["kind"]).value
    if "title" in folded:
        folded["title"] = line(folded["title"])[:200]
    if "place" in folded:
        folded["place"] = line(folded["place"])[:200]
    if "note" in folded:
        folded["note"] = paragraph(folded["note"])
    return folded


def _write(activity: Activity, facts: ActivityFacts) -> None:
    for name, value in facts.items():
        setattr(activity, name, value)
    meant = activity.opportunity
    if meant is not None:
        if facts.get("opportunity") is not None and facts.get("customer") is None:
            activity.customer = meant.customer
        elif "opportunity" not in facts and meant.customer_id != activity.customer_id:
            activity.opportunity = None
    if activity.planned_at is not None:
        activity.due_date = current_firm().day_of(activity.planned_at)
    elif activity.due_date is None and activity.done_at is not None:
        activity.due_date = current_firm().day_of(activity.done_at)
    activity.title = activity.title or str(Activity.Kind(activity.kind).label)


def _fit(activity: Activity, *, by: User, moved: bool = True) -> None:
    """Whether this person may give it to that one, and that one can see whom it is about."""
    if not moved:
        return
    if activity.owner_id != by.pk:
        seen = owners_seen(by)
        if not may(by, "sales.delegate") or (seen is not None and activity.owner_id not in seen):
            raise NotYours
    if not activity.owner.is_active:
        raise NotForThem
    if activity.customer is not None:
        activity.customer_id = hold(activity.customer.pk)
        refuse_erased([activity.customer_id])
        if not may_see(by, activity.customer) or not may_see(activity.owner, activity.customer):
            raise NotForThem
    if activity.opportunity is not None and (
        activity.opportunity.customer_id != activity.customer_id or not may_see_opportunity(by, activity.opportunity)
    ):
        raise OthersOpportunity


def _changes(changes: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    plain = {name: (_plain(was), _plain(now)) for name, (was, now) in changes.items() if name not in _UNTOLD}
    return {"changes": told_changes(plain), "fields": [name for name in changes if name in _UNTOLD]}


def _plain(value: Any) -> Any:
    return str(value) if hasattr(value, "pk") else value


def _told(verb: str, *, by: User, at: datetime, activity: Activity, data: dict[str, Any]) -> None:
    audit(by=by, at=at, verb=f"activity.{verb}", about="activity", about_id=activity.pk, data=data)
    outbox.emit(f"activity.{verb}", at=at, customer_id=activity.customer_id, activity_id=activity.pk)


def _on_timeline(verb: str, *, by: User, at: datetime, activity: Activity) -> None:
    if activity.customer is None:
        return
    told = {"kind": activity.kind, "title": activity.title, "outcome": activity.outcome, "text": activity.result}
    audited = {"activity": activity.pk, "kind": activity.kind}
    record_on_customer(verb, by=by, at=at, customer=activity.customer, data=told, audited=audited)
    if verb == "activity_done" and activity.kind in _TOUCHES and activity.outcome != Activity.Outcome.UNREACHED:
        touched(customer_id=activity.customer.pk, by=by, at=activity.done_at or at)
