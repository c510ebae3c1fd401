"""Prospects: somebody who asked from another program's form, where they stand, and what became of them."""

from typing import TYPE_CHECKING, Literal

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from setia.accounts.queries import somebody
from setia.api.door import Asked, answer, expected, offer
from setia.api.problems import Problem, invalid
from setia.api.v1.contacts import ContactGiven, not_a_contact
from setia.api.v1.customers import Forced
from setia.api.v1.fields import (
    PROBLEMS,
    Given,
    Line60,
    Line100,
    Line200,
    Line300,
    Paged,
    ProblemShown,
    Shown,
    Text,
)
from setia.api.v1.paging import page_of
from setia.api.v1.twins import known_already
from setia.core.versions import version_of
from setia.customers.actions import KnownAlready, NotAContact
from setia.customers.queries.contacts import split_name, stands_twice
from setia.sales import actions, queries

if TYPE_CHECKING:
    from setia.sales.models import Prospect

router = Router(tags=["Prospects"])

Status = Literal["NEW", "WORKING", "QUALIFIED", "UNQUALIFIED", "WON"]
Reason = Literal[
    "",
    "NEEDS_IT",
    "HAS_BUDGET",
    "DECIDES",
    "SOON",
    "NO_NEED",
    "NO_BUDGET",
    "LATER",
    "NO_ANSWER",
    "UNREACHABLE",
    "COMPETITOR",
    "NO_FIT",
    "SPAM",
    "OTHER",
]


class ProspectShown(Shown):
    id: int
    customer_id: int
    name: str
    owner: str | None = Field(description=gettext_noop("The e-mail address of who is responsible."))
    status: Status
    reason: Reason
    note: str
    how: Literal["HAND", "FORM", "FILE", "API"]
    source: str
    campaign: str
    captured_at: AwareDatetime
    due_at: AwareDatetime | None = Field(description=gettext_noop("By when somebody should have been in touch."))
    first_touch_at: AwareDatetime | None
    closed_at: AwareDatetime | None = Field(description=gettext_noop("Since when they are won or not suitable."))
    fit: int | None
    updated_at: AwareDatetime


class ProspectPage(Shown):
    items: list[ProspectShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class ProspectGiven(Given):
    """Somebody new. A name or a contact is enough."""

    name: Line300 = Field("", description=gettext_noop("The full name; titles before and after it are put apart."))
    contacts: list[ContactGiven] = Field(default_factory=list, max_length=20)
    region: Line200 = ""
    source: Line60 = Field("", description=gettext_noop("Where they heard of you, such as Instagram."))
    campaign: Line100 = ""
    note: Text = Field("", description=gettext_noop("What they want."))
    owner: Line300 | None = Field(None, description=gettext_noop("The e-mail address of who is responsible."))


class ProspectFilters(Paged):
    sort: Literal["newest", "waiting", "fit"] = "newest"
    status: Status | None = Field(None, description=gettext_noop("Left out: all who are open."))
    source: Line60 = ""
    owner: Line300 = Field("", description=gettext_noop("The e-mail address of who is responsible."))
    waiting: bool = Field(False, description=gettext_noop("True: only those nobody was in touch with."))
    q: Line100 = Field("", description=gettext_noop("Part of a name, number or contact, as in the search box."))


class QualifyGiven(Given):
    status: Literal["NEW", "WORKING", "QUALIFIED", "UNQUALIFIED"]
    reason: Reason = ""
    note: Text = ""


def shown(one: "Prospect") -> ProspectShown:
    """A prospect as it goes out."""
    customer = one.customer
    own = {name: getattr(one, name) for name in ProspectShown.model_fields if name not in ("name", "owner")}
    return ProspectShown(**own, name=customer.name, owner=customer.owner.email if customer.owner else None)


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    one = queries.get_prospect_for(request.user, pk)
    return answer(
        shown(one),
        status=status,
        etag=version_of(one.updated_at),
        location=reverse("api:get_prospect", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


@offer(
    router,
    "GET",
    "/prospects",
    "sales.view",
    answers={200: ProspectPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List prospects"),
)
def list_prospects(request: Asked, wanted: Query[ProspectFilters]) -> HttpResponse:
    person = somebody(wanted.owner) if wanted.owner else None
    if wanted.owner and person is None:
        raise invalid("owner", _("Nobody of the firm has this e-mail address."))
    owner = str(person.pk) if person else ""
    params = {"q": wanted.q, "source": wanted.source, "owner": owner, "waiting": "1" if wanted.waiting else ""}
    found = queries.prospects_for(request.user)
    found, _chips = queries.narrow_prospects(request.user, found, params, {owner: wanted.owner})
    found = queries.of_status(found, wanted.status or "")
    page, after = page_of(queries.prospect_legs(found, sort=wanted.sort), wanted, name="prospects")
    return answer(ProspectPage(items=[shown(one) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/prospects",
    "sales.prospects",
    answers={201: ProspectShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Take a prospect down"),
    once=True,
)
def add_prospect(request: Asked, given: ProspectGiven, wanted: Query[Forced]) -> HttpResponse:
    contacts: list[tuple[str, str]] = [(one.kind, one.value) for one in given.contacts]
    if not given.name and not contacts:
        raise invalid("/name", _("Give a name, or a way to reach them."))
    if stands_twice(contacts):
        raise invalid("/contacts", _("A contact stands here twice."))
    owner = somebody(given.owner) if given.owner else None
    if given.owner and owner is None:
        raise invalid("/owner", _("Nobody of the firm has this e-mail address."))
    try:
        with transaction.atomic():
            made = actions.capture(
                by=request.user,
                at=timezone.now(),
                contacts=contacts,
                region=given.region,
                owner=owner,
                anyway=wanted.force,
                keep=False,
                how="API",
                source=given.source,
                campaign=given.campaign,
                note=given.note,
                **split_name(given.name)._asdict(),
            )
            if owner is None:
                actions.share(at=made.captured_at, customer_ids=[made.customer_id])
    except KnownAlready as known:
        raise known_already(known) from known
    except NotAContact as error:
        place = contacts.index((error.kind, error.text))
        raise invalid(f"/contacts/{place}/value", not_a_contact(error)) from error
    return _answer(request, made.pk, status=201)


@offer(
    router,
    "GET",
    "/prospects/{int:pk}",
    "sales.view",
    answers={200: ProspectShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read a prospect"),
)
def get_prospect(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/prospects/{int:pk}/qualify",
    "sales.prospects",
    answers={200: ProspectShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Say where a prospect stands, and why"),
    conditional=True,
    once=True,
)
def qualify_prospect(request: Asked, pk: int, given: QualifyGiven) -> HttpResponse:
    one = queries.get_prospect_for(request.user, pk)
    facts = given.model_dump()
    try:
        actions.qualify(by=request.user, at=timezone.now(), prospect=one, version=expected(request), **facts)
    except actions.ReasonNeeded as error:
        raise invalid("/reason", _("Say why they are not suitable.")) from error
    except actions.WonByOrder as error:
        raise Problem("in-the-way", _("They have bought: only their orders say where they stand.")) from error
    return _answer(request, pk)
