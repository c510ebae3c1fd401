"""The contact points of a customer."""

from typing import TYPE_CHECKING, Literal, cast

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from setia.api.door import Asked, answer, offer
from setia.api.problems import Problem, invalid
from setia.api.v1.fields import PROBLEMS, Given, Line500, ProblemShown, Shown
from setia.customers import actions, queries

if TYPE_CHECKING:
    from setia.customers.models import ContactPoint

router = Router(tags=["Customers"])

ContactKind = Literal["PHONE", "WHATSAPP", "EMAIL", "INSTAGRAM", "FACEBOOK", "TELEGRAM", "LINE", "TIKTOK", "ADDRESS"]
_AS_GIVEN = gettext_noop("As a person writes it; Setia keeps telephone numbers in E.164 and folds addresses.")


class ContactShown(Shown):
    id: int
    kind: ContactKind
    value: str = Field(description=gettext_noop("Normalised: E.164, folded address, user name without @."))
    shown: str = Field(description=gettext_noop("As it was given."))
    preferred: bool


class ContactGiven(Given):
    kind: ContactKind
    value: Line500 = Field(description=_AS_GIVEN)


def shown_contact(one: "ContactPoint") -> ContactShown:
    """A contact point as it goes out."""
    return ContactShown(
        id=one.pk, kind=cast(ContactKind, one.kind), value=one.value, shown=str(one), preferred=one.preferred
    )


class ContactList(Shown):
    items: list[ContactShown]


@offer(
    router,
    "GET",
    "/customers/{int:pk}/contacts",
    "customers.view",
    answers={200: ContactList, PROBLEMS: ProblemShown},
    summary=gettext_noop("List a customer's contacts"),
)
def list_contacts(request: Asked, pk: int) -> HttpResponse:
    customer = queries.get_customer_for(request.user, pk)
    return answer(ContactList(items=[shown_contact(one) for one in queries.contacts_of(customer)]))


@offer(
    router,
    "POST",
    "/customers/{int:pk}/contacts",
    "customers.edit",
    answers={201: ContactShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Add a contact to a customer"),
    once=True,
)
def add_customer_contact(request: Asked, pk: int, given: ContactGiven) -> HttpResponse:
    customer = queries.get_customer_for(request.user, pk)
    try:
        contact = actions.add_contact(
            by=request.user, at=timezone.now(), customer=customer, kind=given.kind, text=given.value
        )
    except actions.NotAContact as error:
        raise invalid("/value", not_a_contact(error)) from error
    except actions.ContactTaken as error:
        raise Problem("taken", _("This customer has this contact already.")) from error
    return answer(shown_contact(contact), status=201, location=reverse("api:list_contacts", args=[pk]))


@offer(
    router,
    "PATCH",
    "/customers/{int:pk}/contacts/{int:contact_pk}",
    "customers.edit",
    answers={200: ContactShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Correct a contact"),
)
def edit_customer_contact(request: Asked, pk: int, contact_pk: int, given: ContactGiven) -> HttpResponse:
    contact = queries.get_contact_for(request.user, pk, contact_pk)
    try:
        contact = actions.edit_contact(
            by=request.user, at=timezone.now(), contact=contact, kind=given.kind, text=given.value
        )
    except actions.NotAContact as error:
        raise invalid("/value", not_a_contact(error)) from error
    except actions.ContactTaken as error:
        raise Problem("taken", _("This customer has this contact already.")) from error
    return answer(shown_contact(contact))


@offer(
    router,
    "DELETE",
    "/customers/{int:pk}/contacts/{int:contact_pk}",
    "customers.edit",
    answers={204: None, PROBLEMS: ProblemShown},
    summary=gettext_noop("Remove a contact"),
)
def remove_customer_contact(request: Asked, pk: int, contact_pk: int) -> HttpResponse:
    actions.remove_contact(
        by=request.user, at=timezone.now(), contact=queries.get_contact_for(request.user, pk, contact_pk)
    )
    return answer(None)


@offer(
    router,
    "POST",
    "/customers/{int:pk}/contacts/{int:contact_pk}/prefer",
    "customers.edit",
    answers={200: ContactShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Make a contact the preferred one"),
)
def prefer_customer_contact(request: Asked, pk: int, contact_pk: int) -> HttpResponse:
    actions.prefer_contact(
        by=request.user, at=timezone.now(), contact=queries.get_contact_for(request.user, pk, contact_pk)
    )
    return answer(shown_contact(queries.get_contact_for(request.user, pk, contact_pk)))


def not_a_contact(error: actions.NotAContact) -> str:
    """What to tell whose text is not a contact point of its kind."""
    words = {
        "PHONE": _("“%(text)s” is not a telephone number. Write it as 0812-3456-7890, or with the country code: +65…"),
        "EMAIL": _("“%(text)s” is not an e-mail address. Write one address, like name@example.com."),
        "ADDRESS": _("The address is empty."),
    }
    handle = _("“%(text)s” is not a user name. Write it without spaces, or paste the link to the profile.")
    kind = "PHONE" if error.kind == "WHATSAPP" else error.kind
    return words.get(kind, handle) % {"text": error.text[:60]}
