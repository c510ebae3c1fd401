"""Pages of understanding: parse, ask one question, answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.portraits import queries


@require_GET
@needs("portraits.view")
def cohorts(request: HttpRequest) -> HttpResponse:
    """The cohort heat map, as shares or (`view=numbers`) as customers, and one cell's people."""
    page = queries.cohort_page(me(request), request.GET.dict())
    view = "numbers" if request.GET.get("view") == "numbers" else "shares"
    return render(request, "portraits/cohorts.html", {"page": page, "view": view})


@require_GET
@needs("portraits.view")
def rfm(request: HttpRequest) -> HttpResponse:
    """The map of recency by frequency and its groups."""
    return render(request, "portraits/rfm.html", {"page": queries.rfm_page(me(request))})


@require_GET
@needs("portraits.view")
def concentration(request: HttpRequest) -> HttpResponse:
    """How few customers brought how much."""
    return render(request, "portraits/concentration.html", {"page": queries.concentration_page(me(request))})


@require_GET
@needs("portraits.view")
def value(request: HttpRequest) -> HttpResponse:
    """What customers are expected to spend in the coming year."""
    return render(request, "portraits/value.html", {"page": queries.value_page(me(request))})
