"""Contact points: add, edit, remove, prefer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.customers import actions, queries
from setia.customers.forms import ContactForm


@require_http_methods(["GET", "POST"])
@needs("customers.edit")
def add_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a way to reach a customer."""
    customer = queries.get_customer_for(me(request), pk)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_contact(by=me(request), at=timezone.now(), customer=customer, **form.cleaned_data)
        except actions.ContactTaken:
            _taken(form)
        else:
            return redirect("customer", pk)
    context = {"form": form, "customer": customer}
    return render(request, "customers/add_contact.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("customers.edit")
def edit_contact(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Correct a contact point."""
    contact = queries.get_contact_for(me(request), pk, contact_pk)
    form = ContactForm(request.POST or None, initial={"kind": contact.kind, "text": str(contact)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_contact(by=me(request), at=timezone.now(), contact=contact, **form.cleaned_data)
        except actions.ContactTaken:
            _taken(form)
        else:
            return redirect("customer", pk)
    context = {"form": form, "customer": contact.customer, "contact": contact}
    return render(request, "customers/edit_contact.html", context, status=422 if form.errors else 200)


@require_POST
@needs("customers.edit")
def remove_contact(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Remove a contact point."""
    contact = queries.get_contact_for(me(request), pk, contact_pk)
    actions.remove_contact(by=me(request), at=timezone.now(), contact=contact)
    return redirect("customer", pk)


@require_POST
@needs("customers.edit")
def prefer_contact(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Make a contact point the preferred one."""
    contact = queries.get_contact_for(me(request), pk, contact_pk)
    actions.prefer_contact(by=me(request), at=timezone.now(), contact=contact)
    return redirect("customer", pk)


def _taken(form: ContactForm) -> None:
    form.add_error("text", _("This customer has it already."))
