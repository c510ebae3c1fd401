"""The command palette: one box for records, pages and actions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.web.palette import find


@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """What the text typed finds, as a fragment."""
    q = request.GET.get("palette", "")
    groups = find(me(request), q, at=request.GET.get("at", ""))
    return render(request, "web/palette.html", {"groups": groups, "q": q})
