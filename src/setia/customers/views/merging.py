"""Make customers one: choose them, compare, merge; and turn a merge back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from setia.accounts.queries import me
from setia.core.permissions import require
from setia.customers import actions, queries


@require_http_methods(["GET", "POST"])
def merge_customers(request: HttpRequest) -> HttpResponse:
    """Compare the records named (`ids=3,5`, or `id` several times) and merge them; with one alone, ask for another."""
    given = request.POST if request.method == "POST" else request.GET
    texts = [*given.get("ids", "").split(","), *given.getlist("id"), given.get("with", "")]
    keys = list(dict.fromkeys(key for text in texts if (key := _key(text))))
    found = queries.compared_for(me(request), keys, keep=_key(given.get("keep", "")))
    context: dict[str, Any] = {"found": found, "changed": False}
    if found is None:
        context["one"] = queries.customers_for(me(request)).filter(pk__in=keys[:1]).first()
        return render(request, "customers/merge_customers.html", context)
    if request.method == "POST":
        if len(found.records) < len(keys):  # somebody was quicker: show who is there now
            return render(request, "customers/merge_customers.html", context | {"changed": True}, status=409)
        choices = {name.removeprefix("choice_"): _key(given[name]) for name in given if name.startswith("choice_")}
        try:
            actions.merge(
                by=me(request),
                at=timezone.now(),
                survivor=found.survivor,
                others=found.others,
                choices={name: pk for name, pk in choices.items() if pk},
            )
        except (actions.AlreadyMerged, actions.NotAChoice):
            context = {"found": queries.compared_for(me(request), keys), "changed": True, "one": None}
            return render(request, "customers/merge_customers.html", context, status=409)
        messages.info(request, _("Merged into %(name)s.") % {"name": found.survivor.display_name})
        return redirect("customer", found.survivor.pk)
    return render(request, "customers/merge_customers.html", context)


@require_http_methods(["GET", "POST"])
def unmerge_customers(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what undoing a merge brings back and what stays; undo it."""
    require(me(request), "customers.unmerge")
    merge = queries.get_merge_for(me(request), pk)
    first: list[Any] = actions.in_the_way(merge)
    if request.method == "POST":
        try:
            actions.unmerge(by=me(request), at=timezone.now(), merge=merge)
        except actions.NewerFirst as newer:
            first = newer.merges
        except actions.AlreadyUnmerged:
            return redirect("customer", merge.survivor_id)
        else:
            messages.info(request, _("The merge was undone. What came since is still here; move what is not theirs."))
            others = merge.others.values_list("customer_id", flat=True)
            there = urlencode({"from": str(merge.survivor_id), "to": str(others[0]), "since": merge.at.isoformat()})
            return redirect(f"{reverse('move_orders')}?{there}")
    if merge.is_undone:
        return redirect("customer", merge.survivor_id)
    context = {
        "merge": merge,
        "others": [one.customer for one in merge.others.select_related("customer").order_by("customer_id")],
        "back": queries.coming_back(merge),
        "first": first,
    }
    return render(request, "customers/unmerge_customers.html", context, status=409 if first else 200)


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
