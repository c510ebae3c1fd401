"""Who gets which prospect: the firm's terms, the rules, and when each person works."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.sales import actions, queries
from setia.sales.models import ShareRule
from setia.sales.sharing_forms import DeskForm, PersonHoursForm, RuleForm
from setia.sales.views._shared import sent

_TERMS = ("response_minutes", "business_hours", "from_time", "until_time", "idle_days", "warn_days")
_WORDS = ("regions", "sources", "interests")


@require_http_methods(["GET", "POST"])
@needs("sales.share")
def sharing(request: HttpRequest) -> HttpResponse:
    """The terms, with the rules and people's hours below."""
    terms = queries.desk()
    initial = {name: getattr(terms, name) for name in _TERMS} | {"days": list(terms.days)}
    form = DeskForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_desk(by=me(request), at=timezone.now(), **form.cleaned_data)
        return redirect("sharing")
    context = {"form": form, "rules": list(queries.rules_for(me(request))), "hours": queries.work_times()}
    context["today"] = timezone.localdate()
    return render(request, "sales/sharing.html", context, status=422 if form.errors else 200)


@require_POST
@needs("sales.share")
def share_out(request: HttpRequest) -> HttpResponse:
    """Give whoever is nobody's to somebody, now."""
    count = actions.share_now(by=me(request), at=timezone.now())
    words = ngettext("%(count)s prospect was given to somebody.", "%(count)s prospects were given to somebody.", count)
    messages.info(request, words % {"count": count})
    return redirect("sharing")


@require_http_methods(["GET", "POST"])
@needs("sales.share")
def add_share_rule(request: HttpRequest) -> HttpResponse:
    """Make a rule."""
    return _rule(request, None, {})


@require_http_methods(["GET", "POST"])
@needs("sales.share")
def edit_share_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule."""
    rule = queries.get_rule_for(me(request), pk)
    initial: dict[str, Any] = {name: getattr(rule, name) for name in ("name", "way", "most_open", "at_work")}
    initial |= {name: ", ".join(getattr(rule, name)) for name in _WORDS}
    return _rule(request, rule, initial | {"people": [str(one.user_id) for one in rule.members.all()]})


@require_POST
@needs("sales.share")
def remove_share_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule away."""
    actions.remove_rule(by=me(request), at=timezone.now(), rule=queries.get_rule_for(me(request), pk))
    return redirect("sharing")


@require_http_methods(["GET", "POST"])
@needs("sales.share")
def work_time(request: HttpRequest, pk: int) -> HttpResponse:
    """When one person works."""
    found = next(((one, hours) for one, hours in queries.work_times() if one.pk == pk), None)
    if found is None:
        raise Http404
    person, hours = found
    initial = {"days": list(hours.days), "from_time": hours.from_time, "until_time": hours.until_time}
    initial["away_until_date"] = getattr(hours, "away_until_date", None)
    form = PersonHoursForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_work_time(by=me(request), at=timezone.now(), person=person, **form.cleaned_data)
        return redirect("sharing")
    return render(request, "sales/work_time.html", {"form": form, "person": person}, status=422 if form.errors else 200)


def _rule(request: HttpRequest, rule: ShareRule | None, initial: dict[str, Any]) -> HttpResponse:
    form = RuleForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        actions.set_rule(by=me(request), at=timezone.now(), rule=rule, people=facts.pop("people"), **facts)
        return redirect("sharing")
    context = {"form": form, "rule": rule}
    return render(request, "sales/share_rule.html", context, status=422 if form.errors else 200)
