"""Targets: where they stand, for oneself and for whoever leads; set, changed, taken away."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.catalogue.queries import products_for
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.core.versions import ChangedMeanwhile, version_of
from setia.sales import actions, queries
from setia.sales.target_forms import TargetForm, month_end


@require_GET
@needs("sales.view")
def targets(request: HttpRequest) -> HttpResponse:
    """Where targets stand: those of now, those over (`show=past`) or to come; all one sees, or one's own (`mine=1`)."""
    show = request.GET.get("show", "")
    show = show if show in ("past", "coming") else ""
    mine = request.GET.get("mine") == "1"
    board = queries.target_board(me(request), at=timezone.now(), show=show, person=me(request).pk if mine else None)
    here = reverse("targets")
    own = "mine=1" if mine else ""

    def address(*parts: str) -> str:
        query = "&".join(part for part in parts if part)
        return f"{here}?{query}" if query else here

    shown = f"show={show}" if show else ""
    context = {
        "board": board,
        "mine": mine,
        "tabs": [
            {"label": _("Now"), "url": address(own), "on": not show},
            {"label": _("To come"), "url": address(own, "show=coming"), "on": show == "coming"},
            {"label": _("Over"), "url": address(own, "show=past"), "on": show == "past"},
        ],
        "whose": [
            {"label": _("All I may see"), "url": address(shown), "on": not mine},
            {"label": _("Mine and my team's"), "url": address("mine=1", shown), "on": mine},
        ],
    }
    return render(request, "sales/targets.html", context)


@require_http_methods(["GET", "POST"])
@needs("sales.targets")
def add_target(request: HttpRequest) -> HttpResponse:
    """Set a target; the present month is proposed."""
    first = current_firm().day_of(timezone.now()).replace(day=1)
    initial = {"measure": "AMOUNT", "from_date": first, "until_date": month_end(first)}
    form = TargetForm(request.POST if request.method == "POST" else None, user=me(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_target(by=me(request), at=timezone.now(), **form.facts())
        except actions.SameTarget:
            _same(form)
        else:
            return redirect("targets")
    return _page(request, "sales/add_target.html", form)


@require_http_methods(["GET", "POST"])
@needs("sales.targets")
def edit_target(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a target."""
    one = queries.get_target_for(me(request), pk)
    who = f"p{one.person_id}" if one.person_id else f"t{one.team_id}" if one.team_id else ""
    initial: dict[str, Any] = {name: getattr(one, name) for name in ("measure", "from_date", "until_date", "value")}
    initial |= {"who": who, "product": one.product_id, "version": version_of(one.updated_at)}
    form = TargetForm(request.POST if request.method == "POST" else None, user=me(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit_target(by=me(request), at=timezone.now(), target=one, version=version, **form.facts())
        except actions.SameTarget:
            _same(form)
        except ChangedMeanwhile as changed:
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = changed.version  # type: ignore[index]
            return _page(request, "sales/edit_target.html", form, status=409, one=one, conflict=True)
        else:
            return redirect("targets")
    return _page(request, "sales/edit_target.html", form, one=one)


@require_POST
@needs("sales.targets")
def remove_target(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a target away."""
    actions.remove_target(by=me(request), at=timezone.now(), target=queries.get_target_for(me(request), pk))
    return redirect("targets")


def _same(form: TargetForm) -> None:
    form.add_error(None, _("There is a target for just this, of the same people and days. Change that one."))


def _page(request: HttpRequest, template: str, form: TargetForm, *, status: int = 0, **context: Any) -> HttpResponse:
    typed = str(form["product"].value() or "")
    chosen = products_for(me(request)).filter(pk=int(typed)).first() if typed.isdecimal() and len(typed) < 19 else None
    context |= {"form": form, "chosen": chosen}
    return render(request, template, context, status=status or (422 if form.errors else 200))
