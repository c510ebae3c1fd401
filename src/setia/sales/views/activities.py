"""Activities: one's own day, the list, the team's day, one customer's; planned, noted, changed, done, called off.

Where an activity was changed from, there one stays: the form says so by `place` (`record`: the customer's page,
`opportunity`: that one's, whose part comes back alone; else one's own day). What was done is named there, with a button
that takes it back.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.models import User
from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import may, needs
from setia.core.queries import current_firm
from setia.core.versions import ChangedMeanwhile, version_of
from setia.customers.queries import get_customer_for, may_see
from setia.sales import actions, queries
from setia.sales.activity_forms import ActivityForm, DoneForm, NextForm, next_working_day
from setia.sales.models import Activity
from setia.sales.views._shared import PAGE, address, by_htmx, keep_typed, params_of, sent, whole

_AS_CHOICE = ("state", "kind", "who")


@require_GET
@needs("sales.view")
def my_day(request: HttpRequest) -> HttpResponse:
    """What is late, for today, coming and done today of the reader's own."""
    today = current_firm().day_of(timezone.now())
    context = _standing(request) | {"day": queries.my_day(me(request), today=today)}
    return render(request, "sales/my_day.html", context | _changed(request, request.GET.get("done", "")))


@require_GET
@needs("sales.view")
def activities(request: HttpRequest) -> HttpResponse:
    """The list of all the reader sees, a page of it."""
    params = params_of(request)
    standing = _standing(request)
    choices = queries.activity_choices(me(request))
    found, chips = queries.narrow_activities(me(request), params, today=standing["today"], choices=choices)
    owners = queries.listed_owners(me(request), params)
    legs = queries.activity_legs(found, state=params["state"], owners=owners)
    page = keyset.page(legs, size=PAGE, cursor=params["page"])
    context = standing | {
        "found": queries.shown(me(request), page.rows),
        "params": params,
        "choices": choices,
        "chips": [
            (chip, address("activities", params=params, **{chip.key: ""}))
            for chip in chips
            if chip.key not in _AS_CHOICE
        ],
        "kept": [(chip.key, params[chip.key]) for chip in chips if chip.key not in _AS_CHOICE],
        "earlier": address("activities", params=params, page=page.earlier) if page.earlier else "",
        "later": address("activities", params=params, page=page.later) if page.later else "",
        "unfiltered": not chips,
    }
    return render(request, "sales/activities.html", context)


@require_GET
@needs("sales.view")
def team_day(request: HttpRequest) -> HttpResponse:
    """How everybody stands whose work the reader sees."""
    standing = _standing(request)
    people = queries.team_day(me(request), today=standing["today"])
    return render(request, "sales/team_day.html", standing | {"people": people, "capped": queries.CAPPED})


@require_GET
@needs("sales.view")
def customer_activities(request: HttpRequest, pk: int) -> HttpResponse:
    """A customer's activities, as a part of their record or a page of its own."""
    return _of_customer(request, get_customer_for(me(request), pk), changed=request.GET.get("done", ""))


