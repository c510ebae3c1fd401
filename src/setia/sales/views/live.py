"""The team board: the page, the stream that keeps it true, and its parts for whoever has to ask."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from setia.accounts.queries import held_of, me
from setia.core.live import Deaf, Full, LiveResponse
from setia.core.permissions import needs
from setia.sales import live


@require_GET
@needs("sales.view")
def live_board(request: HttpRequest) -> HttpResponse:
    """The day so far. `tv=1`: over the whole window, to be read from afar."""
    context = live.figures(live.scene_of(me(request), _language()), at=timezone.now())
    return render(request, "sales/live_board.html", context | {"tv": request.GET.get("tv") == "1"})


@require_GET
@needs("sales.view")
def live_stream(request: HttpRequest) -> HttpResponseBase:
    """What changes on the board, as it changes. 204, after which a browser does not try again, where one has to ask."""
    if settings.WATCHERS:
        seen = request.headers.get("Last-Event-ID", "") or request.GET.get("seen", "")
        scene = live.scene_of(me(request), _language())
        try:
            watch = live.board.watch(scene, who=held_of(request), seen=seen[:40], most=settings.WATCHERS)
        except (Full, Deaf):
            return HttpResponse(status=204)
        return LiveResponse(watch)
    return HttpResponse(status=204)


@require_GET
@needs("sales.view")
def live_parts(request: HttpRequest) -> HttpResponse:
    """The whole board as it is, for a page that asks now and then."""
    return HttpResponse("\n".join(live.latest(live.scene_of(me(request), _language())).values()))


def _language() -> str:
    return (get_language() or "id")[:2]
