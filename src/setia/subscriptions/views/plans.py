"""Plans: the list, and entering and changing one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.versions import ChangedMeanwhile, version_of
from setia.subscriptions import actions, queries
from setia.subscriptions.forms import PlanForm
from setia.subscriptions.models import Plan
from setia.subscriptions.views._shared import PAGE, address, chosen, params_of, sent, typed


@require_GET
@needs("subscriptions.view")
def plans(request: HttpRequest) -> HttpResponse:
    """The list, a page of it; archived ones on their own."""
    params = params_of(request)
    found = queries.plans_for(me(request)).filter(archived_at__isnull=params["archived"] != "1")
    legs = [keyset.Leg(found.select_related("product"), ("name", "id"))]
    page = keyset.page(legs, size=PAGE, cursor=params["page"])
    context = {
        "plans": page.rows,
        "params": params,
        "earlier": address("plans", params, page=page.earlier) if page.earlier else "",
        "later": address("plans", params, page=page.later) if page.later else "",
    }
    return render(request, "subscriptions/plans.html", context)


@require_http_methods(["GET", "POST"])
@needs("subscriptions.plans")
def add_plan(request: HttpRequest) -> HttpResponse:
    """Make a plan."""
    form = PlanForm(sent(request), user=me(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_plan(by=me(request), at=timezone.now(), **form.facts())
        except actions.PlanCodeTaken as taken:
            _taken(form, taken.plan)
        else:
            return redirect("plans")
    return _page(request, "subscriptions/add_plan.html", form)


@require_http_methods(["GET", "POST"])
@needs("subscriptions.plans")
def edit_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a plan, for those who subscribe from now on."""
    plan = queries.get_plan_for(me(request), pk)
    facts = {name: getattr(plan, name) for name in PlanForm.base_fields if hasattr(plan, name)}
    initial = facts | {"product": plan.product_id, "version": version_of(plan.updated_at)}
    form = PlanForm(sent(request), user=me(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit_plan(by=me(request), at=timezone.now(), plan=plan, version=version, **form.facts())
        except actions.PlanCodeTaken as taken:
            _taken(form, taken.plan)
        except ChangedMeanwhile as changed:
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = changed.version  # type: ignore[index]
            return _page(request, "subscriptions/edit_plan.html", form, plan=plan, conflict=True, status=409)
        else:
            return redirect("plans")
    return _page(request, "subscriptions/edit_plan.html", form, plan=plan)


@require_POST
@needs("subscriptions.plans")
def archive_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it no more."""
    actions.archive_plan(by=me(request), at=timezone.now(), plan=queries.get_plan_for(me(request), pk))
    return redirect("plans")


@require_POST
@needs("subscriptions.plans")
def restore_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it again."""
    actions.restore_plan(by=me(request), at=timezone.now(), plan=queries.get_plan_for(me(request), pk))
    return redirect("plans")


def _page(request: HttpRequest, template: str, form: PlanForm, *, status: int = 0, **context: Any) -> HttpResponse:
    context |= {"form": form, "product": chosen(form, "product"), "typed": typed(form, "product")}
    return render(request, template, context, status=status or (422 if form.errors else 200))


def _taken(form: PlanForm, other: Plan) -> None:
    words = _("This code belongs to <a class='s-link' href='{url}'>{name}</a>. Use another, or open that one.")
    form.add_error("code", format_html(words, url=reverse("edit_plan", args=[other.pk]), name=other.name))
