"""What every page's shell needs: the firm, who is signed in, where to go, and the help for this page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from setia.web.format import current_firm

# key, words, icon, URL name, shown in the phone's bottom bar. A page says which it belongs to by `here`.
NAVIGATION = (
    ("home", _("Home"), "house", "home", True),
    ("customers", _("Customers"), "users", "customers", True),
    ("orders", _("Orders"), "shopping-bag", "orders", True),
    ("products", _("Products"), "package", "products", False),
    ("understand", _("Understanding"), "chart-column", "cohorts", True),
    ("reports", _("Reports"), "file-text", "reports", False),
    ("import", _("Import"), "upload", "imports", False),
    ("settings", _("Settings"), "settings", "settings", False),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor for every Jinja2 page."""
    user = getattr(request, "user", None)
    entries = []
    for key, label, icon, name, bar in NAVIGATION:
        try:
            entries.append({"key": key, "label": label, "icon": icon, "url": reverse(name), "bar": bar})
        except NoReverseMatch:  # a room whose page is not there yet keeps its place in the list, unseen
            continue
    match = getattr(request, "resolver_match", None)
    return {
        "firm": getattr(request, "firm", None) or current_firm(),
        "user": user,
        "navigation": entries,
        "languages": settings.LANGUAGES,
        "page_name": match.url_name if match else "",
        "fragment": bool(getattr(request, "htmx", False)) and not getattr(request.htmx, "boosted", False),  # type: ignore[attr-defined]
    }
