"""Activities: what people do to bring customers in, planned, done and called off; and the sequences that plan them."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from setia.accounts.queries import everybody
from setia.api.door import Asked, answer, expected, offer
from setia.api.problems import Problem, invalid
from setia.api.v1.fields import (
    PROBLEMS,
    Day,
    Given,
    Key,
    Line64,
    Line100,
    Line200,
    Moment,
    Paged,
    ProblemShown,
    Shown,
    Text,
)
from setia.api.v1.paging import page_of
from setia.core.queries import current_firm
from setia.core.versions import version_of
from setia.customers.queries import assignable, customers_for
from setia.sales import actions, queries

if TYPE_CHECKING:
    from setia.accounts.models import User
    from setia.customers.models import Customer
    from setia.sales.models import Activity, FollowUp, Opportunity

router = Router(tags=["Activities"])

Kind = Literal["TASK", "CALL", "EMAIL", "MEETING", "VISIT", "NOTE"]
Outcome = Literal["", "REACHED", "UNREACHED", "WANTS", "LATER", "REFUSED"]


class ActivityShown(Shown):
    id: int
    kind: Kind
    title: str
    note: str
    customer_id: int | None = Field(description=gettext_noop("Null also where the token may not see the customer."))
    opportunity_id: int | None
    owner_id: int = Field(description=gettext_noop("Who does it."))
    state: Literal["OPEN", "DONE", "CANCELLED"]
    planned_at: AwareDatetime | None = Field(description=gettext_noop("When it begins; null: at any time of its day."))
    due_date: Day | None = Field(description=gettext_noop("The firm's day it is for; null: some day."))
    duration_minutes: int | None
    place: str
    done_at: AwareDatetime | None
    outcome: Outcome
    result: str
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ActivityPage(Shown):
    items: list[ActivityShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class ActivityFilters(Paged):
    state: Literal["OPEN", "LATE", "DONE"] = "OPEN"
    kind: Kind | None = None
    owner_id: Key | None = None
    customer_id: Key | None = Field(None, description=gettext_noop("Everything for this customer, whoever does it."))
    from_date: Day | None = Field(
        None, description=gettext_noop("From this day on: the day it is for, of done ones the day it was done.")
    )
    until_date: Day | None = None


class ActivityFacts(Given):
    kind: Kind = "CALL"
    title: Line200 = Field("", description=gettext_noop("Left out: it is called by its kind."))
    note: Text = ""
    owner_id: Key | None = Field(None, description=gettext_noop("Who does it; left out: whose token it is."))
    opportunity_id: Key | None = Field(None, description=gettext_noop("The customer follows from it."))
    planned_at: Moment | None = Field(None, description=gettext_noop("It decides the day, too."))
    due_date: Day | None = None
    duration_minutes: int | None = Field(None, ge=1, le=1440)
    place: Line200 = ""


class ActivityGiven(ActivityFacts):
    """A new activity. Its customer is named by key, or by number and source; without one it is the firm's own."""

    customer_id: Key | None = None
    customer_number: Line100 = ""
    customer_source: Line64 = "main"


class ActivityChanged(ActivityFacts):
    customer_id: Key | None = None


class DoneGiven(Given):
    outcome: Outcome = ""
    result: Text = ""
    done_at: Moment | None = Field(None, description=gettext_noop("Left out: now."))


class SequenceStepShown(Shown):
    position: int
    kind: Kind
    title: str
    days: int
    counted: Literal["START", "BEFORE"] = Field(description=gettext_noop("From what its days are counted."))


class SequenceShown(Shown):
    id: int
    name: str
    pipeline_id: int | None = Field(description=gettext_noop("Null: it is for prospects."))
    stage_id: int | None
    status: str
    starts_itself: bool
    working_days: bool
    ends_on: list[Outcome] = Field(description=gettext_noop("Outcomes of an activity that end it."))
    steps: list[SequenceStepShown]


class SequenceList(Shown):
    items: list[SequenceShown]


class FollowUpShown(Shown):
    id: int
    sequence_id: int
    customer_id: int
    opportunity_id: int | None
    state: Literal["RUNNING", "PAUSED", "DONE", "ENDED"]
    why: str = Field(description=gettext_noop("What ended it."))
    position: int = Field(description=gettext_noop("The step it stands in, from 1."))
    started_at: AwareDatetime
    closed_at: AwareDatetime | None
    updated_at: AwareDatetime


class StartGiven(Given):
    """For an opportunity or for a prospect, one of the two."""

    sequence_id: Key
    opportunity_id: Key | None = None
    prospect_id: Key | None = None


