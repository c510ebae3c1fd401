"""What the command palette offers: pages and actions by their words, records by theirs."""

import re
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from setia.accounts.models import User
from setia.catalogue import queries as catalogue
from setia.core.permissions import may
from setia.core.text import line
from setia.customers import queries as customers
from setia.orders import queries as orders
from setia.planning import queries as planning
from setia.web.context import CREATIONS, NAVIGATION

RECORDS, OTHERS, WORDS = 6, 3, 7
_ON_CUSTOMER = re.compile(r"/customers/([0-9]{1,18})/")
# Pages that stand in no navigation: words, icon, address, and the verb that opens it ('' for everybody).
_ALSO: tuple[tuple[Any, str, str, str], ...] = (
    (gettext_lazy("Mentions"), "at-sign", "mentions", ""),
    (gettext_lazy("Coming days"), "cake", "coming_days", "customers.view"),
    (gettext_lazy("Where customers live"), "map-pin", "regions", "customers.view"),
    (gettext_lazy("Tags"), "tag", "tags", "customers.view"),
    (gettext_lazy("Your profile"), "user", "profile", ""),
)
_HERE: tuple[tuple[Any, str, str, str], ...] = (
    (gettext_lazy("Edit this customer"), "pencil", "edit_customer", "customers.edit"),
    (gettext_lazy("Who is around this customer"), "users", "related", "customers.view"),
)


class Offer(NamedTuple):
    """One line of the palette."""

    words: str
    note: str
    icon: str
    href: str


class Found(NamedTuple):
    """Lines under a heading."""

    heading: str
    offers: list[Offer]


def find(user: User, q: str, *, at: str = "") -> list[Found]:
    """What a text finds, in groups; what can be done and opened, for no text. `at` is the path of the page behind."""
    q = line(q)[:100]
    groups = [Found(_("Customers"), _customers(user, q)), Found(_("Pages and actions"), _pages(user, q, at))]
    if len(q) >= 3:
        groups.append(Found(_("Orders"), _orders(user, q)))
        groups.append(Found(_("Products"), _products(user, q)))
        groups.append(Found(pgettext("navigation", "Know-how"), _know_how(user, q)))
    return [group for group in groups if group.offers]


def _customers(user: User, q: str) -> list[Offer]:
    if not q:
        return []
    found = customers.search(customers.customers_for(user), q, most=RECORDS)
    icon = {"PERSON": "user", "COMPANY": "building-2"}
    offers = [
        Offer(
            one.display_name, one.number or one.region, icon.get(one.kind, "user"), reverse("customer", args=[one.pk])
        )
        for one in found
    ]
    if len(offers) == RECORDS:
        offers.append(Offer(_("All customers for “%(q)s”") % {"q": q}, "", "search", _listed("customers", q)))
    return offers


def _orders(user: User, q: str) -> list[Offer]:
    found, _chips = orders.narrow(user, orders.orders_for(user), {"q": q}) if any(map(str.isdigit, q)) else ([], [])
    return [Offer(one.number, "", "receipt", reverse("order", args=[one.pk])) for one in found[:OTHERS]]


def _products(user: User, q: str) -> list[Offer]:
    found = catalogue.search(user, q, most=OTHERS)
    return [Offer(one.name or one.code, one.code, "package", reverse("product", args=[one.pk])) for one in found]


def _know_how(user: User, q: str) -> list[Offer]:
    found = planning.find_answers(planning.answers_for(user).filter(archived_at=None), q, most=OTHERS)
    offers = [
        Offer(one.question, str(one.product or one.category or ""), "circle-help", reverse("answer", args=[one.pk]))
        for one in found
    ]
    return offers + [
        Offer(one.name, _("other brand"), "scale", reverse("rival", args=[one.pk]))
        for one in planning.find_rivals(user, q)
    ]


def _pages(user: User, q: str, at: str) -> list[Offer]:
    offers = [
        Offer(str(words), _("create"), icon, _address(name)) for words, icon, name, verb in CREATIONS if may(user, verb)
    ]
    for entry in NAVIGATION:
        if entry.verb and not may(user, entry.verb):
            continue
        offers.append(Offer(str(entry.label), "", entry.icon, _address(entry.name)))
        offers += [Offer(f"{entry.label}: {label}", "", entry.icon, _address(name)) for label, name in entry.parts]
    offers += [
        Offer(str(words), "", icon, _address(name)) for words, icon, name, verb in _ALSO if not verb or may(user, verb)
    ]
    if here := _ON_CUSTOMER.match(at):
        on_it = [
            Offer(str(words), "", icon, reverse(name, args=[int(here[1])]))
            for words, icon, name, verb in _HERE
            if may(user, verb)
        ]
        offers = on_it + offers
    wanted = q.lower().split()
    fitting = [one for one in offers if one.href and all(word in f"{one.words} {one.note}".lower() for word in wanted)]
    return fitting[:WORDS] if q else fitting[: 2 * WORDS]


def _listed(name: str, q: str) -> str:
    return f"{reverse(name)}?{urlencode({'q': q})}"


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
