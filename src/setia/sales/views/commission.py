"""Commission: the months of a rule, the rows behind a sum, the file for payroll, and the rules."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from setia.accounts.actions import note_export
from setia.accounts.queries import after_confirming, me
from setia.core import keyset
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.core.sheets import csv_response
from setia.sales import actions, queries
from setia.sales.commission_words import reason_words
from setia.sales.models import CommissionRow, CommissionRule
from setia.sales.target_forms import RuleForm

PAGE = 50


@require_GET
@needs("sales.view")
def commission(request: HttpRequest) -> HttpResponse:
    """A month of a rule: who earned what, as far as the reader may see it."""
    today = current_firm().day_of(timezone.now())
    rules = list(queries.commission_rules_for(me(request)).order_by("-from_date", "-id")[:20])
    asked = request.GET.get("rule", "")
    rule = next((one for one in rules if str(one.pk) == asked), rules[0] if rules else None)
    context: dict[str, Any] = {"rules": rules, "rule": rule, "today": today}
    if rule is not None:
        months = queries.months_of(rule, today=today)
        month = next((one for one in months if f"{one:%Y-%m}" == request.GET.get("month", "")), None)
        month = month or (months[0] if months else rule.from_date)
        sheet = queries.sheet_for(me(request), rule, month)
        context |= {
            "months": [(f"{one:%Y-%m}", one) for one in months],
            "month": month,
            "chosen": f"{month:%Y-%m}",
            "sheet": sheet,
            "over": (month.year, month.month) < (today.year, today.month),
        }
    return render(request, "sales/commission.html", context)


@require_GET
@needs("sales.view")
def commission_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of a rule: of a month, and of one person."""
    rule = queries.get_commission_rule_for(me(request), pk)
    rows, params = _narrow(request, rule)
    page = keyset.page(queries.commission_legs(rows), size=PAGE, cursor=request.GET.get("page", ""))
    here = reverse("commission_rows", args=[pk])
    context = {
        "rule": rule,
        "rows": [(row, reason_words(row)) for row in page.rows],
        "month": _month(params.get("month", "")),
        "back": f"{reverse('commission')}?{urlencode({'rule': str(pk)} | params)}",
        "export": f"{reverse('export_commission', args=[pk])}?{urlencode(params)}",
        "earlier": f"{here}?{urlencode(params | {'page': page.earlier})}" if page.earlier else "",
        "later": f"{here}?{urlencode(params | {'page': page.later})}" if page.later else "",
    }
    return render(request, "sales/commission_rows.html", context)


@require_GET
@needs("sales.view")
@after_confirming
def export_commission(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows as CSV, all of them: what payroll takes."""
    rule = queries.get_commission_rule_for(me(request), pk)
    rows, _params = _narrow(request, rule)
    head = [
        _("Row"),
        _("Month"),
        _("Of the month"),
        _("Person"),
        _("Kind"),
        _("Order"),
        _("Day"),
        _("Part"),
        _("Base"),
        _("Percent"),
        _("Commission"),
        _("Reason"),
        _("Takes back row"),
    ]
    note_export(by=me(request), at=timezone.now(), what="commission")
    return csv_response("commission", head, _lines(rows.select_related("person").order_by("id").iterator(2000)))


@require_POST
@needs("sales.commission_rules")
def compute_commission(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a month worked out anew by the worker."""
    rule = queries.get_commission_rule_for(me(request), pk)
    month = _month(request.POST.get("month", ""))
    if month is None or month < rule.from_date:  # the page of the rule, which offers its months
        return redirect(f"{reverse('commission')}?rule={pk}")
    actions.ask_month(by=me(request), at=timezone.now(), rule=rule, month=month)
    return redirect(f"{reverse('commission')}?{urlencode({'rule': str(pk), 'month': f'{month:%Y-%m}', 'asked': '1'})}")


@require_POST
@needs("sales.commission_rules")
def close_commission(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a month over to payroll: its rows stay from then on."""
    rule = queries.get_commission_rule_for(me(request), pk)
    month = _month(request.POST.get("month", ""))
    if month is None:
        return redirect(f"{reverse('commission')}?rule={pk}")
    kept, at = queries.get_month(rule, month), timezone.now()
    back = redirect(f"{reverse('commission')}?{urlencode({'rule': str(pk), 'month': f'{month:%Y-%m}'})}")
    try:
        actions.close_month(by=me(request), at=at, month=kept, today=current_firm().day_of(at))
    except (actions.MonthClosed, actions.MonthNotOver):  # the page shows how it stands, and why
        return back
    return back


@require_http_methods(["GET", "POST"])
@needs("sales.commission_rules")
def add_commission_rule(request: HttpRequest) -> HttpResponse:
    """Make a rule of commission."""
    first = current_firm().day_of(timezone.now()).replace(day=1)
    initial = {"from_date": first, "closer_percent": 100, "start_0": 0}
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = actions.add_commission_rule(by=me(request), at=timezone.now(), **form.facts())
        actions.ask_month(by=me(request), at=timezone.now(), rule=made, month=max(made.from_date, first))
        return redirect(f"{reverse('commission')}?rule={made.pk}")
    return render(request, "sales/add_commission_rule.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@needs("sales.commission_rules")
def end_commission_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a rule end with the present month."""
    rule = queries.get_commission_rule_for(me(request), pk)
    today = current_firm().day_of(timezone.now())
    actions.end_commission_rule(by=me(request), at=timezone.now(), rule=rule, today=today)
    return redirect(f"{reverse('commission')}?rule={pk}")


def _narrow(request: HttpRequest, rule: CommissionRule) -> tuple[Any, dict[str, str]]:
    rows, params = queries.commission_rows_for(me(request)).filter(rule=rule), {}
    if (month := _month(request.GET.get("month", ""))) is not None:
        rows, params["month"] = rows.filter(month=month), f"{month:%Y-%m}"
    if (person := request.GET.get("person", "")).isdecimal() and len(person) < 19:
        rows, params["person"] = rows.filter(person=int(person)), person
    return rows, params


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None


def _lines(rows: Iterator[CommissionRow]) -> Iterator[list[Any]]:
    for row in rows:
        facts = [row.pk, f"{row.month:%Y-%m}", f"{row.of_month:%Y-%m}", row.person, row.get_kind_display(), row.number]
        figures = [row.day, row.share, row.base, row.rate, row.amount]
        yield [*facts, *figures, reason_words(row), row.reverses_id]
