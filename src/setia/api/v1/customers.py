"""Customers and their contact points."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, cast

from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from setia.accounts.queries import somebody
from setia.api.door import Asked, answer, expected, offer
from setia.api.problems import Problem, invalid, wrong
from setia.api.v1.contacts import ContactGiven, ContactShown, not_a_contact, shown_contact
from setia.api.v1.fields import (
    PROBLEMS,
    Given,
    Key,
    Line60,
    Line64,
    Line100,
    Line200,
    Line300,
    Line500,
    Paged,
    ProblemShown,
    Shown,
    Text,
)
from setia.api.v1.paging import page_of
from setia.api.v1.twins import known_already
from setia.core.queries import today
from setia.core.versions import version_of
from setia.customers import actions, queries
from setia.customers.queries import contacts as by_contact
from setia.portraits import queries as portraits

if TYPE_CHECKING:
    from setia.customers.models import ContactPoint, Customer

router = Router(tags=["Customers"])

CustomerKind = Literal["PERSON", "COMPANY"]
Role = Literal["INTERNAL", "EXTERNAL", "INTERMEDIARY"]
Relation = Literal["", "CLIENT", "BUYER"]
Acquisition = Literal["", "RECOMMENDED", "OWN"]
Gender = Literal["", "FEMALE", "MALE"]

_FILTERS = ("kind", "acquisition", "gender", "region")
_CLASSES = ("role", "relation")
"""Filters by what counts, as in the lists: a person's word, what the record states, or what was computed."""


