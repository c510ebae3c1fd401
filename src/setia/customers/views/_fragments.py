"""Whether the answer goes into a piece of a page, and what the rest of that page is told."""

from django.http import HttpRequest, HttpResponse


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx asks for a piece; a boosted link or form, and a browser without script, want a whole page."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted  # type: ignore[union-attr]


def record_changed(answer: HttpResponse) -> HttpResponse:
    """The same answer, which lets the timeline beside the piece show what has just been done."""
    answer["HX-Trigger-After-Settle"] = "record-changed"
    return answer
