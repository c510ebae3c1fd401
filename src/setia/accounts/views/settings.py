"""One's own profile and the firm's settings."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import setia.core.queries
from setia.accounts import actions
from setia.accounts.confirming import after_confirming
from setia.accounts.forms import FirmForm, MailForm, ProfileForm
from setia.accounts.queries import me
from setia.accounts.views.gates import limited
from setia.core import mail
from setia.core.permissions import needs

MAIL_FIELDS = ("host", "port", "security", "username", "from_address", "from_name")


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """The table of contents: what this person can set."""
    return render(request, "accounts/settings.html")


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name and language."""
    user = me(request)
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        if actions.change_profile(by=user, at=timezone.now(), **form.cleaned_data):
            messages.info(request, _("Your profile is saved."))
        return redirect("profile")
    return _render(request, "accounts/profile.html", form)


@require_http_methods(["GET", "POST"])
@needs("accounts.firm")
def firm(request: HttpRequest) -> HttpResponse:
    """Name, zone, currency, language of the firm, and the day its figures stand at."""
    house = setia.core.queries.firm()
    initial = {
        **{name: getattr(house, name) for name in ("name", "zone", "currency", "language", "elsewhere")},
        "feed_live": "1" if house.feed_live else "0",
    }
    form = FirmForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if actions.change_firm(by=me(request), at=timezone.now(), **form.cleaned_data):
            messages.info(request, _("The firm's settings are saved."))
        return redirect("firm")
    return _render(request, "accounts/firm.html", form)


@require_http_methods(["GET", "POST"])
@needs("accounts.mail")
@after_confirming
@sensitive_post_parameters("password")
def mail_server(request: HttpRequest) -> HttpResponse:
    """The mail server. The stored password is never shown; left empty, it stays."""
    server = mail.mail_server()
    initial: dict[str, Any] = {name: getattr(server, name) for name in MAIL_FIELDS} if server else {}
    form = MailForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        password = values.pop("password") or (None if values["username"] else "")
        changed = actions.change_mail_server(by=me(request), at=timezone.now(), password=password, **values)
        if changed:
            messages.info(request, _("The mail server is saved. Send yourself a test letter now."))
        if "password" in changed and password is None:
            messages.warning(
                request, _("Server or user name changed, so the old password was dropped. Type the new one.")
            )
        return redirect("mail_server")
    return _render(request, "accounts/mail_server.html", form, server=server)


@require_POST
@needs("accounts.mail")
@limited("test_mail")
def test_mail(request: HttpRequest) -> HttpResponse:
    """Send whoever asks a letter and say how it went."""
    try:
        actions.test_mail(by=me(request), at=timezone.now())
    except mail.MailTrouble as trouble:
        messages.error(request, trouble.plain)
    else:
        messages.info(
            request,
            _("The mail server took the test letter to %(email)s. Look into your inbox.")
            % {"email": me(request).email},
        )
    return redirect("mail_server")


@require_POST
@needs("accounts.mail")
@after_confirming
def remove_mail_server(request: HttpRequest) -> HttpResponse:
    """Forget the mail server."""
    if actions.remove_mail_server(by=me(request), at=timezone.now()):
        messages.info(request, _("The mail server is removed. Setia sends no e-mail now."))
    return redirect("mail_server")


@require_POST
@needs("accounts.firm")
def release_outgoing(request: HttpRequest) -> HttpResponse:
    """Let a restored Setia send again."""
    if actions.release_outgoing(by=me(request), at=timezone.now()):
        messages.info(request, _("This Setia sends again."))
    return redirect("settings")


def _render(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)