class CustomerShown(Shown):
    id: int
    kind: CustomerKind
    source: str = Field(description=gettext_noop("The system the customer number comes from."))
    number: str | None
    name: str
    call_name: str
    title: str
    role: Role = Field(description=gettext_noop("As the record states it; what counts stands in the portrait."))
    relation: Relation = Field(description=gettext_noop("As the record states it; what counts stands in the portrait."))
    industry: str
    acquisition: Acquisition
    recommended_by: int | None
    tax_number: str = Field(description=gettext_noop("NPWP or NIK as sixteen digits; empty where unknown."))
    gender: Gender
    birthday: date | None
    region: str
    notes: str
    owner: str | None = Field(description=gettext_noop("The e-mail address of who is responsible."))
    tags: list[str]
    own: dict[str, str | int] = Field(
        description=gettext_noop("Values of your own fields by their codes; numbers and money are text, days ISO 8601.")
    )
    contacts: list[ContactShown]
    archived_at: AwareDatetime | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class CustomerPage(Shown):
    items: list[CustomerShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class CustomerFacts(Given):
    """What can be said about a customer. Fields left out stay as they are."""

    kind: CustomerKind = "PERSON"
    number: Line100 | None = Field(None, description=gettext_noop("Your own customer number."))
    name: Line300 = Field("", description=gettext_noop("The full name; titles before and after it are put apart."))
    call_name: Line100 = ""
    title: Line100 = ""
    role: Role = "EXTERNAL"
    relation: Relation = ""
    industry: Line100 = Field("", description=gettext_noop("By name; a new one is added to the firm's list."))
    acquisition: Acquisition = ""
    recommended_by: Key | None = Field(
        None, description=gettext_noop("The key of the customer who recommended this one.")
    )
    tax_number: Line64 = Field("", description=gettext_noop("NPWP of 15 or 16 digits, or NIK, with dots or without."))
    gender: Gender = ""
    birthday: date | None = None
    region: Line200 = ""
    notes: Text = ""
    owner: Line300 | None = Field(None, description=gettext_noop("The e-mail address of who is responsible."))
    tags: list[Line60] = Field(
        default_factory=list, max_length=50, description=gettext_noop("These and no others; a new one is made.")
    )
    own: dict[str, str | int | Decimal | None] = Field(
        default_factory=dict,
        max_length=100,
        description=gettext_noop("Values of your own fields by their codes; null clears one, one left out stays."),
    )


class NewCustomer(CustomerFacts):
    """A customer to be added, with contacts."""

    contacts: list[ContactGiven] = Field(default_factory=list, max_length=50)


class CustomerFilters(Paged):
    sort: Literal["name", "newest"] = "newest"
    q: Line100 = Field("", description=gettext_noop("Part of a name, number or contact, as in the search box."))
    kind: CustomerKind | None = None
    role: Role | None = Field(None, description=gettext_noop("By what counts, as in the portrait."))
    relation: Literal["CLIENT", "BUYER"] | None = Field(
        None, description=gettext_noop("By what counts, as in the portrait.")
    )
    acquisition: Literal["RECOMMENDED", "OWN"] | None = None
    gender: Literal["FEMALE", "MALE"] | None = None
    region: Line200 = ""
    archived: bool = Field(False, description=gettext_noop("True: only archived ones; they are left out otherwise."))
    source: Line64 = Field("", description=gettext_noop("With “number”: the system the number comes from."))
    number: Line100 = Field("", description=gettext_noop("Exactly this customer number."))
    contact: Line500 = Field(
        "",
        description=gettext_noop("Exactly this telephone number, e-mail address or user name, however it is written."),
    )


class Forced(Given):
    force: bool = Field(
        False, description=gettext_noop("Add it although it looks like a customer who is here already.")
    )


class NoteGiven(Given):
    text: Text


def shown(
    customer: "Customer", contacts: "list[ContactPoint]", tags: list[str], own: "Sequence[queries.FieldDef]"
) -> CustomerShown:
    """A customer as it goes out."""
    fields = {
        name: getattr(customer, name)
        for name in CustomerShown.model_fields
        if name not in ("industry", "recommended_by", "contacts", "owner", "tags", "own")
    }
    return CustomerShown(
        **fields,
        industry=customer.industry.name if customer.industry else "",
        recommended_by=customer.recommended_by_id,
        owner=customer.owner.email if customer.owner else None,
        tags=tags,
        own={one.code: _plain(one, value) for one, value in queries.held(customer, own)},
        contacts=[shown_contact(one) for one in contacts],
    )


def _plain(field: "queries.FieldDef", value: Any) -> str | int:
    return value if field.letter == "r" else queries.in_words(field, value)


def etag_of(customer: "Customer", contacts: "list[ContactPoint]", tags: list[str]) -> str:
    """The customer's version, which If-Match compares, and a mark of contacts and tags, for who reads again."""
    mark = sha256(repr([(one.pk, one.kind, one.value, one.shown, one.preferred) for one in contacts] + tags).encode())
    return f"{version_of(customer.updated_at)}-{mark.hexdigest()[:8]}"


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    customer = queries.get_customer_for(request.user, pk)
    contacts = queries.contacts_of(customer)
    location = reverse("api:get_customer", args=[pk]) if status == 201 else ""
    tags = queries.tags_of_many([pk])[pk]
    etag = etag_of(customer, contacts, tags)
    return answer(
        shown(customer, contacts, tags, _own_fields(request)),
        status=status,
        etag=etag,
        location=location,
        request=request if request.method == "GET" else None,
    )


def _own_fields(request: Asked) -> "Sequence[queries.FieldDef]":
    return queries.custom_fields(version=queries.fields_version(request))


@offer(
    router,
    "GET",
    "/customers",
    "customers.view",
    answers={200: CustomerPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List customers"),
)
def list_customers(request: Asked, wanted: Query[CustomerFilters]) -> HttpResponse:
    found = queries.customers_for(request.user)
    if wanted.number:
        found = found.filter(number=wanted.number, source=wanted.source or "main")
    elif wanted.source:
        raise invalid("source", _("A source is asked for together with a number."))
    if wanted.contact:
        found = by_contact.reached_by(found, wanted.contact)
    params = {key: str(value) for key in _FILTERS if (value := getattr(wanted, key))}
    params |= {"archived": "1"} if wanted.archived else {}
    found, _chips = queries.narrow(found, params, archived_too=bool(wanted.number or wanted.contact))
    classes = {key: str(value) for key in _CLASSES if (value := getattr(wanted, key))}
    found, _chips = portraits.narrow(found, classes)
    if wanted.q:
        found = queries.matching(found, wanted.q).customers
    found = found.select_related("industry", "owner")
    legs = queries.legs_by_name(found) if wanted.sort == "name" else queries.legs_by_newest(found)
    page, after = page_of(legs, wanted, name="customers")
    keys = [one.pk for one in page.rows]
    contacts, tags, own = by_contact.contacts_of_many(keys), queries.tags_of_many(keys), _own_fields(request)
    items = [shown(one, contacts[one.pk], tags[one.pk], own) for one in page.rows]
    return answer(CustomerPage(items=items, next=after))


@offer(
    router,
    "POST",
    "/customers",
    "customers.add",
    answers={201: CustomerShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Add a customer"),
    once=True,
)
def add_customer(request: Asked, given: NewCustomer, wanted: Query[Forced]) -> HttpResponse:
    customer = add_one(request, given, force=wanted.force)
    return _answer(request, customer.pk, status=201)


@offer(
    router,
    "GET",
    "/customers/{int:pk}",
    "customers.view",
    answers={200: CustomerShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read a customer"),
)
def get_customer(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "PATCH",
    "/customers/{int:pk}",
    "customers.edit",
    answers={200: CustomerShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Change a customer"),
    conditional=True,
    once=True,
)
def edit_customer(request: Asked, pk: int, given: CustomerFacts) -> HttpResponse:
    customer = queries.get_customer_for(request.user, pk)
    edit_one(request, customer, given, version=expected(request))
    return _answer(request, pk)


@offer(
    router,
    "DELETE",
    "/customers/{int:pk}",
    "customers.delete",
    answers={204: None, PROBLEMS: ProblemShown},
    summary=gettext_noop("Delete a customer for good"),
)
def delete_customer(request: Asked, pk: int) -> HttpResponse:
    customer = queries.get_customer_for(request.user, pk)
    try:
        actions.delete(by=request.user, at=timezone.now(), customer=customer)
    except actions.StillReferenced as error:
        raise Problem("in-the-way", _("Orders name this customer. Archive the customer instead.")) from error
    return answer(None)


@offer(
    router,
    "POST",
    "/customers/{int:pk}/archive",
    "customers.archive",
    answers={200: CustomerShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Archive a customer"),
)
def archive_customer(request: Asked, pk: int) -> HttpResponse:
    actions.archive(by=request.user, at=timezone.now(), customer=queries.get_customer_for(request.user, pk))
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/customers/{int:pk}/restore",
    "customers.restore",
    answers={200: CustomerShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Take a customer out of the archive"),
)
def restore_customer(request: Asked, pk: int) -> HttpResponse:
    actions.restore(by=request.user, at=timezone.now(), customer=queries.get_customer_for(request.user, pk))
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/customers/{int:pk}/notes",
    "customers.note",
    answers={204: None, PROBLEMS: ProblemShown},
    summary=gettext_noop("Write a note about a customer"),
    once=True,
)
def add_customer_note(request: Asked, pk: int, given: NoteGiven) -> HttpResponse:
    customer = queries.get_customer_for(request.user, pk)
    try:
        actions.note(by=request.user, at=timezone.now(), customer=customer, body=given.text)
    except actions.EmptyNote as error:
        raise invalid("/text", _("The note is empty. Write something first.")) from error
    return answer(None)


def add_one(request: Asked, given: NewCustomer, *, force: bool, at: str = "") -> "Customer":
    """Add a customer through the verb of its room. `at` stands before the pointers of what is wrong: one of many."""
    facts = stated(request, given, None, at=at)
    contacts: list[tuple[str, str]] = [(one.kind, one.value) for one in given.contacts]
    if not facts.get("name") and not facts.get("number"):
        words = _("Give a name or a customer number, so that you find this customer again.")
        raise invalid(f"{at}/name", words)
    if by_contact.stands_twice(contacts):
        raise invalid(f"{at}/contacts", _("A contact stands here twice."))
    try:
        with transaction.atomic():
            customer = actions.add(
                by=request.user,
                at=timezone.now(),
                contacts=contacts,
                unless_known=not force,
                turns=not at,
                **cast(Any, facts),
            )
            _tag(request, customer, given, at)
            return customer
    except actions.KnownAlready as known:
        raise known_already(known) from known
    except actions.NumberTaken as error:
        raise number_taken(request, error.customer, at) from error
    except actions.BadValue as error:
        raise invalid(f"{at}/own/{error.field}", error.words) from error
    except actions.NotAContact as error:
        place = contacts.index((error.kind, error.text))
        raise invalid(f"{at}/contacts/{place}/value", not_a_contact(error)) from error


def edit_one(request: Asked, customer: "Customer", given: CustomerFacts, *, version: str, at: str = "") -> "Customer":
    """Change what was given about a customer, and nothing else."""
    facts = stated(request, given, customer, at=at)
    if not facts.get("name", customer.name) and not facts.get("number", customer.number):
        words = _("Give a name or a customer number, so that you find this customer again.")
        raise invalid(f"{at}/name", words)
    try:
        with transaction.atomic():
            now = timezone.now()
            changed = actions.edit(by=request.user, at=now, customer=customer, version=version, **cast(Any, facts))
            _tag(request, customer, given, at)
            return changed
    except actions.NumberTaken as error:
        raise number_taken(request, error.customer, at) from error
    except actions.BadValue as error:
        raise invalid(f"{at}/own/{error.field}", error.words) from error


def _tag(request: Asked, customer: "Customer", given: CustomerFacts, at: str) -> None:
    if "tags" in given.model_fields_set:
        try:
            actions.set_tags(by=request.user, at=timezone.now(), customer=customer, names=given.tags)
        except actions.EmptyTag as error:
            raise invalid(f"{at}/tags", _("There is no word in one of the tags.")) from error


def add_contacts(request: Asked, customer: "Customer", given: list[ContactGiven], *, at: str = "") -> bool:
    """Add the contacts a customer does not have yet; those that are there already stay. Answers whether any was new."""
    new = False
    for place, one in enumerate(given):
        if by_contact.has_contact(customer, one.kind, one.value):
            continue
        try:
            actions.add_contact(by=request.user, at=timezone.now(), customer=customer, kind=one.kind, text=one.value)
        except actions.NotAContact as error:
            raise invalid(f"{at}/contacts/{place}/value", not_a_contact(error)) from error
        new = True
    return new


def stated(request: Asked, given: CustomerFacts, customer: "Customer | None", *, at: str = "") -> dict[str, Any]:
    """What was given as facts for the verbs: names taken apart, keys and names turned into records."""
    facts = given.said(leaving_out=("contacts", "industry", "recommended_by", "owner", "tags", "own"))
    facts |= {"number": facts["number"] or None} if "number" in facts else {}
    if (born := facts.get("birthday")) and not date(1900, 1, 1) <= born <= today(at=timezone.now()):
        raise invalid(f"{at}/birthday", _("A birthday lies between 1900 and today."))
    if written := facts.get("tax_number"):
        facts["tax_number"] = queries.tax_number(written)
        if facts["tax_number"] is None:
            words = _("“%(text)s” is not a tax number. Check its 15 or 16 digits (NPWP), or the 16 of the NIK.")
            raise invalid(f"{at}/tax_number", words % {"text": written})
    kind = facts.get("kind") or (customer.kind if customer else "PERSON")
    name = facts.get("name", "")
    if name and (customer is None or name != customer.name):
        taken = by_contact.split_name(name)
        if taken.kind == "COMPANY":
            kind, facts["name"] = "COMPANY", taken.name
        elif kind == "PERSON":
            facts["name"] = taken.name
            if not facts.get("title") and taken.title:
                facts["title"] = taken.title
            if not facts.get("call_name") and taken.call_name:
                facts["call_name"] = taken.call_name
    if kind != (customer.kind if customer else None):
        facts["kind"] = kind
    if kind == "COMPANY":
        facts |= {"title": "", "call_name": "", "gender": "", "birthday": None}
    if "own" in given.model_fields_set:
        facts["extra"] = {code: _number_or(value) for code, value in given.own.items()}
    if "owner" in given.model_fields_set:
        facts["owner"] = somebody(given.owner) if given.owner else None
        if given.owner and facts["owner"] is None:
            raise invalid(f"{at}/owner", _("Nobody of the firm has this e-mail address."))
    if "industry" in given.model_fields_set:
        facts["industry"] = actions.industry_named(given.industry)
    if "recommended_by" in given.model_fields_set:
        facts["recommended_by"] = _recommender(request, given.recommended_by, customer, at)
    return facts


def _number_or(value: str | int | Decimal | None) -> str | int | Decimal | None:
    """A number as programs write it, `1.125`, and not as people do, who part thousands by a point."""
    return Decimal(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,20}\.[0-9]{1,10}", value) else value


def _recommender(request: Asked, pk: int | None, customer: "Customer | None", at: str) -> "Customer | None":
    if pk is None:
        return None
    if customer is not None and pk == customer.pk:
        raise invalid(f"{at}/recommended_by", _("Nobody recommends themselves."))
    try:
        return queries.get_customer_for(request.user, pk)
    except Http404 as error:
        raise invalid(f"{at}/recommended_by", _("There is no customer with this key.")) from error


def number_taken(request: Asked, other: "Customer", at: str = "") -> Problem:
    """The problem with a number that another customer has; that one is named as far as this person may see it."""
    seen = queries.customers_for(request.user).filter(pk=other.pk).exists()
    words = _("Another customer has this number.")
    candidates = [{"id": other.pk, "name": other.display_name, "url": reverse("api:get_customer", args=[other.pk])}]
    return Problem(
        "taken", words, errors=[wrong(f"{at}/number", words, "taken")], candidates=candidates if seen else []
    )
