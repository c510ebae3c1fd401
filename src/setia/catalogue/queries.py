"""Questions about products. `products_for` and `get_product_for` are the only gates to them."""

from collections.abc import Collection, Mapping

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.catalogue import codes
from setia.catalogue.models import Category, Product
from setia.core.chips import Chip
from setia.core.keyset import Leg
from setia.core.permissions import Actor, may
from setia.core.text import line


def products_for(user: Actor) -> QuerySet[Product]:
    """The products this person may see, archived ones too; none for somebody who is not signed in."""
    return Product.objects.all() if may(user, "catalogue.view") else Product.objects.none()


def get_product_for(user: Actor, pk: int) -> Product:
    """One product with its category. Raises `Http404` for one this person may not see."""
    product = products_for(user).select_related("category").filter(pk=pk).first()
    if product is None:
        raise Http404
    return product


def categories() -> list[Category]:
    """All categories by name."""
    return list(Category.objects.order_by("name"))


def narrow(products: QuerySet[Product], params: Mapping[str, str]) -> tuple[QuerySet[Product], list[Chip]]:
    """Apply the filters an address names (`q`, `kind`, `category`, `archived`), and say which in words."""
    chips: list[Chip] = []
    if params.get("archived") == "1":
        products = products.filter(archived_at__isnull=False)
        chips.append(Chip(str(_("Archived")), str(pgettext_lazy("the filter Archived", "only")), "archived"))
    else:
        products = products.filter(archived_at=None)
    if (kind := params.get("kind", "")) in Product.Kind.values:
        products = products.filter(kind=kind)
        chips.append(Chip(str(_("Kind")), str(Product.Kind(kind).label), "kind"))
    if (pk := params.get("category", "")).isdecimal() and (category := Category.objects.filter(pk=pk).first()):
        products = products.filter(category=category)
        chips.append(Chip(str(_("Category")), category.name, "category"))
    return matching(products, params.get("q", "")), chips


def matching(products: QuerySet[Product], q: str) -> QuerySet[Product]:
    """Products whose code or name holds the text; of one or two characters, those whose code begins with it."""
    q = line(q)[:100].lower()
    return products.filter(search__contains=q) if len(q) > 2 else products.filter(search__startswith=q)


def search(user: Actor, q: str, *, most: int = 10) -> list[Product]:
    """The best few matches for a picker: codes that begin with the text first."""
    found = matching(products_for(user).filter(archived_at=None), q)
    return list(found.order_by("search", "id")[:most])


def legs(products: QuerySet[Product], sort: str) -> list[Leg]:
    """The list's order: `code`, or by name."""
    return [Leg(products, ("code", "id") if sort == "code" else ("name", "id"))]


def product_coded(user: Actor, text: str) -> Product | None:
    """The product with exactly this code, however it is written; None where there is none."""
    return products_for(user).filter(code=codes.code(text)).first()


def product_name(pk: int) -> str:
    """A product's name for a label on a page whose rows went through the gate; the key where there is none."""
    found = Product.objects.filter(pk=pk).first()
    return str(found) if found else f"#{pk}"


def names_of(keys: Collection[int]) -> dict[int, str]:
    """The names of products, or their codes where they have none, by key. One query."""
    return {one.pk: str(one) for one in Product.objects.filter(pk__in=keys).only("pk", "name", "code")} if keys else {}


def codes_of(keys: Collection[int]) -> dict[int, str]:
    """The codes of products, by key."""
    return dict(Product.objects.filter(pk__in=keys).values_list("pk", "code")) if keys else {}
