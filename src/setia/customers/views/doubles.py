"""Doubles: a word of warning while a customer is typed in, and the queue of those that are there already."""

from collections.abc import Callable
from typing import Any, cast

from allauth.decorators import rate_limit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import may, needs, require
from setia.customers import actions, queries
from setia.customers.forms import NewCustomerForm
from setia.customers.models import DoubleGroup, DoubleSearch

PAGE = 20
View = Callable[[HttpRequest], HttpResponse]
_rarely = cast(Callable[[View], View], rate_limit(action="ask_colleague"))


@require_POST
def find_twins(request: HttpRequest) -> HttpResponse:
    """Who may be the customer being typed in: a fragment under the form's head. A POST keeps names out of addresses."""
    user, draft = me(request), typed(request)
    require(user, "customers.add")
    context = {"twins": queries.twins_of(user, draft), "elsewhere": queries.elsewhere(user, draft)}
    return render(request, "customers/find_twins.html", context)


@require_POST
@_rarely
def ask_colleague(request: HttpRequest) -> HttpResponse:
    """Ask the colleague who looks after the customer being typed in to share them; a fragment in the note's place."""
    try:
        actions.ask_colleague(by=me(request), at=timezone.now(), draft=typed(request))
    except actions.NobodyToAsk:
        return render(request, "customers/ask_colleague.html", {"asked": False})
    return render(request, "customers/ask_colleague.html", {"asked": True})


def typed(request: HttpRequest) -> queries.Draft:
    """What the form of a new customer holds so far, right or not."""
    text = {name: value[:500] for name, value in request.POST.items() if isinstance(value, str)}
    return queries.Draft(
        name=text.get("name", "")[:300],
        contacts=[(kind, text.get(field, "")) for field, kind in NewCustomerForm.CONTACTS],
        birthday=_day(text.get("birthday", "")),
        region=text.get("region", "")[:200],
        gender=text.get("gender", ""),
        tax_number=text.get("tax_number", ""),
    )


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


@require_GET
def doubles(request: HttpRequest) -> HttpResponse:
    """The groups that wait, the most certain first; or those said not to be doubles."""
    user = me(request)
    require(user, "customers.merge")
    rejected = request.GET.get("show") == "rejected"
    state = DoubleGroup.State.REJECTED if rejected else DoubleGroup.State.OPEN
    groups = queries.doubles_for(user, state=state)
    legs = queries.legs_by_decision(groups) if rejected else queries.legs_by_certainty(groups)
    page = keyset.page(legs, size=PAGE, cursor=request.GET.get("at", ""))
    context = {
        "doubles": queries.described(user, page.rows),
        "page": page,
        "rejected": rejected,
        "search": queries.latest_search(),
        "merging": queries.latest_search(DoubleSearch.Kind.MERGE),
        "steps": [] if rejected else queries.certain_enough(user),
        "training": queries.latest_training(),
        "decided": queries.decided_about_sure(),
        "enough": queries.ENOUGH_DECIDED,
    }
    return render(request, "customers/doubles.html", context)


@require_GET
def follow_doubles(request: HttpRequest) -> HttpResponse:
    """How far the search and the merging are, as a fragment that asks again until both have ended."""
    require(me(request), "customers.merge")
    search, merging = queries.latest_search(), queries.latest_search(DoubleSearch.Kind.MERGE)
    response = render(request, "customers/follow_doubles.html", {"search": search, "merging": merging})
    if not any(one and one.is_under_way for one in (search, merging)):
        response["HX-Refresh"] = "true"
    return response


@require_POST
def search_doubles(request: HttpRequest) -> HttpResponse:
    """Start a search."""
    try:
        actions.ask_for_search(by=me(request), at=timezone.now())
    except actions.SearchRunning:
        messages.info(request, _("A search is under way already."))
    return redirect("doubles")


@require_POST
def accept_double(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a group into the customer chosen."""
    group = queries.get_double_for(me(request), pk)
    chosen = request.POST.get("survivor", "")
    survivor = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None
    try:
        done = actions.accept_double(by=me(request), at=timezone.now(), group=group, survivor_id=survivor)
    except actions.Decided:
        messages.info(request, _("Somebody has decided about these customers meanwhile."))
    else:
        name = done.survivor.display_name
        undo = reverse("unmerge_customers", args=[done.pk]) if may(me(request), "customers.unmerge") else ""
        messages.info(request, _("Merged into %(name)s.") % {"name": name}, extra_tags=undo)
    return redirect("doubles")


@require_POST
def reject_double(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a group, or one customer of it, is no double."""
    group = queries.get_double_for(me(request), pk)
    one = request.POST.get("customer", "")
    customer = int(one) if one.isdecimal() and len(one) < 19 else None
    try:
        actions.reject_double(by=me(request), at=timezone.now(), group=group, customer_id=customer)
    except actions.Decided:
        messages.info(request, _("Somebody has decided about these customers meanwhile."))
    else:
        messages.info(request, _("Remembered: no later search offers them together again."))
    return redirect("doubles")


@require_POST
def reopen_double(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rejection back."""
    try:
        actions.reopen_double(by=me(request), at=timezone.now(), group=queries.get_double_for(me(request), pk))
    except actions.Decided:
        messages.info(request, _("Somebody has decided about these customers meanwhile."))
    return redirect(f"{reverse('doubles')}?show=rejected")


@require_POST
@needs("customers.merge")
def merge_doubles(request: HttpRequest) -> HttpResponse:
    """Merge, in the background, every group at least as certain as chosen."""
    wanted = {f"{threshold:g}": threshold for threshold, _precision, _recall in queries.MEASURED}
    threshold = wanted.get(request.POST.get("threshold", ""))
    if threshold is None:
        messages.info(request, _("Choose how certain the groups must be."))
        return redirect("doubles")
    try:
        actions.ask_for_merges(by=me(request), at=timezone.now(), threshold=threshold)
    except actions.SearchRunning:
        messages.info(request, _("Groups are being merged already."))
    return redirect("doubles")


@require_POST
def set_training_aside(request: HttpRequest) -> HttpResponse:
    """Go back to the built-in weights."""
    actions.set_training_aside(by=me(request), at=timezone.now())
    messages.info(request, _("Setia's own weights are in use again. The next search goes by them."))
    return redirect("doubles")


@require_POST
def use_training(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up weights learnt from the firm's records."""
    training = queries.get_training_for(me(request), pk)
    try:
        actions.use_training(by=me(request), at=timezone.now(), training=training)
    except actions.NotBetter:
        messages.info(request, _("Your decisions do not speak for these weights, so they stay out of use."))
    else:
        messages.info(request, _("The weights learnt from your customers are in use. The next search goes by them."))
    return redirect("doubles")
