"""What every page's shell needs: the firm, who is signed in, where to go, and the help for this page."""

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.permissions import may
from setia.core.queries import current_firm


@dataclass(frozen=True)
class Entry:
    """A line of the navigation. A page says which one it belongs to by setting `here` to its key."""

    key: str
    label: Any
    icon: str
    name: str  # of the URL
    bar: bool = False  # in the phone's bottom bar, if it is among the first of these that the reader may open
    short: Any = ""
    parts: tuple[tuple[Any, str], ...] = ()
    verb: str = ""  # without it, the entry is not offered


_IN_BAR = 4  # beside "More", on 390 px

# `short` is the word under the phone's icon, where the full one would not fit.
_WITHIN = (
    (_("Cohorts"), "cohorts"),
    (_("RFM map"), "rfm"),
    (_("Moves"), "moves"),
    (_("Concentration"), "concentration"),
    (_("Value"), "value"),
    (_("Bought together"), "together"),
    (_("Renewal curves"), "curves"),
    (_("Accuracy"), "accuracy"),
)
_RECURRING = (
    (_("Subscriptions"), "subscriptions"),
    (_("Installed units"), "units"),
    (_("Plans"), "plans"),
)
_SELLING = (
    (_("My day"), "my_day"),
    (_("Pipeline"), "board"),
    (_("Opportunities"), "opportunities"),
    (_("First purchases to close"), "first_purchases"),
    (_("Activities"), "activities"),
    (_("Calendar"), "calendar"),
    (_("Team"), "team_day"),
    (_("Team board"), "live_board"),
    (_("Visits"), "visits"),
    (_("Prospects"), "prospects"),
    (_("Targets"), "targets"),
    (_("Commission"), "commission"),
)
_KNOW_HOW = (
    (_("Answers"), "answers"),
    (_("How to sell"), "playbook"),
    (_("Other brands"), "rivals"),
    (_("Experiments"), "experiments"),
)
_SERVED = (
    (_("Revisions and complaints"), "concerns"),
    (_("Contracts"), "contracts"),
)
NAVIGATION: tuple[Entry, ...] = (
    Entry("home", _("Home"), "house", "home", bar=True),
    Entry("customers", _("Customers"), "users", "customers", bar=True, verb="customers.view"),
    Entry(
        "sales", pgettext_lazy("navigation", "Sales"), "target", "my_day", bar=True, parts=_SELLING, verb="sales.view"
    ),
    Entry("orders", _("Orders"), "shopping-bag", "orders", bar=True, verb="orders.view"),
    Entry(
        "subscriptions",
        _("Subscriptions"),
        "refresh-cw",
        "subscriptions",
        parts=_RECURRING,
        verb="subscriptions.view",
    ),
    Entry(
        "service",
        pgettext_lazy("navigation", "Service"),
        "handshake",
        "concerns",
        parts=_SERVED,
        verb="service.view",
    ),
    Entry("products", _("Products"), "package", "products", verb="catalogue.view"),
    Entry(
        "know-how",
        pgettext_lazy("navigation", "Know-how"),
        "circle-help",
        "answers",
        parts=_KNOW_HOW,
        verb="planning.view",
    ),
    Entry(
        "understand",
        _("Understanding"),
        "chart-column",
        "cohorts",
        bar=True,
        short=_("Insight"),
        parts=_WITHIN,
        verb="portraits.view",
    ),
    Entry("reports", _("Reports"), "file-text", "reports", verb="reports.view"),
    Entry("import", _("Import"), "upload", "imports", verb="intake.view"),
    Entry("settings", _("Settings"), "settings", "settings"),
)
CREATIONS = (
    (_("Customer"), "user-plus", "add_customer", "customers.add"),
    (_("Order"), "shopping-bag", "add_order", "orders.add"),
    (_("Activity"), "calendar-clock", "plan_activity", "sales.activities"),
    (_("Opportunity"), "target", "add_opportunity", "sales.opportunities"),
    (pgettext_lazy("prospect", "Prospect"), "target", "add_prospect", "sales.prospects"),
    (_("Subscription"), "refresh-cw", "add_subscription", "subscriptions.add"),
    (_("Installed unit"), "wrench", "add_unit", "subscriptions.units"),
    (_("Product"), "package-plus", "add_product", "catalogue.add"),
    (_("Import a file"), "upload", "imports", "intake.run"),
)


def _address(name: str) -> str:
    """The page's address, or nothing while its room has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=4)
def _addresses(urlconf: str) -> dict[str, str]:
    names = {entry.name for entry in NAVIGATION} | {name for _label, _icon, name, _verb in CREATIONS}
    names |= {name for entry in NAVIGATION for _label, name in entry.parts}
    return {name: _address(name) for name in names | {"profile", "account_logout"}}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor for every Jinja2 page."""
    known = _addresses(settings.ROOT_URLCONF)
    match = getattr(request, "resolver_match", None)
    page = (match.url_name if match else "") or ""
    user: Any = getattr(request, "user", None) or AnonymousUser()
    navigation = [
        {
            "key": entry.key,
            "label": entry.label,
            "short": entry.short,
            "icon": entry.icon,
            "url": known[entry.name],
            "bar": entry.bar,
            "parts": [{"label": label, "url": known[name], "name": name} for label, name in entry.parts if known[name]],
        }
        for entry in NAVIGATION
        if known[entry.name] and (not entry.verb or may(user, entry.verb))  # only what there is, and may be opened
    ]
    for entry in [entry for entry in navigation if entry["bar"]][_IN_BAR:]:
        entry["bar"] = False  # it stands under "More"
    return {
        "firm": getattr(request, "firm", None) or current_firm(),
        "user": user,
        "may": partial(may, user),
        "navigation": navigation,
        "more": ["more", *(entry["key"] for entry in navigation if not entry["bar"])],
        "creations": [
            {"label": label, "icon": icon, "url": known[name]}
            for label, icon, name, verb in CREATIONS
            if known[name] and may(user, verb)
        ],
        "search_url": known["customers"],
        "profile_url": known["profile"],
        "sign_out_url": known["account_logout"],
        "help_url": reverse("help", args=[page if page and page != "help" else "home"]),
        "languages": settings.LANGUAGES,
        "page_name": page,
        "fragment": wants_fragment(request),
    }


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page: then the shell leaves its frame out."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request  # type: ignore[union-attr]
