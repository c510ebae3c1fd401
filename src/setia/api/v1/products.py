"""Products."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import AwareDatetime, Field

from setia.api.door import Asked, answer, expected, offer
from setia.api.problems import Problem, invalid, wrong
from setia.api.v1.fields import (
    PROBLEMS,
    Amount,
    Given,
    Line100,
    Line200,
    Line300,
    Money,
    Paged,
    ProblemShown,
    Shown,
    Text,
)
from setia.api.v1.paging import page_of
from setia.catalogue import actions, queries
from setia.core.versions import version_of

if TYPE_CHECKING:
    from setia.catalogue.models import Product

router = Router(tags=["Products"])

ProductKind = Literal["GOODS", "SERVICE"]


class ProductShown(Shown):
    id: int
    code: str
    name: str
    kind: ProductKind
    category: str
    price: Money | None = Field(description=gettext_noop("For one, in the firm's currency."))
    warranty_months: int | None = Field(description=gettext_noop("From the day it is bought."))
    notes: str
    archived_at: AwareDatetime | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ProductPage(Shown):
    items: list[ProductShown]
    next: str | None = Field(description=gettext_noop("The cursor of the next page; null on the last one."))


class ProductFacts(Given):
    """What can be said about a product. Fields left out stay as they are."""

    code: Line100 = Field("", description=gettext_noop("Capitals and spaces around it do not count."))
    name: Line300 = ""
    kind: ProductKind = "GOODS"
    category: Line200 = Field("", description=gettext_noop("By name; a new one is added to the firm's list."))
    price: Amount | None = Field(None, description=gettext_noop("For one, in the firm's currency."))
    warranty_months: Annotated[int, Field(ge=1, le=600)] | None = Field(
        None, description=gettext_noop("From the day it is bought.")
    )
    notes: Text = ""


class ProductFilters(Paged):
    sort: Literal["code", "name"] = "code"
    q: Line100 = Field("", description=gettext_noop("Part of a code or name; one or two letters begin a code."))
    kind: ProductKind | None = None
    code: Line100 = Field("", description=gettext_noop("Exactly this code, however it is written."))
    archived: bool = Field(False, description=gettext_noop("True: only archived ones; they are left out otherwise."))


def shown(product: "Product") -> ProductShown:
    """A product as it goes out."""
    fields: dict[str, Any] = {name: getattr(product, name) for name in ProductShown.model_fields if name != "category"}
    return ProductShown(**fields, category=product.category.name if product.category else "")


def _answer(request: Asked, pk: int, *, status: int = 200) -> HttpResponse:
    product = queries.get_product_for(request.user, pk)
    return answer(
        shown(product),
        status=status,
        etag=version_of(product.updated_at),
        location=reverse("api:get_product", args=[pk]) if status == 201 else "",
        request=request if request.method == "GET" else None,
    )


@offer(
    router,
    "GET",
    "/products",
    "catalogue.view",
    answers={200: ProductPage, PROBLEMS: ProblemShown},
    summary=gettext_noop("List products"),
)
def list_products(request: Asked, wanted: Query[ProductFilters]) -> HttpResponse:
    found = queries.products_for(request.user)
    if wanted.code:
        one = queries.product_coded(request.user, wanted.code)
        found = found.filter(pk=one.pk) if one else found.none()
    params = {"q": wanted.q, "kind": wanted.kind or "", "archived": "1" if wanted.archived else ""}
    found, _chips = queries.narrow(found, params) if not wanted.code else (found, [])
    page, after = page_of(queries.legs(found.select_related("category"), wanted.sort), wanted, name="products")
    return answer(ProductPage(items=[shown(one) for one in page.rows], next=after))


@offer(
    router,
    "POST",
    "/products",
    "catalogue.add",
    answers={201: ProductShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Add a product"),
    once=True,
)
def add_product(request: Asked, given: ProductFacts) -> HttpResponse:
    return _answer(request, add_one(request, given).pk, status=201)


@offer(
    router,
    "GET",
    "/products/{int:pk}",
    "catalogue.view",
    answers={200: ProductShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read a product"),
)
def get_product(request: Asked, pk: int) -> HttpResponse:
    return _answer(request, pk)


@offer(
    router,
    "PATCH",
    "/products/{int:pk}",
    "catalogue.edit",
    answers={200: ProductShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Change a product"),
    conditional=True,
    once=True,
)
def edit_product(request: Asked, pk: int, given: ProductFacts) -> HttpResponse:
    edit_one(request, queries.get_product_for(request.user, pk), given, version=expected(request))
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/products/{int:pk}/archive",
    "catalogue.archive",
    answers={200: ProductShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Archive a product"),
)
def archive_product(request: Asked, pk: int) -> HttpResponse:
    actions.archive(by=request.user, at=timezone.now(), product=queries.get_product_for(request.user, pk))
    return _answer(request, pk)


@offer(
    router,
    "POST",
    "/products/{int:pk}/restore",
    "catalogue.restore",
    answers={200: ProductShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Take a product out of the archive"),
)
def restore_product(request: Asked, pk: int) -> HttpResponse:
    actions.restore(by=request.user, at=timezone.now(), product=queries.get_product_for(request.user, pk))
    return _answer(request, pk)


def add_one(request: Asked, given: ProductFacts, *, at: str = "") -> "Product":
    """Add a product. `at` stands before the pointers of what is wrong."""
    try:
        return actions.add(by=request.user, at=timezone.now(), **cast(Any, _stated(given)))
    except actions.NoCode as error:
        raise invalid(f"{at}/code", _("A product needs a code."), "missing") from error
    except actions.CodeTaken as error:
        raise _code_taken(request, error.product, at) from error


def edit_one(request: Asked, product: "Product", given: ProductFacts, *, version: str, at: str = "") -> "Product":
    """Change what was given about a product, and nothing else."""
    try:
        return actions.edit(
            by=request.user, at=timezone.now(), product=product, version=version, **cast(Any, _stated(given))
        )
    except actions.NoCode as error:
        raise invalid(f"{at}/code", _("A product needs a code."), "missing") from error
    except actions.CodeTaken as error:
        raise _code_taken(request, error.product, at) from error


def _stated(given: ProductFacts) -> dict[str, Any]:
    facts = given.said(leaving_out=("category",))
    if "category" in given.model_fields_set:
        facts["category"] = actions.category_named(given.category)
    if isinstance(facts.get("price"), Decimal):
        facts["price"] = facts["price"].quantize(Decimal("0.0001"))
    return facts


def _code_taken(request: Asked, other: "Product", at: str) -> Problem:
    words = _("Another product has this code.")
    seen = queries.products_for(request.user).filter(pk=other.pk).exists()
    candidates = [{"id": other.pk, "name": str(other), "url": reverse("api:get_product", args=[other.pk])}]
    return Problem("taken", words, errors=[wrong(f"{at}/code", words, "taken")], candidates=candidates if seen else [])
