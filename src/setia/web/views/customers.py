"""The list of customers: who they are, and what Setia makes of them. Composed here because two rooms know the columns.

An address is a view: filters, order and place in the list all live in it, so that a link shows the same list again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from setia.accounts.actions import note_export
from setia.accounts.models import User
from setia.accounts.queries import after_confirming, me, people_by_id
from setia.core import keyset
from setia.core.among import among
from setia.core.chips import Chip
from setia.core.permissions import needs, sees_all
from setia.core.sheets import csv_response
from setia.core.text import line
from setia.customers import queries
from setia.portraits import queries as portraits
from setia.portraits.queries import listing
from setia.web.columns import USUAL, Column, chosen, columns, plain
from setia.web.ranges import Window, money_between, next_window

PAGE, PRINTED, CHUNK = 50, 500, 2000
SORTS = {
    "value": gettext_lazy("expected value, highest first"),
    "latest": gettext_lazy("latest purchase first"),
    "name": gettext_lazy("name"),
    "newest": gettext_lazy("newest record first"),
}
_PLACE = ("page", "at", "print", "list")
_AS_CHOICE = ("stage", "base", "kind")  # shown by the choice itself, so not as a chip again


class Found(NamedTuple):
    """What an address asks for: the customers, their filters in words, and the orders they can stand in.

    `behind` and `keys` say the same as `customers`, with what is asked of portraits and a few matches' keys kept apart.
    `gated`: those keys are of customers this reader may see; else they may be anybody's.
    """

    customers: QuerySet[Any]
    behind: portraits.Behind
    keys: list[int] | None
    gated: bool
    chips: list[Chip]
    params: dict[str, str]
    sort: str
    matched: keyset.Count | None
    hidden: QuerySet[Any] | None
    own: tuple[queries.FieldDef, ...]
    columns: list[Column]

    def legs(self) -> list[keyset.Leg]:
        """The list in its order."""
        walked = self.keys is None or (self.sort in ("value", "latest") and len(self.keys) > listing.WALKED)
        return self._legs() if walked else keyset.in_hand(self._legs())

    def _legs(self) -> list[keyset.Leg]:
        q = self.params.get("q", "")
        if self.sort == "name":
            named = self.customers.select_related("industry")
            return queries.legs_by_match(named, q) if q else queries.legs_by_name(named)
        if (field := self.sorted_by) is not None:
            rows = self.customers.select_related("industry")
            return queries.legs_by_own(rows, field, descending=self.sort.startswith("-"))
        if self.sort == "newest":
            return queries.legs_by_newest(self.customers.select_related("industry"))
        by = {"value": listing.legs_by_value, "latest": listing.legs_by_latest}[self.sort]
        return by(self.behind, self.keys, gated=self.gated)

    @property
    def sorted_by(self) -> queries.FieldDef | None:
        """The firm's own field that the list is sorted by, if it is by one."""
        return next((one for one in self.own if one.key == self.sort.removeprefix("-")), None)

    @property
    def sorts(self) -> dict[str, str]:
        """The orders to choose from, in words: the usual ones, and both ways by each own field that is shown."""
        found = {key: str(words) for key, words in SORTS.items()}
        for one in self.own:
            if one.ready and (one == self.sorted_by or any(column.field == one for column in self.columns)):
                found[one.key] = _("%(field)s, lowest first") % {"field": one.label}
                found[f"-{one.key}"] = _("%(field)s, highest first") % {"field": one.label}
        return found

    @property
    def worth_saving(self) -> dict[str, str]:
        """The words of the address that a saved view keeps: what has an effect, and no text that was searched."""
        keys = {chip.key for chip in self.chips} | {"sort", "cols"}
        return {key: self.params[key][:500] for key in sorted(keys) if self.params.get(key)}

    @property
    def labels(self) -> dict[str, str]:
        """What each of these words is about, for a reader of a view when the thing itself is gone."""
        found = {chip.key: chip.label for chip in self.chips}
        if self.sorted_by is not None:
            found["sort"] = self.sorted_by.label
        return found | {one.key: str(one.label) for one in self.columns if one.field}

    @property
    def kept(self) -> dict[str, str]:
        """What the address says, its place in the list left out: for a form that leads back to this list."""
        return {key: value for key, value in self.params.items() if key not in _PLACE and value}

    def address(self, *without: str, **also: str) -> str:
        """This list with something else in its address; its place in the list is left out unless given."""
        kept = {key: value for key, value in self.params.items() if key not in (*_PLACE, *without) and value}
        query = urlencode(kept | {key: value for key, value in also.items() if value})
        return f"{reverse('customers')}?{query}" if query else reverse("customers")


class Row(NamedTuple):
    """One customer of the list with the portrait, if there is one yet."""

    customer: Any
    portrait: Any
    href: str
    mobile: str
    window: Window | None
    spread: str
    owner: str


