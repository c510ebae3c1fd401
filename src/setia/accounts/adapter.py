"""How django-allauth behaves in Setia: nobody signs up uninvited, and every way in or out leaves a line in the audit.

The library does the signing in, the counting of guesses and the reset links; this class says what of it is seen.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from setia.accounts import actions
from setia.accounts.models import User
from setia.accounts.sessions import PLACE, SIGNED_IN_AT

WAYS = {"webauthn": "PASSKEY", "totp": "APP", "recovery_codes": "RECOVERY_CODE"}


def _way(request: HttpRequest, user: User) -> str:
    """How somebody proved who they are: '' for the password alone."""
    kinds = [one.get("type", "") for one in get_authentication_records(request, user) if one["method"] == "mfa"]
    return WAYS.get(kinds[-1], "") if kinds else ""


MESSAGES = {
    "account/messages/password_changed.txt": _("The password is changed. Your other devices are signed out."),
}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail address and password do not belong together. Check both."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again, or reset the password."),
        "incorrect_password": _("This is not your present password."),
        "enter_current_password": _("Type your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            # One line for a whole burst: a guesser must not be able to fill the trail.
            address = self.get_client_ip(request)
            if cache.add(f"throttled:{actions.mark(address)}", True, 300):
                actions.note_refused_sign_in(
                    email=credentials.get("email", ""), at=timezone.now(), address=address, throttled=True
                )
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        actions.note_refused_sign_in(
            email=credentials.get("email", ""), at=timezone.now(), address=self.get_client_ip(request)
        )

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, and remember in the session where from: the list of one's devices shows it."""
        super().login(request, user)
        request.session[PLACE] = {
            "agent": request.headers.get("User-Agent", "")[:300],
            "mark": actions.mark(self.get_client_ip(request)),
        }
        # A session that goes on (a new password was set in it) counts as begun now.
        request.session[SIGNED_IN_AT] = int(timezone.now().timestamp())

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        actions.note_sign_in(by=user, at=timezone.now(), address=self.get_client_ip(request), way=_way(request, user))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            actions.note_sign_out(by=request.user, at=timezone.now(), address=self.get_client_ip(request))
        super().logout(request)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the person's password; counted like an attempt to sign in."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def set_password(self, user: User, password: str) -> None:
        actions.set_password(user=user, password=password, at=timezone.now())

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """In the background: the answer takes equally long whether or not somebody has this address."""
        from setia.accounts.tasks import send_reset

        send_reset.defer(user_id=user.pk, base=context["request"].build_absolute_uri("/"))

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """The library's own sentences stay unsaid, except those put into Setia's words above."""
        if message := kwargs.get("message") or MESSAGES.get(message_template or ""):
            super().add_message(request, level, message=str(message))
