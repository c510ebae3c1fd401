"""The front door: the first owner's link, invitations, and a forgotten password. Signing in itself is allauth's."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import PasswordResetView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from setia.accounts import actions, queries
from setia.accounts.forms import JoinForm, WelcomeForm
from setia.accounts.models import User
from setia.accounts.views.gates import limited
from setia.core import mail


@login_not_required
@limited("welcome")
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The first owner comes in by the link that `setia up` printed."""
    form = WelcomeForm(request.POST or None)
    if not queries.owner_link_is_good(token, at=timezone.now()):
        return render(request, "accounts/link_spent.html", {"kind": "welcome"}, status=410)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.welcome_owner(
                token=token, language=(get_language() or "id")[:2], at=timezone.now(), **form.cleaned_data
            )
        except actions.LinkSpent:
            return render(request, "accounts/link_spent.html", {"kind": "welcome"}, status=410)
        except actions.AlreadyHere:
            form.add_error("email", _("Somebody with this e-mail address is here already."))
        else:
            return _come_in(request, user)
    return render(request, "accounts/welcome.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@limited("invitation")
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody invited chooses a name and a password, and is in."""
    invited = queries.invitation_by_token(token, at=timezone.now())
    if invited is None:
        return render(request, "accounts/link_spent.html", {"kind": "invitation"}, status=410)
    form = JoinForm(request.POST or None, email=invited.email)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.accept_invitation(token=token, at=timezone.now(), **form.cleaned_data)
        except actions.LinkSpent:
            return render(request, "accounts/link_spent.html", {"kind": "invitation"}, status=410)
        return _come_in(request, user)
    context = {"form": form, "invitation": invited}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


class ForgottenView(PasswordResetView):  # type: ignore[misc]  # allauth is not typed
    """Ask for a link by e-mail; says at once when this Setia cannot send any."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "can_send": mail.can_send()}

    def form_valid(self, form: Any) -> HttpResponse:
        if not mail.can_send():
            response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=503)
        else:
            response = super().form_valid(form)
        return response


password_reset = ForgottenView.as_view()


def _come_in(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in whoever has just chosen a password."""
    adapter = get_adapter(request)
    adapter.login(request, user)
    actions.note_sign_in(by=user, at=timezone.now(), address=adapter.get_client_ip(request))
    return redirect("/")
