"""The pages on which a person chooses which systems are told what happens, and sees how the telling goes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from setia.accounts.queries import after_confirming, me
from setia.api import actions, queries
from setia.api.events import EVENTS
from setia.api.forms import EndpointForm
from setia.api.models import Delivery, Endpoint
from setia.api.sending import TROUBLES, NotAllowed
from setia.core import keyset
from setia.core.permissions import require

PAGE = 50


@require_safe
def endpoints(request: HttpRequest) -> HttpResponse:
    """The addresses there are, and a form for another."""
    require(me(request), "api.webhooks")
    return _list(request, EndpointForm(initial={"events": list(EVENTS)}))


@require_POST
@after_confirming
@sensitive_variables("secret")
def add_endpoint(request: HttpRequest) -> HttpResponse:
    """Add an address, once it is sure who asks; its secret is on the answer, this once."""
    user = me(request)
    require(user, "api.webhooks")
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            made, secret = actions.add_endpoint(by=user, at=timezone.now(), **form.cleaned_data)
        except NotAllowed as error:
            form.add_error("url", str(TROUBLES[error.reason]))
        else:
            return _page(request, made, secret=secret, status=201)
    return _list(request, form)


def _list(request: HttpRequest, form: EndpointForm) -> HttpResponse:
    context = {"form": form, "standings": [queries.standing(one) for one in queries.endpoints_for(me(request))]}
    return render(request, "api/endpoints.html", context, status=422 if form.errors else 200)


@require_safe
def endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """One address: how the telling goes, message by message."""
    return _page(request, queries.get_endpoint_for(me(request), pk))


def _page(request: HttpRequest, one: Endpoint, *, secret: str = "", status: int = 200) -> HttpResponse:
    state = request.GET.get("state", "")
    page = keyset.page(queries.deliveries(one, state), size=PAGE, cursor=request.GET.get("page", ""))
    context: dict[str, Any] = {
        "endpoint": one,
        "secret": secret,
        "standing": queries.standing(one),
        "deliveries": page.rows,
        "states": [
            {"label": label, "url": _address(one, state=code), "on": state == code}
            for code, label in [("", _("All")), *Delivery.State.choices]
        ],
        "events": EVENTS,
        "troubles": TROUBLES,
        "earlier": _address(one, state=state, page=page.earlier) if page.earlier else "",
        "later": _address(one, state=state, page=page.later) if page.later else "",
    }
    response = render(request, "api/endpoint.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _address(one: Endpoint, **params: str) -> str:
    kept = {key: value for key, value in params.items() if value}
    base = reverse("endpoint", args=[one.pk])
    return f"{base}?{urlencode(kept)}" if kept else base


@require_http_methods(["GET", "POST"])
@after_confirming
def edit_endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an address, its name, or what it is told of."""
    user = me(request)
    one = queries.get_endpoint_for(user, pk)
    initial = {"name": one.name, "url": one.url, "events": one.events}
    form = EndpointForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_endpoint(by=user, at=timezone.now(), endpoint=one, **form.cleaned_data)
        except NotAllowed as error:
            form.add_error("url", str(TROUBLES[error.reason]))
        else:
            return redirect("endpoint", pk)
    context = {"form": form, "endpoint": one}
    return render(request, "api/edit_endpoint.html", context, status=422 if form.errors else 200)


@require_POST
def pause_endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Send nothing for now."""
    user = me(request)
    actions.pause_endpoint(by=user, at=timezone.now(), endpoint=queries.get_endpoint_for(user, pk))
    return redirect("endpoint", pk)


@require_POST
def resume_endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again."""
    user = me(request)
    actions.resume_endpoint(by=user, at=timezone.now(), endpoint=queries.get_endpoint_for(user, pk))
    return redirect("endpoint", pk)


@require_POST
def remove_endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an address."""
    user = me(request)
    one = queries.get_endpoint_for(user, pk)
    actions.remove_endpoint(by=user, at=timezone.now(), endpoint=one)
    messages.info(request, _("%(name)s is told nothing any more.") % {"name": one.name})
    return redirect("endpoints")


@require_POST
@after_confirming
@sensitive_variables("secret")
def renew_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown on the answer, this once."""
    user = me(request)
    one = queries.get_endpoint_for(user, pk)
    secret = actions.renew_secret(by=user, at=timezone.now(), endpoint=one)
    return _page(request, queries.get_endpoint_for(user, pk), secret=secret)


@require_POST
def test_endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test message now and say how it went."""
    user = me(request)
    outcome = actions.send_test(by=user, at=timezone.now(), endpoint=queries.get_endpoint_for(user, pk))
    if outcome.trouble:
        words = str(TROUBLES[outcome.trouble])
        messages.error(request, f"{words} ({outcome.status})" if outcome.status else words)
    else:
        words = _("The test message arrived: the server answered %(status)s within %(ms)s ms.")
        messages.info(request, words % {"status": outcome.status, "ms": outcome.milliseconds})
    return redirect("endpoint", pk)


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one message again, or everything that was given up."""
    user = me(request)
    one = queries.get_endpoint_for(user, pk)
    key = request.POST.get("delivery", "")
    delivery_id = int(key) if key.isdecimal() and len(key) < 19 else None
    if key and delivery_id is None:
        return redirect("endpoint", pk)
    if actions.send_again(by=user, at=timezone.now(), endpoint=one, delivery_id=delivery_id):
        messages.info(request, _("It is sent again within half a minute."))
    return redirect("endpoint", pk)
