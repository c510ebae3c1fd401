"""Battle cards: the list of rivals, a card, and what changes it."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.catalogue.queries import products_for
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.core.versions import ChangedMeanwhile, version_of
from setia.planning import actions, queries
from setia.planning.forms import ClaimForm, PriceForm, RivalForm
from setia.planning.views._shared import keep_typed, sent


@require_GET
@needs("planning.view")
def rivals(request: HttpRequest) -> HttpResponse:
    """All rivals by name."""
    archived = request.GET.get("archived") == "1"
    context = {"rivals": queries.listed_rivals(me(request), archived=archived), "archived": archived}
    return render(request, "planning/rivals.html", context)


@require_GET
@needs("planning.view")
def rival(request: HttpRequest, pk: int) -> HttpResponse:
    """A battle card."""
    one = queries.get_rival_for(me(request), pk)
    return render(request, "planning/rival.html", {"card": queries.battle_cards(me(request), [one.pk])[0]})


@require_GET
@needs("planning.view")
def cards(request: HttpRequest) -> HttpResponse:
    """The cards of some rivals (`rival`), with the prices of some products alone (`product`), as a piece of a page."""
    asked = (_keys(request, "rival"), _keys(request, "product"))
    found = queries.battle_cards(me(request), asked[0], products=asked[1])
    return render(request, "planning/cards.html", {"cards": found})


@require_http_methods(["GET", "POST"])
@needs("planning.rivals")
def add_rival(request: HttpRequest) -> HttpResponse:
    """Name a rival."""
    form = RivalForm(sent(request), initial={"name": request.GET.get("name", "")})
    if request.method == "POST" and form.is_valid():
        facts = {key: form.cleaned_data[key] for key in ("name", "notes")}
        try:
            made = actions.add_rival(by=me(request), at=timezone.now(), **facts)
        except actions.RivalNamed as taken:
            _taken(form, taken)
        else:
            return redirect("rival", made.pk)
    return _page(request, "planning/add_rival.html", form)


@require_http_methods(["GET", "POST"])
@needs("planning.rivals")
def edit_rival(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rival's name or notes."""
    one = queries.get_rival_for(me(request), pk)
    initial = {"name": one.name, "notes": one.notes, "version": version_of(one.updated_at)}
    form = RivalForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_rival(by=me(request), at=timezone.now(), rival=one, **form.cleaned_data)
        except actions.RivalNamed as taken:
            _taken(form, taken)
        except ChangedMeanwhile as changed:
            keep_typed(form, changed.version)
            return _page(request, "planning/edit_rival.html", form, status=409, rival=one, conflict=True)
        else:
            return redirect("rival", pk)
    return _page(request, "planning/edit_rival.html", form, rival=one)


@require_POST
@needs("planning.rivals")
def archive_rival(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a rival is no longer met."""
    actions.archive_rival(by=me(request), at=timezone.now(), rival=queries.get_rival_for(me(request), pk))
    return redirect("rival", pk)


@require_POST
@needs("planning.rivals")
def restore_rival(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a rival back."""
    actions.restore_rival(by=me(request), at=timezone.now(), rival=queries.get_rival_for(me(request), pk))
    return redirect("rival", pk)


@require_http_methods(["GET", "POST"])
@needs("planning.rivals")
def add_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what is said for a rival, and our answer."""
    one = queries.get_rival_for(me(request), pk)
    form = ClaimForm(sent(request))
    if request.method == "POST" and form.is_valid():
        actions.add_claim(by=me(request), at=timezone.now(), rival=one, **form.facts())
        return redirect("rival", pk)
    return _page(request, "planning/add_claim.html", form, rival=one)


@require_http_methods(["GET", "POST"])
@needs("planning.rivals")
def edit_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a claim, our answer or the evidence."""
    one = queries.get_claim_for(me(request), pk)
    initial = {name: getattr(one, name) for name in ("claim", "answer", "evidence")}
    form = ClaimForm(sent(request), initial=initial | {"version": version_of(one.updated_at)})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit_claim(by=me(request), at=timezone.now(), one=one, version=version, **form.facts())
        except ChangedMeanwhile as changed:
            keep_typed(form, changed.version)
            return _page(request, "planning/edit_claim.html", form, status=409, one=one, rival=one.rival, conflict=True)
        return redirect("rival", one.rival_id)
    return _page(request, "planning/edit_claim.html", form, one=one, rival=one.rival)


@require_POST
@needs("planning.rivals")
def remove_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a claim off the card."""
    one = queries.get_claim_for(me(request), pk)
    actions.remove_claim(by=me(request), at=timezone.now(), claim=one)
    return redirect("rival", one.rival_id)


@require_http_methods(["GET", "POST"])
@needs("planning.rivals")
def note_price(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what a rival asks for what stands against a product of ours."""
    one = queries.get_rival_for(me(request), pk)
    today = current_firm().day_of(timezone.now())
    asked = request.GET.get("product", "")
    initial: dict[str, Any] = {"seen_date": today}
    if asked.isdecimal() and len(asked) < 19:
        noted = one.prices.filter(product=int(asked)).first()
        initial["product"] = int(asked)
        initial |= {name: getattr(noted, name) for name in ("theirs", "price", "source")} if noted else {}
    form = PriceForm(sent(request), user=me(request), today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.note_price(by=me(request), at=timezone.now(), rival=one, **form.cleaned_data)
        return redirect("rival", pk)
    typed = str(form["product"].value() or "")
    chosen = products_for(me(request)).filter(pk=int(typed)).first() if typed.isdecimal() and len(typed) < 19 else None
    return _page(request, "planning/note_price.html", form, rival=one, chosen=chosen)


def _keys(request: HttpRequest, name: str) -> list[int]:
    return [int(key) for key in request.GET.getlist(name)[:50] if key.isdecimal() and len(key) < 19]


def _taken(form: RivalForm, taken: actions.RivalNamed) -> None:
    words = _("<a class='s-link' href='{url}'>{name}</a> is here already. Write on their card.")
    form.add_error("name", format_html(words, url=reverse("rival", args=[taken.rival.pk]), name=taken.rival.name))


def _page(request: HttpRequest, template: str, form: Form, *, status: int = 0, **context: Any) -> HttpResponse:
    return render(request, template, context | {"form": form}, status=status or (422 if form.errors else 200))
