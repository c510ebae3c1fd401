"""Add, edit, archive, restore, delete, note, and the picker that finds a customer for a form."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import after_confirming, me
from setia.core.permissions import may, needs
from setia.core.queries import today
from setia.core.versions import ChangedMeanwhile, version_of
from setia.customers import actions, queries
from setia.customers.field_forms import OWN, shown
from setia.customers.forms import CustomerForm, NewCustomerForm, NoteForm
from setia.customers.models import Customer
from setia.customers.queries import FieldDef

MOST_TICKED = 500
_FIELD_NAME = re.compile(r"[a-z_]{1,40}[0-9]{0,9}(?:-[0-9]{1,4}-[a-z_]{1,40})?")


@require_http_methods(["GET", "POST"])
@needs("customers.add")
def add_customer(request: HttpRequest) -> HttpResponse:
    """Add a customer."""
    now = timezone.now()
    initial = {"name": request.GET.get("name", "")}
    form = NewCustomerForm(
        request.POST or None,
        user=me(request),
        today=today(at=now),
        own=queries.custom_fields(version=queries.fields_version(request)),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        facts, anyway = _facts(form), bool(request.POST.get("anyway"))
        try:
            customer = actions.add(
                by=me(request), at=now, contacts=facts.pop("contacts"), unless_known=not anyway, **facts
            )
        except actions.KnownAlready as known:
            page = "customers/add_customer.html"
            return _form_page(request, page, form, twins=known.twins, elsewhere=known.elsewhere, status=409)
        except actions.NumberTaken as taken:
            form.add_error("number", number_taken(request, taken.customer))
        except actions.BadValue as bad:
            form.add_error(f"{OWN}{bad.field}", bad.words)
        else:
            return redirect("customer", customer.pk)
    return _form_page(request, "customers/add_customer.html", form)


@require_http_methods(["GET", "POST"])
@needs("customers.edit")
def edit_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is stated about a customer."""
    customer = queries.get_customer_for(me(request), pk)
    now = timezone.now()
    own = queries.custom_fields(version=queries.fields_version(request))
    form = CustomerForm(
        request.POST or None,
        user=me(request),
        today=today(at=now),
        customer=customer,
        own=own,
        initial=_initial(customer, own),
    )
    if request.method == "POST" and form.is_valid():
        facts = _facts(form)
        try:
            actions.edit(by=me(request), at=now, customer=customer, version=form.cleaned_data["version"], **facts)
        except actions.NumberTaken as taken:
            form.add_error("number", number_taken(request, taken.customer))
        except actions.BadValue as bad:
            form.add_error(f"{OWN}{bad.field}", bad.words)
        except ChangedMeanwhile as changed:
            return _conflict(request, form, changed)
        else:
            return redirect("customer", pk)
    return _form_page(request, "customers/edit_customer.html", form, customer=customer)


@require_POST
@needs("customers.archive")
def archive_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a customer off the lists."""
    actions.archive(by=me(request), at=timezone.now(), customer=queries.get_customer_for(me(request), pk))
    return redirect("customer", pk)


@require_POST
@needs("customers.archive")
def archive_customers(request: HttpRequest) -> HttpResponse:
    """Take the customers ticked in a list off it, and come back to the list."""
    keys = [int(key) for key in request.POST.getlist("id")[:MOST_TICKED] if key.isdecimal() and len(key) < 19]
    ticked = queries.customers_for(me(request)).filter(pk__in=keys)
    count = actions.archive_many(by=me(request), at=timezone.now(), customers=ticked)
    words = ngettext("%(count)s customer was archived.", "%(count)s customers were archived.", count)
    messages.info(request, words % {"count": count})
    back = request.POST.get("next", "")
    # Not `redirect`: it takes a text without a slash for the name of a page.
    safe = url_has_allowed_host_and_scheme(back, request.get_host())
    return HttpResponseRedirect(back if safe else reverse("customers"))


@require_POST
@needs("customers.restore")
def restore_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an archived customer back."""
    actions.restore(by=me(request), at=timezone.now(), customer=queries.get_customer_for(me(request), pk))
    return redirect("customer", pk)