@require_GET
@needs("customers.view")
def customers(request: HttpRequest) -> HttpResponse:
    """The list, a page of it."""
    version = queries.fields_version(request)
    preferred = None if request.GET else queries.preferred_view(me(request), version=version)
    if preferred is not None:
        return redirect(address_of(preferred))
    found = find(request)
    params = found.params
    printed = params.get("print") == "1"
    page = keyset.page(found.legs(), size=PRINTED if printed else PAGE, cursor=params.get("page", ""))
    rows = _rows(found, page)
    shown = [column.field for column in found.columns if column.field]
    lazy = ["industry", "region", "tag", "owner", *queries.own_keys(found.own)]
    context = {
        "found": found,
        "rows": rows,
        "count": _count(found, page),
        "chips": [(chip, found.address(chip.key)) for chip in found.chips if chip.key not in _AS_CHOICE],
        "kept": [(chip.key, params[chip.key]) for chip in found.chips if chip.key not in (*_AS_CHOICE, "archived")],
        "choices": _choices(),
        "sorts": found.sorts,
        "tabs": _tabs(request, found),
        "columns": found.columns,
        "all_columns": columns(found.own),
        "names": queries.names_for(me(request), queries.references_in(shown, (row.customer for row in rows))),
        "lazy": {key: params[key] for key in lazy if params.get(key)},
        "earlier": found.address(page=page.earlier) if page.earlier else "",
        "later": found.address(page=page.later) if page.later else "",
        "printed": printed,
        "facts": {} if printed else queries.facts_for(me(request), found.own),
        "unfiltered": not found.chips and not params.get("q"),
        "as_of": next((row.portrait.as_of_date for row in rows if row.portrait), None),
    }
    return render(request, "web/customers.html", context)


@require_GET
@needs("customers.view")
def customer_filters(request: HttpRequest) -> HttpResponse:
    """The filters whose choices must be looked up, for the menu that is opened only when wanted."""
    params = _params(request)
    choices = [
        (
            key,
            queries.FILTERS[key].label,
            queries.region_choices(params.get(key, "")) if key == "region" else queries.choices_of(key),
            params.get(key, ""),
        )
        for key in ("industry", "region", "tag", "owner")
    ]
    own = [one for one in queries.custom_fields(version=queries.fields_version(request)) if one.ready]
    referred = [int(params[one.key]) for one in own if one.letter == "r" and _is_key(params.get(one.key, ""))]
    context = {"choices": choices, "own": own, "params": params, "names": queries.names_for(me(request), referred)}
    return render(request, "web/customer_filters.html", context)


@require_GET
@needs("customers.view")
def choose_columns(request: HttpRequest) -> HttpResponse:
    """From the ticked columns to the list that shows them: its address, which can be kept and passed on."""
    own = queries.custom_fields(version=queries.fields_version(request))
    ticked = chosen(",".join(request.GET.getlist("col")), own)
    # Those shown already keep their places; new ones stand behind them.
    before = [one.key for one in chosen(request.GET.get("cols", ""), own)]
    keys = sorted((one.key for one in ticked), key=lambda key: before.index(key) if key in before else len(before))
    cols = "" if tuple(keys) == USUAL else ",".join(keys)
    found = find(request)
    return redirect(found.address("cols", "col", cols=cols))


