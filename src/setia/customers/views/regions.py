"""Regions: the picker of a form, where the customers live, and what a free text means."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from setia.accounts.queries import me
from setia.core.permissions import may, needs
from setia.customers import actions, queries


@require_GET
@needs("customers.view")
def find_region(request: HttpRequest) -> HttpResponse:
    """The picker of a form: regions that match what is typed, or the one picked (`pick`), as a fragment."""
    if "pick" in request.GET:
        return render(
            request, "customers/picked_region.html", {"chosen": queries.region(request.GET["pick"]), "typed": ""}
        )
    q = request.GET.get("region", "")[:200]
    return render(request, "customers/find_region.html", {"q": q, "found": queries.find_regions(q)})


@require_GET
@needs("customers.view")
def regions(request: HttpRequest) -> HttpResponse:
    """Where the customers live: a map of provinces, and from each down the tree."""
    found = queries.distribution(me(request), request.GET.get("within", ""))
    most = max((share.customers for share in found.shares), default=1)
    context = {
        "found": found,
        "total": sum(share.customers for share in found.shares),
        "most": most,
        "tiles": queries.tiles(found.shares) if found.within is None else [],
        "unread": queries.unread_spellings(most=50) if found.within is None else [],
        "edition": queries.region_edition(),
        "may_edit": may(me(request), "customers.edit"),
    }
    return render(request, "customers/regions.html", context)


@require_http_methods(["GET", "POST"])
def explain_region(request: HttpRequest) -> HttpResponse:
    """Say once what a free text means; it then holds for everybody who has it."""
    text = (request.POST if request.method == "POST" else request.GET).get("text", "")[:200]
    if not text or not may(me(request), "customers.edit"):
        raise Http404
    error = ""
    if request.method == "POST":
        code = request.POST.get("region_code", "")
        try:
            actions.explain_region(by=me(request), at=timezone.now(), text=text, code=code)
        except actions.NoSuchRegion:
            error = _("Choose a region from the list that opens while you type.")
        else:
            return redirect("regions")
    context = {"text": text, "error": error, "chosen": None, "typed": request.POST.get("region", "")}
    return render(request, "customers/explain_region.html", context, status=422 if error else 200)