@require_http_methods(["GET", "POST"])
@needs("sales.activities")
def plan_activity(request: HttpRequest) -> HttpResponse:
    """Plan one, for any customer, or for none."""
    today = current_firm().day_of(timezone.now())
    kind = request.GET.get("kind", "")
    initial: dict[str, Any] = {
        "kind": kind if kind in Activity.Kind.values else Activity.Kind.CALL,
        "due_date": request.GET.get("day", "") or next_working_day(today),
        "owner": me(request).pk,
        "opportunity": request.GET.get("opportunity", ""),
    }
    form = ActivityForm(sent(request), user=me(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.plan_activity(by=me(request), at=timezone.now(), **form.facts())
        except actions.NotForThem:
            _tell_not_for_them(form)
        except actions.OthersOpportunity:
            form.add_error("opportunity", _("This opportunity is another customer's. Take one of the two out."))
        else:
            return redirect(_came_from(request))
    return _page(request, "sales/plan_activity.html", form)


@require_http_methods(["GET", "POST"])
@needs("sales.activities")
def edit_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is planned, or what was written about it."""
    one = queries.get_activity_for(me(request), pk)
    if not queries.may_change_activity(me(request), one):
        raise actions.NotYours
    local = one.planned_at.astimezone(current_firm().tz) if one.planned_at else None
    names = ("kind", "title", "customer", "owner", "due_date", "duration_minutes", "place", "note")
    initial = {name: getattr(one, name) for name in names} | {"planned_time": local and local.time()}
    initial |= {"version": version_of(one.updated_at), "customer": one.customer_id, "owner": one.owner_id}
    initial["opportunity"] = one.opportunity_id
    form = ActivityForm(sent(request), user=me(request), present=one, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit_activity(by=me(request), at=timezone.now(), activity=one, version=version, **form.facts())
        except ChangedMeanwhile as changed:
            keep_typed(form, changed.version)
            return _page(request, "sales/edit_activity.html", form, one=one, status=409, conflict=True)
        except actions.NotForThem:
            _tell_not_for_them(form)
        except actions.OthersOpportunity:
            form.add_error("opportunity", _("This opportunity is another customer's. Take one of the two out."))
        else:
            return redirect("my_day")
    return _page(request, "sales/edit_activity.html", form, one=one)


@require_GET
@needs("sales.view")
def opportunity_activities(request: HttpRequest, pk: int) -> HttpResponse:
    """What is done to win an opportunity, as a part of its page or a page of its own."""
    return _to_win(request, queries.get_opportunity_for(me(request), pk), changed=request.GET.get("done", ""))


@require_POST
@needs("sales.activities")
def plan_to_win(request: HttpRequest, pk: int) -> HttpResponse:
    """The one line on an opportunity's page: what is next, and when."""
    meant = queries.get_opportunity_for(me(request), pk)
    form = NextForm(request.POST)
    if not form.is_valid():
        return _to_win(request, meant, error=str(next(iter(form.errors.values()))[0]), status=422)
    try:
        actions.plan_activity(by=me(request), at=timezone.now(), opportunity=meant, **form.cleaned_data)
    except actions.NotForThem:
        error = _("Their customer is a colleague's, whom you do not see. Ask them to plan it.")
        return _to_win(request, meant, error=error, status=422)
    return _to_win(request, meant)


@require_POST
@needs("sales.activities")
def add_next(request: HttpRequest, pk: int) -> HttpResponse:
    """The one line on a customer's record: what is next, and when."""
    customer = get_customer_for(me(request), pk)
    form = NextForm(request.POST)
    if form.is_valid():
        actions.plan_activity(by=me(request), at=timezone.now(), customer=customer, **form.cleaned_data)
        return _of_customer(request, customer)
    return _of_customer(request, customer, form=form, status=422)


@require_POST
@needs("sales.activities")
def log_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what has just been done for a customer: a call by two clicks."""
    customer = get_customer_for(me(request), pk)
    form = DoneForm(request.POST)
    if not form.is_valid():
        return _of_customer(request, customer, form=form, status=422)
    facts = form.cleaned_data | {"kind": form.cleaned_data["kind"] or Activity.Kind.CALL}
    made = actions.log_activity(by=me(request), at=timezone.now(), customer=customer, **facts)
    return _of_customer(request, customer, changed=str(made.pk))


@require_POST
@needs("sales.activities")
def finish_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is done, and how it went."""
    one = queries.get_activity_for(me(request), pk)
    form = DoneForm(request.POST)
    facts = {name: form.cleaned_data[name] for name in ("outcome", "result")} if form.is_valid() else {}
    try:
        actions.finish_activity(by=me(request), at=timezone.now(), activity=one, **facts)
    except actions.StandsOtherwise:  # somebody else was quicker: the page shows how it stands
        return _where(request, one)
    return _where(request, one, changed=str(one.pk))


@require_POST
@needs("sales.activities")
def cancel_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off."""
    one = queries.get_activity_for(me(request), pk)
    try:
        actions.cancel_activity(by=me(request), at=timezone.now(), activity=one)
    except actions.StandsOtherwise:
        return _where(request, one)
    return _where(request, one, changed=str(one.pk))


@require_POST
@needs("sales.activities")
def reopen_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is still to be done."""
    one = queries.get_activity_for(me(request), pk)
    try:
        actions.reopen_activity(by=me(request), at=timezone.now(), activity=one)
    except actions.StandsOtherwise:
        return _where(request, one)
    return _where(request, one)


@require_POST
@needs("sales.activities")
def move_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it on another day."""
    one = queries.get_activity_for(me(request), pk)
    form = NextForm({"kind": one.kind, "due_date": request.POST.get("due_date", "")})
    day = form.cleaned_data["due_date"] if form.is_valid() else None
    if day is None:
        return _where(request, one)
    try:
        actions.move_activity(by=me(request), at=timezone.now(), activity=one, due_date=day)
    except actions.StandsOtherwise:
        return _where(request, one)
    return _where(request, one)


def _standing(request: HttpRequest) -> dict[str, Any]:
    """What every list of activities needs to say when something is."""
    now = timezone.now()
    today = current_firm().day_of(now)
    return {
        "today": today,
        "now": now,
        "next_day": next_working_day(today),
        "kinds": Activity.Kind.choices,
        "outcomes": Activity.Outcome.choices,
    }


def _changed(request: HttpRequest, key: str) -> dict[str, Any]:
    """The activity that was just done or called off, so that it can be taken back; none where it is open again."""
    try:
        one = queries.get_activity_for(me(request), whole(key)) if whole(key) else None
    except Http404:
        return {"changed": None}
    return {"changed": one if one and not one.is_open and queries.may_change_activity(me(request), one) else None}


def _where(request: HttpRequest, one: Activity, *, changed: str = "") -> HttpResponse:
    """Back to where it was changed from."""
    if request.POST.get("place") == "record" and one.customer_id:
        return _of_customer(request, get_customer_for(me(request), one.customer_id), changed=changed)
    if request.POST.get("place") == "opportunity" and one.opportunity_id:
        return _to_win(request, queries.get_opportunity_for(me(request), one.opportunity_id), changed=changed)
    place = "activities" if request.POST.get("place") == "list" else "my_day"
    return redirect(reverse(place) + (f"?done={changed}" if changed and place == "my_day" else ""))


def _of_customer(
    request: HttpRequest, customer: Any, *, changed: str = "", form: Any = None, status: int = 200
) -> HttpResponse:
    htmx = getattr(request, "htmx", None)
    piece = bool(htmx) and not htmx.boosted  # type: ignore[union-attr]
    if request.method == "POST" and not piece and status == 200:
        key = f"?done={changed}" if changed else ""
        return redirect(reverse("customer_activities", args=[customer.pk]) + key)
    context = _standing(request) | _changed(request, changed)
    context |= {
        "customer": customer,
        "of": queries.activities_of(me(request), customer),
        "line": form,
        "plans": may(me(request), "sales.activities") and not customer.erased_at,
    }
    template = "sales/customer_activities_piece.html" if piece else "sales/customer_activities.html"
    return render(request, template, context, status=status)


def _to_win(
    request: HttpRequest, opportunity: Any, *, changed: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    piece = by_htmx(request)
    if request.method == "POST" and not piece and status == 200:
        key = f"?done={changed}" if changed else ""
        return redirect(reverse("opportunity_activities", args=[opportunity.pk]) + key)
    context = _standing(request) | _changed(request, changed)
    context |= {
        "opportunity": opportunity,
        "of": queries.activities_to_win(me(request), opportunity),
        "error": error,
        "plans": may(me(request), "sales.activities") and opportunity.is_open and not opportunity.customer.erased_at,
    }
    template = "sales/opportunity_activities_piece.html" if piece else "sales/opportunity_activities.html"
    return render(request, template, context, status=status)


def _came_from(request: HttpRequest) -> str:
    """Where somebody goes on who planned something: the opportunity or the customer they began from, or their day."""
    for name in ("opportunity", "customer"):
        if key := whole(request.GET.get(name, "")):
            return reverse(name, args=[key])
    return reverse("my_day")


def _tell_not_for_them(form: ActivityForm) -> None:
    form.add_error(
        "owner" if "owner" in form.fields else None,
        _(
            "Who does it must see the customer and still be with the firm. Choose somebody else, or hand the customer"
            " over first."
        ),
    )


def _page(request: HttpRequest, template: str, form: ActivityForm, *, status: int = 0, **context: Any) -> HttpResponse:
    chosen = _behind(request, form, "customer", get_customer_for)
    meant = _behind(request, form, "opportunity", queries.get_opportunity_for)
    if meant is not None and chosen is None and not form.is_bound and may_see(me(request), meant.customer):
        chosen = meant.customer
    back = _came_from(request)
    context |= {
        "form": form,
        "chosen": chosen,
        "meant": meant,
        "typed": request.POST.get("customer_q", ""),
        "typed_opportunity": request.POST.get("opportunity_q", ""),
        "back": back,
        "back_to": str(meant or chosen) if back != reverse("my_day") and (meant or chosen) else _("My day"),
    }
    return render(request, template, context, status=status or (422 if form.errors else 200))


def _behind(request: HttpRequest, form: ActivityForm, name: str, get: Callable[[User, int], Any]) -> Any:
    """The record a form's hidden field names, as far as the reader may see it."""
    key = whole(str(form[name].value() or request.GET.get(name, ""))) if name in form.fields else 0
    try:
        return get(me(request), key) if key else None
    except Http404:
        return None