@require_http_methods(["GET", "POST"])
@after_confirming
def delete_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what deleting means; delete."""
    customer = queries.get_customer_for(me(request), pk)
    refused = False
    if request.method == "POST":
        try:
            actions.delete(by=me(request), at=timezone.now(), customer=customer)
        except actions.StillReferenced:
            refused = True
        else:
            messages.info(request, _("%(name)s was deleted.") % {"name": customer.display_name})
            return redirect("customers")
    context = {"customer": customer, "refused": refused, "may_delete": may(me(request), "customers.delete")}
    return render(request, "customers/delete_customer.html", context, status=409 if refused else 200)


@require_POST
@needs("customers.note")
def add_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note on the timeline."""
    customer = queries.get_customer_for(me(request), pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return render(request, "customers/add_note.html", {"customer": customer, "form": form}, status=422)
    actions.note(by=me(request), at=timezone.now(), customer=customer, body=form.cleaned_data["body"])
    return redirect(f"{reverse('customer', args=[pk])}#timeline")


@require_GET
@needs("customers.view")
def find_customer(request: HttpRequest) -> HttpResponse:
    """The picker of a form: what matches the text typed, or the customer picked (`pick`), as a fragment."""
    field = request.GET.get("field", "")
    if not _FIELD_NAME.fullmatch(field):
        raise Http404
    people = queries.customers_for(me(request))
    context: dict[str, Any] = {"field": field}
    if "pick" in request.GET:
        pick = request.GET["pick"]
        context["chosen"] = queries.get_customer_for(me(request), int(pick)) if pick.isdecimal() else None
        return render(request, "customers/picked_customer.html", context)
    q = request.GET.get(f"{field}_q", "")
    return render(request, "customers/find_customer.html", context | {"q": q, "found": queries.search(people, q)})


def _facts(form: CustomerForm) -> dict[str, Any]:
    facts = {name: value for name, value in form.cleaned_data.items() if name != "version" and name[:4] != OWN}
    facts["industry"] = actions.industry_named(facts.pop("industry_name"))
    return facts


def _initial(customer: Customer, own: Sequence[FieldDef]) -> dict[str, Any]:
    facts = {name: getattr(customer, name) for name in CustomerForm.base_fields if hasattr(customer, name)}
    return facts | {
        "industry_name": customer.industry.name if customer.industry else "",
        "version": version_of(customer.updated_at),
        **{f"{OWN}{one.key}": shown(one, one.of(customer)) for one in own},
    }


def _form_page(
    request: HttpRequest, template: str, form: CustomerForm, *, status: int = 0, **context: Any
) -> HttpResponse:
    context |= {"form": form, "industries": queries.choices_of("industry"), "chosen": _chosen(request, form)}
    context["own"] = [(form[f"{OWN}{one.key}"], one, _referred(request, form, one)) for one in form.own]
    context["chosen_region"] = queries.region(form["region_code"].value() or "")
    return render(request, template, context, status=status or (422 if form.errors else 200))


def _chosen(request: HttpRequest, form: CustomerForm) -> Customer | None:
    """Who the form names as the one who recommended, as shown in its picker."""
    value = form["recommended_by"].value()
    if isinstance(value, Customer) or value is None:
        return value if value and queries.may_see(me(request), value) else None
    return queries.customers_for(me(request)).filter(pk=value).first() if str(value).isdecimal() else None


def _referred(request: HttpRequest, form: CustomerForm, field: FieldDef) -> Customer | None:
    """Whom the form names in a field that refers to another customer, as shown in its picker."""
    value = form[f"{OWN}{field.key}"].value() if field.letter == "r" else None
    key = str(value or "")
    return queries.customers_for(me(request)).filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None


def number_taken(request: HttpRequest, other: Customer) -> str:
    """What to tell somebody whose number another customer has."""
    if not queries.may_see(me(request), other):
        return _("This number belongs to a customer somebody else looks after. Use another.")
    words = _("This number belongs to <a class='s-link' href='{url}'>{name}</a>. Use another, or open that record.")
    return format_html(words, url=reverse("customer", args=[other.pk]), name=other.display_name)


def _conflict(request: HttpRequest, form: CustomerForm, changed: ChangedMeanwhile) -> HttpResponse:
    """Show the form again with what was typed, beside what the record says now; saving again then counts."""
    assert form.customer is not None
    current = queries.get_customer_for(me(request), form.customer.pk)
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = changed.version  # type: ignore[index]
    theirs = []
    initial = _initial(current, form.own)
    for bound in form.visible_fields():
        now, typed = initial.get(bound.name), form.cleaned_data.get(bound.name)
        if str(now or "") != str(typed or ""):
            choices = dict(getattr(bound.field, "choices", []))
            theirs.append((bound.label, choices.get(now, now) or _("empty")))
    return _form_page(request, "customers/edit_customer.html", form, customer=current, theirs=theirs, status=409)
