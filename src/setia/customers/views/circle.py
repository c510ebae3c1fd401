"""Related customers and the days of a life, as a piece of the record and as a page of its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from setia.accounts.queries import me
from setia.core.permissions import may
from setia.customers import actions, queries
from setia.customers.forms import LifeEventForm, LinkForm
from setia.customers.models import Customer
from setia.customers.views._fragments import wants_fragment


@require_GET
def related(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is related to a customer, and the days of their life."""
    customer = queries.get_customer_for(me(request), pk)
    context = _circle(request, customer)
    if wants_fragment(request):
        return render(request, "customers/circle.html", context)
    return render(request, "customers/related.html", context)


@require_POST
def add_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Link a customer to another."""
    customer = queries.get_customer_for(me(request), pk)
    form = LinkForm(request.POST, user=me(request))
    if form.is_valid():
        data = form.cleaned_data
        kind, way = data.pop("how").split(".")
        ends = [customer, data.pop("other")]
        one, other = ends if way == "to" else reversed(ends)
        try:
            actions.link(by=me(request), at=timezone.now(), customer=one, other=other, kind=kind, **data)
        except actions.LinkToOneself:
            form.add_error("other", _("Choose another customer than this one."))
        except actions.LinkTaken:
            form.add_error("other", _("These two are linked in this way already."))
        except actions.DatesReversed:
            form.add_error("to_date", _("It ends before it begins."))
        except actions.SellsInACircle:
            form.add_error("other", _("This one already sells for the other, directly or through others."))
    return _answer(request, customer, link_form=form)


@require_POST
def remove_link(request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
    """Take a link back."""
    customer = queries.get_customer_for(me(request), pk)
    actions.unlink(by=me(request), at=timezone.now(), link=queries.get_link_for(me(request), customer.pk, link_pk))
    return _answer(request, customer)


@require_POST
def add_life_event(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a day of a customer's life."""
    customer = queries.get_customer_for(me(request), pk)
    form = LifeEventForm(request.POST)
    if form.is_valid():
        actions.add_life_event(by=me(request), at=timezone.now(), customer=customer, **form.cleaned_data)
    return _answer(request, customer, event_form=form)


@require_POST
def remove_life_event(request: HttpRequest, pk: int, event_pk: int) -> HttpResponse:
    """Take a day away."""
    customer = queries.get_customer_for(me(request), pk)
    event = queries.get_life_event_for(me(request), customer.pk, event_pk)
    actions.remove_life_event(by=me(request), at=timezone.now(), event=event)
    return _answer(request, customer)


def _circle(request: HttpRequest, customer: Customer, **forms: Any) -> dict[str, Any]:
    return {
        "customer": customer,
        "relatives": queries.relatives_for(me(request), customer),
        "events": queries.life_events_of(customer),
        "files": queries.files_of(customer),
        "file_error": "",
        "file_gone": None,
        "may_edit": may(me(request), "customers.edit"),
        "link_form": forms.get("link_form") or LinkForm(user=me(request)),
        "event_form": forms.get("event_form") or LifeEventForm(),
    }


def _answer(request: HttpRequest, customer: Customer, **forms: Any) -> HttpResponse:
    """The piece again, a form with what is wrong in it; without script the page."""
    wrong = any(form.errors for form in forms.values())
    if not wrong and not wants_fragment(request):
        return redirect("related", customer.pk)
    # What was saved leaves an empty form behind.
    context = _circle(request, customer, **(forms if wrong else {}))
    template = "customers/circle.html" if wants_fragment(request) else "customers/related.html"
    return render(request, template, context, status=422 if wrong else 200)


def answer_with_circle(request: HttpRequest, customer: Customer, **more: Any) -> HttpResponse:
    """The piece again after a change that has no form of fields, with what there is to say of it."""
    wrong = bool(more.get("file_error"))
    if not wrong and not wants_fragment(request):
        return redirect("related", customer.pk)
    template = "customers/circle.html" if wants_fragment(request) else "customers/related.html"
    return render(request, template, _circle(request, customer) | more, status=422 if wrong else 200)