@require_GET
@needs("customers.export")
@after_confirming
def export_customers(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, all of it or those ticked (`id`), in the order the records were made."""
    note_export(by=me(request), at=timezone.now(), what="customer")
    if ticked := [int(key) for key in request.GET.getlist("id") if key.isdecimal() and len(key) < 19]:
        wanted = queries.customers_for(me(request)).filter(among("id", ticked))
    else:
        wanted = find(request).customers
    own = queries.custom_fields(version=queries.fields_version(request))
    if request.GET.get("cols"):
        return csv_response("customers", *_chosen_columns(me(request), wanted, chosen(request.GET["cols"], own)))
    return csv_response("customers", [*_head(), *(one.label for one in own)], _exported(me(request), wanted, own))


def find(request: HttpRequest, params: dict[str, str] | None = None) -> Found:
    """The list an address asks for, as this person may see it; that of `params` where they are given."""
    params = _params(request) if params is None else params
    own = queries.custom_fields(version=queries.fields_version(request))
    drilled = any(params.get(key) for key in portraits.KEYS if key not in portraits.PLAIN)
    visible = queries.customers_for(me(request))
    mine, chips = queries.narrow(visible, params, archived_too=drilled)
    probed = not drilled and params.get("archived") != "1"
    mine, by_own, few = queries.narrow_by_own(mine, params, own, user=me(request), probed=probed)
    chips += by_own
    rare = mine if few is None else mine.filter(among("id", few))
    # For whoever sees all customers portraits can be counted alone; nobody's customers are counted as none.
    everybody = sees_all(me(request)) and not visible.query.is_empty()
    plain = everybody and not chips and not drilled
    matches = queries.matching(rare, params.get("q", ""), but=queries.out_of_sight() if plain else None)
    found, more = portraits.behind_for(matches.customers, params)
    # With the keys in hand, the list is made of portraits whose key is among them.
    if matches.keys is not None or (few is not None and not params.get("q")):
        behind = portraits.behind_for(mine, params)[0]
    else:
        behind = found
    only_portraits = plain and found.having and not params.get("q")
    sort = params.get("sort", "")
    return Found(
        customers=found.all(),
        behind=behind,
        keys=few if matches.keys is None else matches.keys,
        gated=matches.keys is not None,
        chips=chips + more,
        params=params,
        sort=sort if sort in SORTS or any(one.ready and one.key == sort.removeprefix("-") for one in own) else "value",
        matched=_matched(matches, mine, params) if more else matches.counted,
        hidden=visible.filter(archived_at__isnull=False) if only_portraits else None,
        own=own,
        columns=chosen(params.get("cols", ""), own),
    )


def address_of(view: queries.ViewDef) -> str:
    """The list a saved view shows."""
    return f"{reverse('customers')}?{urlencode({**view.params, 'view': view.id})}"


class Tabs(NamedTuple):
    """The saved views above the list: which is open, what of it is gone, and whether the list shows something else."""

    views: list[tuple[queries.ViewDef, str]]
    open: queries.ViewDef | None
    gone: list[str]
    differs: bool
    may_change: bool
    address: str


def _tabs(request: HttpRequest, found: Found) -> Tabs:
    user = me(request)
    views = queries.views_for(user, version=queries.fields_version(request))
    open_ = next((one for one in views if str(one.id) == found.params.get("view")), None)
    now = found.worth_saving
    gone: list[str] = []
    if open_ is not None:
        asked = {key: value for key, value in open_.params.items() if found.params.get(key) == value}
        known = {*now, *(column.key for column in found.columns)}
        gone = [key for key in asked if key not in known]
        gone += ["sort"] if "sort" in asked and found.sort != asked["sort"] else []
        gone += [key for key in asked.get("cols", "").split(",") if key and key not in known]
    labels = dict(open_.labels) if open_ else {}
    return Tabs(
        views=[(one, address_of(one)) for one in views],
        open=open_,
        gone=list(dict.fromkeys(labels.get(key, key) for key in gone)),
        differs=open_ is not None and {**open_.params} != now,
        may_change=open_ is not None and queries.may_change_view(user, maker_id=open_.maker_id, for_all=open_.for_all),
        address=urlencode(now),
    )


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _matched(matches: queries.Matches, mine: QuerySet[Any], params: dict[str, str]) -> keyset.Count | None:
    """How many of a broad text's matches fulfil what is asked of portraits as well: those in hand, "and more"."""
    if matches.some is None:
        return None
    narrowed = portraits.behind_for(mine.filter(among("id", matches.some)), params)[0]
    return keyset.Count(narrowed.all().count(), False)


def _params(request: HttpRequest) -> dict[str, str]:
    """The address's own words, one line each; what is not in it is ''."""
    return defaultdict(str, {key: line(value)[:2000] for key, value in request.GET.dict().items()})


def _count(found: Found, page: keyset.Page) -> keyset.Count:
    """How many there are; a page that holds all of them need not ask."""
    if found.matched:
        return found.matched
    if not page.earlier and not page.later:
        return keyset.Count(len(page.rows), True)
    if found.hidden is not None:
        return listing.count(found.behind, found.hidden)
    return keyset.count(found.customers)


def _rows(found: Found, page: keyset.Page) -> list[Row]:
    people = [getattr(row, "customer", row) for row in page.rows]
    known = {row.pk: row for row in page.rows if hasattr(row, "customer")}
    if len(known) < len(people):
        known |= portraits.portraits_of(one.pk for one in people if one.pk not in known)
    mobiles = queries.mobiles_of(one.pk for one in people)
    owners = _owners(people)
    back = {key: value for key, value in found.params.items() if key not in ("at", "print") and value}
    return [
        Row(
            one,
            (portrait := known.get(one.pk)),
            f"{reverse('customer', args=[one.pk])}?{urlencode(back | {'at': place})}",
            mobiles.get(one.pk, ""),
            next_window(portrait.next_from_date, portrait.next_to_date, portrait.as_of_date) if portrait else None,
            money_between(portrait.value_low, portrait.value_high, sign=False) if portrait else "",
            owners.get(one.owner_id, ""),
        )
        for one, place in zip(people, page.places, strict=True)
    ]


def _owners(customers: Iterable[Any]) -> dict[int, str]:
    """The names of those who look after these customers; no query where nobody does."""
    keys = {one.owner_id for one in customers if one.owner_id}
    return {key: str(person) for key, person in people_by_id(keys).items()} if keys else {}


def _choices() -> dict[str, list[tuple[str, str]]]:
    every = ("", _("all"))
    found = {key: [every, *queries.choices_of(key)] for key in ("kind", "acquisition", "gender")}
    return found | {key: [every, *choices] for key, choices in listing.choices().items()}


def _head() -> list[str]:
    return [
        _("Customer number"),
        _("Name"),
        _("Titles"),
        _("Called"),
        _("Kind"),
        _("Role"),
        _("Relation"),
        _("Industry"),
        _("Tax number"),
        _("Gender"),
        _("Birthday"),
        _("Region"),
        _("Telephone"),
        _("E-mail"),
        _("Responsible"),
        _("Tags"),
        _("Came by"),
        _("Notes"),
        _("Stage"),
        _("Traits"),
        _("Loyal"),
        _("Bought in the last 12 months"),
        _("Expected spend, 12 months"),
        _("Low (80%)"),
        _("High (80%)"),
        _("Next purchase from"),
        _("Next purchase until"),
        _("Latest purchase"),
        _("Purchases"),
        _("Spent"),
        _("As of"),
    ]


def _chosen_columns(
    user: User, customers: QuerySet[Any], chosen_ones: Sequence[Column]
) -> tuple[list[str], Iterator[Iterable[Any]]]:
    """The export of the columns a person chose to see, with the number and the name before them."""
    head = [_("Customer number"), _("Name"), *(str(one.label) for one in chosen_ones if one.key != "number")]

    def rows() -> Iterator[Iterable[Any]]:
        for one, portrait, reach, names in _read(user, customers, [c.field for c in chosen_ones if c.field]):
            cells = (plain(column, one, portrait, reach, names) for column in chosen_ones if column.key != "number")
            yield [one.number, one.name, *cells]

    return head, rows()


def _read(
    user: User, customers: QuerySet[Any], own: Sequence[queries.FieldDef]
) -> Iterator[tuple[Any, Any, dict[str, str], dict[int, str]]]:
    """Customers with portrait, contacts, and the names of those they refer to, read some thousand at a time."""
    after = 0
    ordered = customers.select_related("industry").order_by("id")
    while chunk := list(ordered.filter(id__gt=after)[:CHUNK]):
        after = chunk[-1].pk
        keys = [one.pk for one in chunk]
        known, reach, owners = portraits.portraits_of(keys), queries.reach_of(keys), _owners(chunk)
        names = queries.names_for(user, queries.references_in(own, chunk))
        tags = queries.tags_of_many(keys)
        for one in chunk:
            more = {"OWNER": owners.get(one.owner_id, ""), "TAGS": _written(tags[one.pk])}
            yield one, known.get(one.pk), reach.get(one.pk, {}) | more, names


def _written(tags: Sequence[str]) -> str:
    """Tags in one cell, as an import reads them back: a sign between them that none of them has."""
    sign = "|" if any(";" in tag for tag in tags) else ";"
    alone = len(tags) == 1 and any(mark in tags[0] for mark in ",;")
    return (f"{sign} " if len(tags) > 1 else sign).join([*tags, ""] if alone else tags)


def _exported(user: User, customers: QuerySet[Any], own: Sequence[queries.FieldDef]) -> Iterator[Iterable[Any]]:
    """Rows of the whole export."""
    for one, portrait, reach, names in _read(user, customers, own):
        yield [*_exported_row(one, portrait, reach), *(queries.exported_value(f, f.of(one), names) for f in own)]


def _exported_row(one: Any, portrait: Any, reach: dict[str, str]) -> list[Any]:
    facts = [
        one.number,
        one.name,
        one.title,
        one.call_name,
        one.get_kind_display(),
        (portrait or one).get_role_display(),
        (portrait or one).get_relation_display(),
        one.industry.name if one.industry else "",
        one.tax_number,
        one.get_gender_display(),
        one.birthday,
        one.region,
        reach.get("PHONE", ""),
        reach.get("EMAIL", ""),
        reach.get("OWNER", ""),
        reach.get("TAGS", ""),
        one.get_acquisition_display(),
        one.notes,
    ]
    if portrait is None:
        return facts + [None] * 13
    return [
        *facts,
        portrait.get_stage_display(),
        ", ".join(listing.trait_words(portrait)),
        portrait.loyal,
        portrait.general,
        portrait.value,
        portrait.value_low,
        portrait.value_high,
        portrait.next_from_date,
        portrait.next_to_date,
        portrait.latest_date,
        portrait.purchases,
        portrait.spent,
        portrait.as_of_date,
    ]
