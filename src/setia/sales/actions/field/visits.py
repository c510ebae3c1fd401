"""Arrive at a customer and leave again, as it was done on the way."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import current_firm
from setia.core.text import line
from setia.core.versions import version_of
from setia.customers.queries import get_customer_for, may_see
from setia.sales.actions.activities import NotYours, finish_activity, plan_activity, reopen_activity
from setia.sales.actions.field.told import Place, When, far_apart, flags_of
from setia.sales.models import Activity, FieldAction, Flag, Visit
from setia.sales.queries import get_activity_for, may_change_activity

if TYPE_CHECKING:
    from setia.customers.models import Customer


class MetOtherwise(Exception):
    """It no longer stands as the device knew it. `activity` is how it stands."""

    def __init__(self, activity: Activity) -> None:
        super().__init__(activity.pk)
        self.activity = activity


class NotHereYet(Exception):
    """It speaks of something the same device did earlier and has not sent yet."""


class NoVisit(Exception):
    """Nobody has arrived there."""


def check_in(
    *,
    by: User,
    at: datetime,
    when: When,
    activity: int = 0,
    customer: int = 0,
    customer_key: str = "",
    title: str = "",
    version: str = "",
    anyway: bool = False,
    place: Place | None = None,
) -> dict[str, Any]:
    """Arrive: at a visit that was planned, at a customer nobody had planned to see, or anywhere.

    Raises `MetOtherwise` where the visit was changed since the device knew it (by its `version`), is over already, or
    somebody arrived there before; unless `anyway`. Then one that is over stays as it is, with this one beside it.
    """
    if activity:
        one = held(activity, by=by)
        began = Visit.objects.filter(activity=one).exists()
        if not anyway and (began or differs(one, version)):
            raise MetOtherwise(one)
        if began or not one.is_open:
            seen = one.customer if one.customer is not None and may_see(by, one.customer) else None
            one = _met(by=by, at=at, when=when, customer=seen, title=one.title)
    else:
        whom = customer_meant(by, customer, customer_key)
        one = _met(by=by, at=at, when=when, customer=whom, title=title)
    flags = [*when.flags, *flags_of(place)]
    Visit.objects.create(
        activity=one,
        person=by,
        day=current_firm().day_of(when.moment),
        arrived_at=when.moment,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        accuracy_m=place.accuracy_m if place else None,
        flags=flags,
    )
    return {"activity": one.pk, "flags": flags_of(place)}


def check_out(
    *,
    by: User,
    at: datetime,
    when: When,
    activity: int = 0,
    activity_key: str = "",
    outcome: str = "",
    result: str = "",
    version: str = "",
    anyway: bool = False,
    place: Place | None = None,
) -> dict[str, Any]:
    """Leave, and say how it went: the visit is done. Raises `NoVisit`, and `MetOtherwise` as `check_in`; `anyway` what
    the device says takes the place of what stands there.
    """
    one = activity_meant(by, activity, activity_key)
    visit = Visit.objects.select_for_update(of=("self",)).filter(activity=one).first()
    if visit is None:
        raise NoVisit
    close(one, by=by, at=at, when=when, outcome=outcome, result=result, version=version, anyway=anyway)
    new = []
    if place and visit.latitude is not None and visit.longitude is not None:
        arrived = Place(visit.latitude, visit.longitude, visit.accuracy_m or 0)
        new = [Flag.FAR_APART.value] if far_apart(arrived, place) else []
    visit.left_at = max(when.moment, visit.arrived_at)
    visit.left_latitude = place.latitude if place else None
    visit.left_longitude = place.longitude if place else None
    visit.left_accuracy_m = place.accuracy_m if place else None
    visit.flags = list(dict.fromkeys([*visit.flags, *when.flags, *new]))
    visit.save(update_fields=["left_at", "left_latitude", "left_longitude", "left_accuracy_m", "flags"])
    return {"activity": one.pk, "flags": new}


def close(
    one: Activity, *, by: User, at: datetime, when: When, outcome: str, result: str, version: str, anyway: bool
) -> None:
    """Say that an activity is done, as it was when the device knew it. Raises `MetOtherwise`."""
    if not anyway and differs(one, version):
        raise MetOtherwise(one)
    if not one.is_open:
        reopen_activity(by=by, at=at, activity=one)
    finish_activity(by=by, at=at, activity=one, outcome=outcome, result=result, done_at=when.moment)


def differs(one: Activity, version: str) -> bool:
    """Whether an activity is over, or was changed since it had this version ('': any will do)."""
    return not one.is_open or bool(version and version != version_of(one.updated_at))


def held(pk: int, *, by: User) -> Activity:
    """An activity through the gate, locked until the transaction ends. Raises `Http404` and `NotYours`."""
    get_activity_for(by, pk)
    one = Activity.objects.select_for_update(of=("self",)).select_related("customer", "owner").get(pk=pk)
    if not may_change_activity(by, one):
        raise NotYours
    return one


def activity_meant(by: User, pk: int, key: str) -> Activity:
    """The activity a device speaks of: by its key here, or by the key the device gave to the arrival that made it."""
    return held(_made_by(by, key, "activity") if key else pk, by=by)


def customer_meant(by: User, pk: int, key: str) -> "Customer | None":
    """The customer a device speaks of: by their key here, or by the key it gave when it took them down."""
    pk = _made_by(by, key, "customer") if key else pk
    return get_customer_for(by, pk) if pk else None


def _made_by(by: User, key: str, name: str) -> int:
    answer = FieldAction.objects.filter(person=by, key=key).values_list("answer", flat=True).first()
    if not answer or not answer.get(name):
        raise NotHereYet
    return int(answer[name])


def _met(*, by: User, at: datetime, when: When, customer: "Customer | None", title: str) -> Activity:
    require(by, "sales.activities")
    made = plan_activity(
        by=by, at=at, kind=Activity.Kind.VISIT, title=line(title), customer=customer, planned_at=when.moment
    )
    return held(made.pk, by=by)