def shown(request: Asked, one: "Activity") -> ActivityShown:
    """An activity as it goes out, with the keys of what the token may see."""
    line = queries.shown(request.user, [one])[0]
    hidden = ("customer_id", "opportunity_id")
    own = {name: getattr(one, name) for name in ActivityShown.model_fields if name not in hidden}
    return ActivityShown(
        **own,
        customer_id=line.customer.pk if line.customer else None,
        opportunity_id=line.opportunity.pk if line.opportunity else None,
    )


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    one = queries.get_activity_for(request.user, pk)
    return answer(
        shown(request, one),
        status=status,
        etag=version_of(one.updated_at),
        location=reverse("api:get_activity", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


@offer(
    router,
    "GET",
    "/activities",
    "sales.view",
    answers={200: ActivityPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List activities"),
)
def list_activities(request: Asked, wanted: Query[ActivityFilters]) -> HttpResponse:
    owner = str(wanted.owner_id or "")
    asked = {
        "state": "" if wanted.state == "OPEN" else wanted.state,
        "kind": wanted.kind,
        "who": owner,
        "customer": wanted.customer_id,
        "from": wanted.from_date,
        "to": wanted.until_date,
    }
    params = {key: str(value) for key, value in asked.items() if value}
    today = current_firm().day_of(timezone.now())
    choices: dict[str, list[tuple[str, str]]] = {"state": [], "kind": [], "who": [(owner, owner)]}
    found, _chips = queries.narrow_activities(request.user, params, today=today, choices=choices)
    page, after = page_of(queries.activity_legs(found, state=params.get("state", "")), wanted, name="activities")
    return answer(ActivityPage(items=[shown(request, one) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/activities",
    "sales.activities",
    answers={201: ActivityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Plan an activity"),
    once=True,
)
def add_activity(request: Asked, given: ActivityGiven) -> HttpResponse:
    facts = {"kind": given.kind} | _facts(request, given)
    if given.customer_id is not None or given.customer_number:
        number, source = given.customer_number, given.customer_source
        facts["customer"] = _customer(request, given.customer_id, number=number, source=source)
    made: list[int] = []

    def plan() -> None:
        made.append(actions.plan_activity(by=request.user, at=timezone.now(), **facts).pk)

    _do(plan)
    return _answer(request, made[0], status=201)


@offer(
    router,
    "GET",
    "/activities/{int:pk}",
    "sales.view",
    answers={200: ActivityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read an activity"),
)
def get_activity(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "PATCH",
    "/activities/{int:pk}",
    "sales.activities",
    answers={200: ActivityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Change or move an activity"),
    conditional=True,
    once=True,
)
def edit_activity(request: Asked, pk: int, given: ActivityChanged) -> HttpResponse:
    one = queries.get_activity_for(request.user, pk)
    facts, version = _facts(request, given, present=one), expected(request)
    if "customer_id" in given.model_fields_set:
        facts["customer"] = None if given.customer_id is None else _customer(request, given.customer_id)
    edit = actions.edit_activity
    _do(lambda: edit(by=request.user, at=timezone.now(), activity=one, version=version, **facts))
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/activities/{int:pk}/done",
    "sales.activities",
    answers={200: ActivityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Say that an activity is done, and what came out of it"),
    once=True,
)
def finish_activity(request: Asked, pk: int, given: DoneGiven) -> HttpResponse:
    one, facts = queries.get_activity_for(request.user, pk), given.model_dump()
    _do(lambda: actions.finish_activity(by=request.user, at=timezone.now(), activity=one, **facts))
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/activities/{int:pk}/reopen",
    "sales.activities",
    answers={200: ActivityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Open an activity again that was done or called off"),
)
def reopen_activity(request: Asked, pk: int) -> HttpResponse:
    one = queries.get_activity_for(request.user, pk)
    _do(lambda: actions.reopen_activity(by=request.user, at=timezone.now(), activity=one))
    return _answer(request, pk)


@offer(
    router,
    "DELETE",
    "/activities/{int:pk}",
    "sales.activities",
    answers={200: ActivityShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Call an activity off; it is kept, and can be opened again"),
)
def cancel_activity(request: Asked, pk: int) -> HttpResponse:
    one = queries.get_activity_for(request.user, pk)
    _do(lambda: actions.cancel_activity(by=request.user, at=timezone.now(), activity=one))
    return _answer(request, pk)


@offer(
    router,
    "GET",
    "/sequences",
    "sales.view",
    answers={200: SequenceList, PROBLEMS: ProblemShown},
    summary=gettext_noop("List the sequences of follow-ups with their steps"),
)
def list_sequences(request: Asked) -> HttpResponse:
    named = [name for name in SequenceShown.model_fields if name != "steps"]
    items = [
        SequenceShown(
            **{name: getattr(one, name) for name in named},
            steps=[
                SequenceStepShown(**{name: getattr(step, name) for name in SequenceStepShown.model_fields})
                for step in one.shown  # type: ignore[attr-defined]
            ],
        )
        for one in queries.sequences_for(request.user)
    ]
    return answer(SequenceList(items=items))


@offer(
    router,
    "POST",
    "/follow-ups",
    "sales.activities",
    answers={201: FollowUpShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Start a sequence for an opportunity or a prospect"),
    once=True,
)
def start_follow_up(request: Asked, given: StartGiven) -> HttpResponse:
    if (given.opportunity_id is None) == (given.prospect_id is None):
        raise invalid("/opportunity_id", _("Name an opportunity or a prospect, one of the two."), "missing")
    sequence = queries.sequences_for(request.user).filter(pk=given.sequence_id).first()
    if sequence is None:
        raise invalid("/sequence_id", _("There is no such sequence. List the sequences."), "unknown")
    opportunity = prospect = None
    if given.opportunity_id is not None:
        opportunity = _opportunity(request, given.opportunity_id)
    elif given.prospect_id is not None:
        prospect = queries.prospects_for(request.user).filter(pk=given.prospect_id).first()
        if prospect is None:
            raise invalid("/prospect_id", _("There is no such prospect."), "unknown")
    begun: list[int] = []

    def start() -> None:
        made = actions.start_follow_up(
            by=request.user, at=timezone.now(), sequence=sequence, opportunity=opportunity, prospect=prospect
        )
        begun.append(made.pk)

    _do(start)
    return _follow_up(request, begun[0], status=201)


@offer(
    router,
    "GET",
    "/follow-ups/{int:pk}",
    "sales.view",
    answers={200: FollowUpShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read how a started sequence stands"),
)
def get_follow_up(request: Asked, pk: int) -> HttpResponse:
    return _follow_up(request, pk)


@offer(
    router,
    "POST",
    "/follow-ups/{int:pk}/end",
    "sales.activities",
    answers={200: FollowUpShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("End a started sequence; what it had planned is called off"),
    once=True,
)
def stop_follow_up(request: Asked, pk: int) -> HttpResponse:
    one: FollowUp = queries.get_follow_up_for(request.user, pk)
    _do(lambda: actions.end_follow_up(by=request.user, at=timezone.now(), follow_up=one))
    return _follow_up(request, pk)


def _follow_up(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    one = queries.get_follow_up_for(request.user, pk)
    return answer(
        FollowUpShown(**{name: getattr(one, name) for name in FollowUpShown.model_fields}),
        status=status,
        etag=version_of(one.updated_at),
        location=reverse("api:get_follow_up", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


def _do(verb: Callable[[], object]) -> None:
    """Do it, and say as a problem what is in the way."""
    try:
        verb()
    except actions.StandsOtherwise as error:
        raise Problem("in-the-way", _("It is done, called off or open again by now. Read it again.")) from error
    except actions.NotForThem as error:
        words = _("Who does it must see the customer and still be with the firm.")
        raise invalid("/owner_id", words, "not-theirs") from error
    except actions.OthersOpportunity as error:
        raise invalid("/opportunity_id", _("This opportunity is another customer's."), "other-customer") from error
    except actions.DoesNotFit as error:
        words = _("This sequence is for something else, or there is nothing to follow up any more.")
        raise Problem("in-the-way", words) from error
    except actions.RunsAlready as error:
        raise Problem("in-the-way", _("This sequence runs here already.")) from error
    except actions.NotSo as error:
        raise Problem("in-the-way", _("It has ended by now. Read it again.")) from error


def _facts(request: Asked, given: ActivityFacts, *, present: "Activity | None" = None) -> dict[str, Any]:
    left_out = ("owner_id", "opportunity_id", "customer_id", "customer_number", "customer_source")
    facts = given.said(leaving_out=left_out)
    day: Any = given.due_date
    if day is not None and not 1990 <= day.year <= 2200:
        raise invalid("/due_date", _("A day between the years 1900 and 2200."))
    if "due_date" in facts and "planned_at" not in facts and present is not None and present.planned_at is not None:
        facts["planned_at"] = _same_time(present.planned_at, day)
    if given.owner_id is not None:
        facts["owner"] = _owner(request, given.owner_id, present)
    if "opportunity_id" in given.model_fields_set:
        facts["opportunity"] = None if given.opportunity_id is None else _opportunity(request, given.opportunity_id)
    return facts


def _same_time(moment: datetime, day: Any) -> datetime | None:
    """The same time of another day of the firm; None where the day is taken away."""
    if day is None:
        return None
    local = moment.astimezone(current_firm().tz)
    return local.replace(year=day.year, month=day.month, day=day.day)


def _owner(request: Asked, key: int, present: "Activity | None") -> "User":
    found = assignable(request.user, present.owner_id if present else request.user.pk).filter(pk=key).first()
    if found is None:
        known = any(one.pk == key for one in everybody())
        words = _("You may not make this person responsible.") if known else _("There is no such person.")
        raise invalid("/owner_id", words, "unknown")
    return found


def _opportunity(request: Asked, key: int) -> "Opportunity":
    found = queries.opportunities_for(request.user).select_related("customer").filter(pk=key).first()
    if found is None:
        raise invalid("/opportunity_id", _("There is no such opportunity."), "unknown")
    return found


def _customer(request: Asked, key: int | None, *, number: str = "", source: str = "main") -> "Customer":
    people = customers_for(request.user)
    named = {"pk": key} if key is not None else {"source": source or "main", "number": number}
    if (found := people.filter(**named).first()) is None:
        where = "/customer_id" if key is not None else "/customer_number"
        raise invalid(where, _("There is no such customer. Add the customer first."), "unknown")
    return found
