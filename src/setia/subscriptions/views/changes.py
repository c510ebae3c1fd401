"""Entering a subscription, and what may be done to it."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.queries import current_firm
from setia.core.versions import ChangedMeanwhile, version_of
from setia.subscriptions import actions, queries
from setia.subscriptions.forms import CancelForm, ChangeForm, PauseForm, RenewForm, SubscriptionForm, SwitchForm
from setia.subscriptions.views._shared import chosen, sent, typed


@require_http_methods(["GET", "POST"])
@needs("subscriptions.add")
def add_subscription(request: HttpRequest) -> HttpResponse:
    """Enter a subscription."""
    initial = {
        "started_date": current_firm().day_of(timezone.now()),
        "customer": request.GET.get("customer", ""),
        "plan": request.GET.get("plan", ""),
    }
    form = SubscriptionForm(sent(request), user=me(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            one = actions.start(by=me(request), at=timezone.now(), **form.cleaned_data)
        except actions.WrongDay as wrong:
            _wrong_day(form, wrong)
        except actions.SubscriptionNumberTaken as taken:
            words = _("This number belongs to <a class='s-link' href='{url}'>another subscription</a>. Use another.")
            form.add_error("number", format_html(words, url=reverse("subscription", args=[taken.subscription.pk])))
        else:
            return redirect("subscription", one.pk)
    context = {
        "form": form,
        "chosen": chosen(form, "customer"),
        "typed": typed(form, "customer"),
        "plans": queries.offered().exists(),
    }
    return render(request, "subscriptions/add_subscription.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("subscriptions.edit")
def change_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Other terms, from today or a day to come."""
    one = queries.get_subscription_for(me(request), pk)
    initial = {
        "day": current_firm().day_of(timezone.now()),
        "price": one.price,
        "quantity": one.quantity,
        "discount": one.discount,
        "version": version_of(one.updated_at),
    }
    form = ChangeForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(by=me(request), at=timezone.now(), subscription=one, **form.cleaned_data)
        except actions.WrongDay as wrong:
            _wrong_day(form, wrong)
        except actions.NotNow:
            return redirect("subscription", pk)
        except ChangedMeanwhile as changed:
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = changed.version  # type: ignore[index]
            return _page(request, "subscriptions/change_subscription.html", form, one, conflict=True, status=409)
        else:
            return redirect("subscription", pk)
    return _page(request, "subscriptions/change_subscription.html", form, one)


@require_http_methods(["GET", "POST"])
@needs("subscriptions.edit")
def switch_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """To another plan, from today or a day to come."""
    one = queries.get_subscription_for(me(request), pk)
    initial = {
        "day": current_firm().day_of(timezone.now()),
        "quantity": one.quantity,
        "version": version_of(one.updated_at),
    }
    form = SwitchForm(sent(request), subscription=one, initial=initial)
    template = "subscriptions/switch_subscription.html"
    if request.method == "POST" and form.is_valid():
        try:
            actions.switch(by=me(request), at=timezone.now(), subscription=one, **form.cleaned_data)
        except actions.WrongDay as wrong:
            _wrong_day(form, wrong)
        except (actions.NotNow, actions.SamePlan):
            return redirect("subscription", pk)
        except ChangedMeanwhile as changed:
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = changed.version  # type: ignore[index]
            return _page(request, template, form, one, conflict=True, status=409)
        else:
            return redirect("subscription", pk)
    return _page(request, template, form, one, any=form.fields["plan"].queryset.exists())  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@needs("subscriptions.edit")
def pause_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it rest from today."""
    one = queries.get_subscription_for(me(request), pk)
    form = PauseForm(sent(request))
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["resumes_date"]
        try:
            actions.pause(by=me(request), at=timezone.now(), subscription=one, resumes_date=until)
        except actions.WrongDay as wrong:
            _wrong_day(form, wrong)
        except actions.NotNow:
            return redirect("subscription", pk)
        else:
            return redirect("subscription", pk)
    return _page(request, "subscriptions/pause_subscription.html", form, one)


@require_POST
@needs("subscriptions.edit")
def resume_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it go on today."""
    return _at_once(request, pk, actions.resume)


@require_http_methods(["GET", "POST"])
@needs("subscriptions.edit")
def renew_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it go on after its agreed end."""
    one = queries.get_subscription_for(me(request), pk)
    if not one.can_renew:
        return redirect("subscription", pk)
    form = RenewForm(sent(request), initial={"ends_date": queries.next_end(one)})
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["ends_date"]
        try:
            actions.renew(by=me(request), at=timezone.now(), subscription=one, ends_date=until)
        except actions.WrongDay as wrong:
            _wrong_day(form, wrong)
        except actions.NotNow:
            return redirect("subscription", pk)
        else:
            return redirect("subscription", pk)
    return _page(request, "subscriptions/renew_subscription.html", form, one)


@require_POST
@needs("subscriptions.edit")
def take_renewal_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the end count again that was agreed before the latest renewal."""
    return _at_once(request, pk, actions.take_renewal_back)


@require_http_methods(["GET", "POST"])
@needs("subscriptions.cancel")
def cancel_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """End it, saying why."""
    one = queries.get_subscription_for(me(request), pk)
    form = CancelForm(sent(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        at_end = data["when"] == "END"
        try:
            actions.cancel(
                by=me(request),
                at=timezone.now(),
                subscription=one,
                reason=data["reason"],
                text=data["text"],
                at_period_end=at_end,
            )
        except actions.NotNow:
            return redirect("subscription", pk)
        else:
            return redirect("subscription", pk)
    return _page(request, "subscriptions/cancel_subscription.html", form, one)


@require_POST
@needs("subscriptions.cancel")
def keep_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a cancellation whose day has not come."""
    return _at_once(request, pk, actions.keep)


@require_POST
@needs("subscriptions.edit")
def drop_planned_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a planned change not come."""
    return _at_once(request, pk, actions.drop_planned_change)


def _at_once(request: HttpRequest, pk: int, verb: Any) -> HttpResponse:
    one = queries.get_subscription_for(me(request), pk)
    try:
        verb(by=me(request), at=timezone.now(), subscription=one)
    except actions.NotNow:  # somebody else was quicker: the page shows how it stands
        return redirect("subscription", pk)
    return redirect("subscription", pk)


def _page(
    request: HttpRequest, template: str, form: Form, one: Any, *, status: int = 0, **context: Any
) -> HttpResponse:
    context |= {"form": form, "one": one}
    return render(request, template, context, status=status or (422 if form.errors else 200))


def _wrong_day(form: Form, wrong: actions.WrongDay) -> None:
    if wrong.after is None:
        form.add_error(wrong.field, _("This day lies too far away."))
    elif wrong.field == "day":
        words = _("Choose a day that fits between the latest change and the end; the limit is %(day)s.")
        form.add_error(wrong.field, words % {"day": date_format(wrong.after, "j M Y")})
    else:
        form.add_error(wrong.field, _("Choose a day after %(day)s.") % {"day": date_format(wrong.after, "j M Y")})
