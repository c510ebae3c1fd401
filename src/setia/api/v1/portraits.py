"""What Setia knows about customers, for reading."""

from datetime import date
from typing import TYPE_CHECKING, Literal

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from setia.api.door import Asked, answer, offer
from setia.api.v1.fields import PROBLEMS, Money, Paged, ProblemShown, Shown
from setia.api.v1.paging import page_of
from setia.core.keyset import Leg
from setia.core.versions import version_of
from setia.customers.queries import customers_for, get_customer_for
from setia.portraits import queries

if TYPE_CHECKING:
    from setia.portraits.models import Portrait

router = Router(tags=["Portraits"])

Stage = Literal["REACH", "RELATIONSHIP", "FIRST", "RETENTION", "LOYALTY", "DEFECTED"]
Role = Literal["INTERNAL", "EXTERNAL", "INTERMEDIARY"]
Trait = Literal["NEW", "POTENTIAL", "IMPULSIVE", "THRIFTY", "DEVOTED", "ADVOCATE"]


class PortraitShown(Shown):
    customer_id: int
    as_of_date: date = Field(description=gettext_noop("The day these figures stand at."))
    stage: Stage = Field(description=gettext_noop("What counts: a person's word, or what was computed."))
    role: Role
    relation: Literal["", "CLIENT", "BUYER"]
    service: Literal["", "CUSTOM", "STANDARD"]
    interaction: Literal["", "DIRECT", "CHANNELS"]
    overruled: list[str] = Field(
        description=gettext_noop("The classes whose value does not come from computing: said by a person, or stated.")
    )
    loyal: bool
    general: bool
    traits: list[Trait]
    trait_scores: dict[str, float] = Field(description=gettext_noop("From 0 to 1; a trait is shown from .5 on."))
    first_date: date | None = Field(description=gettext_noop("The first purchase day."))
    latest_date: date | None
    purchase_days: int
    purchases: int
    spent: Money
    spent_12_months: Money
    returned: Money
    r: int | None = Field(description=gettext_noop("Quintiles of recency, frequency and money; 5 is best."))
    f: int | None
    m: int | None
    rfm_cell: str
    p_alive: float | None
    expected_purchases: float | None = Field(description=gettext_noop("Over the next 365 days."))
    risk: float | None = Field(description=gettext_noop("The probability of no purchase in the next 365 days."))
    value: Money | None = Field(description=gettext_noop("Expected spend in the next 365 days."))
    value_low: Money | None = Field(description=gettext_noop("The lower end of the 80 % interval."))
    value_high: Money | None
    next_from_date: date | None = Field(description=gettext_noop("When the next purchase is expected, from … to."))
    next_to_date: date | None
    usual_gap_days: float | None
    leaving: bool
    computed_at: AwareDatetime


class PortraitPage(Shown):
    items: list[PortraitShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class PortraitFilters(Paged):
    stage: Stage | None = None
    role: Role | None = None
    relation: Literal["CLIENT", "BUYER"] | None = None
    leaving: bool = Field(False, description=gettext_noop("True: only customers about to leave."))


def shown(portrait: "Portrait") -> PortraitShown:
    """A portrait as it goes out."""
    fields = {name: getattr(portrait, name) for name in PortraitShown.model_fields if name != "overruled"}
    fields["overruled"] = sorted(portrait.computed)
    fields["trait_scores"] = {
        name: score for name, score in fields["trait_scores"].items() if isinstance(score, int | float)
    }
    return PortraitShown(**fields)


@offer(
    router,
    "GET",
    "/portraits",
    "customers.view",
    answers={200: PortraitPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List what Setia knows about customers"),
)
def list_portraits(request: Asked, wanted: Query[PortraitFilters]) -> HttpResponse:
    found = queries.portraits_among(customers_for(request.user))
    if wanted.stage:
        found = found.filter(stage=wanted.stage)
    if wanted.role:
        found = found.filter(role=wanted.role)
    if wanted.relation:
        found = found.filter(relation=wanted.relation)
    if wanted.leaving:
        found = found.filter(leaving=True)
    page, after = page_of([Leg(found, ("customer_id",))], wanted, name="portraits")
    return answer(PortraitPage(items=[shown(one) for one in page.rows], next=after))


@offer(
    router,
    "GET",
    "/customers/{int:pk}/portrait",
    "customers.view",
    answers={200: PortraitShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read what Setia knows about a customer"),
)
def get_portrait(request: Asked, pk: int) -> HttpResponse:
    customer = get_customer_for(request.user, pk)
    portrait = queries.portraits_among(customers_for(request.user)).filter(pk=customer.pk).first()
    if portrait is None:
        raise Http404
    return answer(shown(portrait), request=request, etag=version_of(portrait.computed_at))
