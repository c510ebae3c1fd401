"""The entrances of this room: each parses, asks one question or calls one verb, and answers."""

import re
from collections import defaultdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.actions import note_export
from setia.accounts.queries import me
from setia.catalogue import actions, queries
from setia.catalogue.forms import ProductForm
from setia.catalogue.models import Product
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.sheets import csv_response
from setia.core.text import line
from setia.core.versions import ChangedMeanwhile, version_of

PAGE = 50
SORTS = {"name": gettext_lazy("name"), "code": gettext_lazy("code")}
_FIELD_NAME = re.compile(r"[a-z_]{1,40}(?:-[0-9]{1,4}-[a-z_]{1,40})?")


@require_GET
@needs("catalogue.view")
def products(request: HttpRequest) -> HttpResponse:
    """The list, a page of it."""
    params = _params(request)
    found, chips = queries.narrow(queries.products_for(me(request)), params)
    sort = params["sort"] if params["sort"] in SORTS else "name"
    page = keyset.page(queries.legs(found.select_related("category"), sort), size=PAGE, cursor=params["page"])
    context = {
        "products": page.rows,
        "count": keyset.count(found),
        "params": params,
        "sort": sort,
        "sorts": {key: (label, _address(params, sort=key)) for key, label in SORTS.items()},
        "chips": [(chip, _address(params, **{chip.key: ""})) for chip in chips],
        "kinds": [("", _("all")), *((code, str(label)) for code, label in Product.Kind.choices)],
        "categories": [("", _("all")), *((str(one.pk), one.name) for one in queries.categories())],
        "earlier": _address(params, page=page.earlier) if page.earlier else "",
        "later": _address(params, page=page.later) if page.later else "",
        "export": f"{reverse('export_products')}?{urlencode({key: value for key, value in params.items() if value})}",
        "unfiltered": not chips and not params["q"],
    }
    return render(request, "catalogue/products.html", context)


@require_GET
@needs("catalogue.view")
def product(request: HttpRequest, pk: int) -> HttpResponse:
    """One product."""
    return render(request, "catalogue/product.html", {"product": queries.get_product_for(me(request), pk)})


@require_http_methods(["GET", "POST"])
@needs("catalogue.add")
def add_product(request: HttpRequest) -> HttpResponse:
    """Add a product."""
    form = ProductForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        category = actions.category_named(form.cleaned_data["category_name"])
        try:
            added = actions.add(by=me(request), at=timezone.now(), category=category, **form.facts())
        except actions.CodeTaken as taken:
            _code_taken(form, taken.product)
        else:
            return redirect("product", added.pk)
    return _form_page(request, "catalogue/add_product.html", form)


@require_http_methods(["GET", "POST"])
@needs("catalogue.edit")
def edit_product(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is stated about a product."""
    one = queries.get_product_for(me(request), pk)
    form = ProductForm(request.POST or None, initial=_initial(one))
    if request.method == "POST" and form.is_valid():
        category = actions.category_named(form.cleaned_data["category_name"])
        version = form.cleaned_data["version"]
        try:
            actions.edit(
                by=me(request), at=timezone.now(), product=one, version=version, category=category, **form.facts()
            )
        except actions.CodeTaken as taken:
            _code_taken(form, taken.product)
        except ChangedMeanwhile as changed:
            return _conflict(request, form, one.pk, changed)
        else:
            return redirect("product", pk)
    return _form_page(request, "catalogue/edit_product.html", form, product=one)


@require_POST
@needs("catalogue.archive")
def archive_product(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a product off the list."""
    actions.archive(by=me(request), at=timezone.now(), product=queries.get_product_for(me(request), pk))
    return redirect("product", pk)


@require_POST
@needs("catalogue.restore")
def restore_product(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an archived product back."""
    actions.restore(by=me(request), at=timezone.now(), product=queries.get_product_for(me(request), pk))
    return redirect("product", pk)


@require_GET
@needs("catalogue.view")
def find_product(request: HttpRequest) -> HttpResponse:
    """The picker of a form: what matches the text typed, or the product picked (`pick`), as a fragment."""
    field = request.GET.get("field", "")
    if not _FIELD_NAME.fullmatch(field):
        raise Http404
    context: dict[str, Any] = {"field": field}
    if "pick" in request.GET:
        pick = request.GET["pick"]
        context["chosen"] = queries.get_product_for(me(request), int(pick)) if pick.isdecimal() else None
        response = render(request, "catalogue/picked_product.html", context)
        response["HX-Trigger-After-Settle"] = "picked"  # the form around it may have sums to count anew
        return response
    q = request.GET.get(f"{field}_q", "")
    return render(request, "catalogue/find_product.html", context | {"q": q, "found": queries.search(me(request), q)})


@require_GET
@needs("catalogue.export")
def export_products(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, all of it."""
    found, _chips = queries.narrow(queries.products_for(me(request)), _params(request))
    head = [
        _("Code"),
        _("Name"),
        _("Kind"),
        _("Category"),
        _("Price"),
        _("Warranty in months"),
        _("Notes"),
        _("Archived"),
    ]
    rows = (
        [
            one.code,
            one.name,
            one.get_kind_display(),
            one.category,
            one.price,
            one.warranty_months,
            one.notes,
            one.archived_at,
        ]
        for one in found.select_related("category").order_by("id").iterator(2000)
    )
    note_export(by=me(request), at=timezone.now(), what="product")
    return csv_response("products", head, rows)


def _params(request: HttpRequest) -> dict[str, str]:
    return defaultdict(str, {key: line(value)[:2000] for key, value in request.GET.dict().items()})


def _address(params: dict[str, str], **also: str) -> str:
    kept = {key: value for key, value in {**params, "page": "", **also}.items() if value}
    return f"{reverse('products')}?{urlencode(kept)}" if kept else reverse("products")


def _initial(one: Product) -> dict[str, Any]:
    facts = {name: getattr(one, name) for name in ("code", "name", "kind", "notes")}
    category = one.category.name if one.category else ""
    return facts | {
        "price": one.price,
        "warranty_months": one.warranty_months,
        "category_name": category,
        "version": version_of(one.updated_at),
    }


def _form_page(
    request: HttpRequest, template: str, form: ProductForm, *, status: int = 0, **context: Any
) -> HttpResponse:
    context |= {"form": form, "categories": queries.categories()}
    return render(request, template, context, status=status or (422 if form.errors else 200))


def _code_taken(form: ProductForm, other: Product) -> None:
    words = _("This code belongs to <a class='s-link' href='{url}'>{name}</a>. Use another, or open that product.")
    form.add_error("code", format_html(words, url=reverse("product", args=[other.pk]), name=str(other)))


def _conflict(request: HttpRequest, form: ProductForm, pk: int, changed: ChangedMeanwhile) -> HttpResponse:
    """Show the form again with what was typed, beside what the product says now; saving again then counts."""
    one = queries.get_product_for(me(request), pk)
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = changed.version  # type: ignore[index]
    now = _initial(one)
    theirs = [
        (bound.label, dict(getattr(bound.field, "choices", [])).get(now[bound.name], now[bound.name]) or _("empty"))
        for bound in form.visible_fields()
        if str(now[bound.name] or "") != str(form.data.get(bound.name) or "")
    ]
    return _form_page(request, "catalogue/edit_product.html", form, product=one, theirs=theirs, status=409)
