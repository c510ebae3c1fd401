"""Installed units: the list, one unit, and what may be said about it."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.actions import note_export
from setia.accounts.queries import after_confirming, me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.core.sheets import csv_response
from setia.core.versions import ChangedMeanwhile, version_of
from setia.subscriptions import actions, queries
from setia.subscriptions.forms import RetireForm, ServiceForm, UnitForm
from setia.subscriptions.models import Unit
from setia.subscriptions.views._shared import PAGE, address, chosen, params_of, sent, typed

SORTS = {
    "newest": gettext_lazy("newest first"),
    "service": gettext_lazy("next service first"),
    "warranty": gettext_lazy("earliest end of warranty first"),
}
_AS_CHOICE = ("service", "warranty", "retired")


@require_GET
@needs("subscriptions.view")
def units(request: HttpRequest) -> HttpResponse:
    """The list, a page of it."""
    params, day = params_of(request), current_firm().day_of(timezone.now())
    found, chips = queries.narrow_units(me(request), queries.units_for(me(request)), params, today=day)
    sort = params["sort"] if params["sort"] in SORTS else "newest"
    page = keyset.page(queries.unit_legs(found, sort), size=PAGE, cursor=params["page"])
    context = {
        "units": page.rows,
        "today": day,
        "count": keyset.count(found),
        "params": params,
        "sort": sort,
        "sorts": {key: (label, address("units", params, sort=key)) for key, label in SORTS.items()},
        "choices": queries.unit_choices(),
        "chips": [(chip, address("units", params, **{chip.key: ""})) for chip in chips if chip.key not in _AS_CHOICE],
        "kept": [(chip.key, params[chip.key]) for chip in chips if chip.key not in _AS_CHOICE],
        "earlier": address("units", params, page=page.earlier) if page.earlier else "",
        "later": address("units", params, page=page.later) if page.later else "",
        "export": f"{reverse('export_units')}?{urlencode({k: v for k, v in params.items() if v})}",
        "unfiltered": not chips and not params["q"],
    }
    return render(request, "subscriptions/units.html", context)


@require_GET
@needs("subscriptions.view")
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit with what was done to it."""
    one = queries.get_unit_for(me(request), pk)
    context = {"one": one, "services": queries.services_of(one), "today": current_firm().day_of(timezone.now())}
    return render(request, "subscriptions/unit.html", context)


@require_http_methods(["GET", "POST"])
@needs("subscriptions.units")
def add_unit(request: HttpRequest) -> HttpResponse:
    """Enter a unit."""
    initial = {"customer": request.GET.get("customer", ""), "installed_date": current_firm().day_of(timezone.now())}
    form = UnitForm(sent(request), user=me(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            one = actions.add_unit(by=me(request), at=timezone.now(), **form.facts())
        except actions.SerialTaken as taken:
            _taken(form, taken.unit)
        else:
            return redirect("unit", one.pk)
    return _form_page(request, "subscriptions/add_unit.html", form)


@require_http_methods(["GET", "POST"])
@needs("subscriptions.units")
def edit_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is said about a unit."""
    one = queries.get_unit_for(me(request), pk)
    facts = {name: getattr(one, name) for name in UnitForm.base_fields if hasattr(one, name)}
    initial = facts | {"product": one.product_id, "customer": one.customer_id, "version": version_of(one.updated_at)}
    form = UnitForm(sent(request), user=me(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit_unit(by=me(request), at=timezone.now(), unit=one, version=version, **form.facts())
        except actions.SerialTaken as taken:
            _taken(form, taken.unit)
        except ChangedMeanwhile as changed:
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = changed.version  # type: ignore[index]
            return _form_page(request, "subscriptions/edit_unit.html", form, one=one, conflict=True, status=409)
        else:
            return redirect("unit", pk)
    return _form_page(request, "subscriptions/edit_unit.html", form, one=one)


@require_http_methods(["GET", "POST"])
@needs("subscriptions.units")
def add_service(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what was done."""
    one = queries.get_unit_for(me(request), pk)
    form = ServiceForm(sent(request), initial={"day": current_firm().day_of(timezone.now())})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_service(by=me(request), at=timezone.now(), unit=one, **form.cleaned_data)
        except actions.WrongDay as wrong:
            _wrong_day(form, wrong)
        else:
            return redirect("unit", pk)
    context = {"form": form, "one": one}
    return render(request, "subscriptions/add_service.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("subscriptions.units")
def retire_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it no longer stands there."""
    one = queries.get_unit_for(me(request), pk)
    form = RetireForm(sent(request), initial={"day": current_firm().day_of(timezone.now())})
    if request.method == "POST" and form.is_valid():
        try:
            actions.retire_unit(by=me(request), at=timezone.now(), unit=one, day=form.cleaned_data["day"])
        except actions.WrongDay as wrong:
            _wrong_day(form, wrong)
        except actions.Retired:
            return redirect("unit", pk)
        else:
            return redirect("unit", pk)
    context = {"form": form, "one": one}
    return render(request, "subscriptions/retire_unit.html", context, status=422 if form.errors else 200)


@require_POST
@needs("subscriptions.units")
def unretire_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it stands there after all."""
    one = queries.get_unit_for(me(request), pk)
    try:
        actions.unretire_unit(by=me(request), at=timezone.now(), unit=one)
    except actions.Retired:  # somebody else was quicker: the page shows how it stands
        return redirect("unit", pk)
    return redirect("unit", pk)


@require_GET
@needs("subscriptions.export")
@after_confirming
def export_units(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, all of it."""
    visible, day = queries.units_for(me(request)), current_firm().day_of(timezone.now())
    found, _chips = queries.narrow_units(me(request), visible, params_of(request), today=day)
    head = [
        _("Serial number"),
        _("Product code"),
        _("Product"),
        _("Customer number"),
        _("Customer"),
        _("Installed on"),
        _("Warranty from"),
        _("Warranty until"),
        _("Months between services"),
        _("Next service"),
        _("Place"),
        _("Out of use since"),
        _("Note"),
    ]
    note_export(by=me(request), at=timezone.now(), what="unit")
    return csv_response("units", head, queries.exported_units(found))


def _form_page(request: HttpRequest, template: str, form: UnitForm, *, status: int = 0, **context: Any) -> HttpResponse:
    for name in ("product", "customer"):
        context |= {f"chosen_{name}": chosen(form, name), f"typed_{name}": typed(form, name)}
    context |= {"form": form}
    return render(request, template, context, status=status or (422 if form.errors else 200))


def _taken(form: UnitForm, other: Unit) -> None:
    # The other unit may be a customer's whom this person does not see, so nothing is said of it.
    words = _(
        "There is already a unit of this product with this serial number. <a class='s-link' href='{url}'>Find it</a>."
    )
    url = f"{reverse('units')}?{urlencode({'q': other.serial})}"
    form.add_error("serial", format_html(words, url=url))


def _wrong_day(form: Form, wrong: actions.WrongDay) -> None:
    day = date_format(wrong.after, "j M Y") if wrong.after else ""
    words = _("Choose a day not before %(day)s.") if wrong.field == "day" else _("Choose a day after %(day)s.")
    form.add_error(wrong.field, words % {"day": day})
