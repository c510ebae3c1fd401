"""Reading subscriptions: the list, one subscription, the export, and a customer's part."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from setia.accounts.actions import note_export
from setia.accounts.queries import after_confirming, me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.core.sheets import csv_response
from setia.customers.queries import get_customer_for
from setia.subscriptions import queries
from setia.subscriptions.models import Reason, Subscription
from setia.subscriptions.views._shared import PAGE, address, params_of

SORTS = {"newest": gettext_lazy("newest first"), "monthly": gettext_lazy("highest a month first")}
_AS_CHOICE = ("status", "plan", "reason")  # shown by the choice itself, so not as a chip again


@require_GET
@needs("subscriptions.view")
def subscriptions(request: HttpRequest) -> HttpResponse:
    """The list, a page of it."""
    params = params_of(request)
    found, chips = queries.narrow_subscriptions(me(request), queries.subscriptions_for(me(request)), params)
    sort = queries.subscription_sort(params)
    page = keyset.page(queries.subscription_legs(found, sort), size=PAGE, cursor=params["page"])
    states = [("RUNNING", _("not over")), ("LEAVING", _("end is set")), *Subscription.Status.choices]
    context = {
        "subscriptions": page.rows,
        "count": keyset.count(found),
        "params": params,
        "sort": sort,
        "sorts": SORTS,
        "monthly_url": address("subscriptions", params, sort="" if sort == "monthly" else "monthly"),
        "newest_url": address("subscriptions", params, sort=""),
        "chips": [
            (chip, address("subscriptions", params, **{chip.key: ""})) for chip in chips if chip.key not in _AS_CHOICE
        ],
        "kept": [(chip.key, params[chip.key]) for chip in chips if chip.key not in _AS_CHOICE],
        "states": [("", _("all")), *states],
        "reasons": [("", _("all")), *Reason.choices],
        "plans": [("", _("all")), *queries.plan_choices()],
        "earlier": address("subscriptions", params, page=page.earlier) if page.earlier else "",
        "later": address("subscriptions", params, page=page.later) if page.later else "",
        "export": f"{reverse('export_subscriptions')}?{urlencode({k: v for k, v in params.items() if v})}",
        "unfiltered": not chips and not params["q"],
    }
    return render(request, "subscriptions/subscriptions.html", context)


@require_GET
@needs("subscriptions.view")
def subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """One subscription with its terms, its steps and its periods."""
    one = queries.get_subscription_for(me(request), pk)
    context = {
        "one": one,
        "steps": queries.steps_of(one),
        "periods": queries.periods_of(one),
        "planned": queries.planned_of(one),
        "today": current_firm().day_of(timezone.now()),
    }
    return render(request, "subscriptions/subscription.html", context)


@require_GET
@needs("subscriptions.view")
def customer_base(request: HttpRequest, pk: int) -> HttpResponse:
    """What a customer subscribes to and has installed, as a part of their page."""
    customer = get_customer_for(me(request), pk)
    context = {
        "customer": customer,
        "base": queries.base_of(customer.pk),
        "today": current_firm().day_of(timezone.now()),
    }
    return render(request, "subscriptions/customer_base.html", context)


@require_GET
@needs("subscriptions.export")
@after_confirming
def export_subscriptions(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, all of it."""
    visible = queries.subscriptions_for(me(request))
    found, _chips = queries.narrow_subscriptions(me(request), visible, params_of(request))
    head = [
        _("Number"),
        _("Customer number"),
        _("Customer"),
        _("Plan"),
        _("Status"),
        _("Quantity"),
        _("Price each period"),
        _("Discount in percent"),
        _("Period"),
        _("Days"),
        _("A month"),
        _("First day"),
        _("Trial until"),
        _("Renews on"),
        _("First day without it"),
        _("Why it was cancelled"),
        _("Note"),
    ]
    note_export(by=me(request), at=timezone.now(), what="subscription")
    return csv_response("subscriptions", head, queries.exported_subscriptions(found))
