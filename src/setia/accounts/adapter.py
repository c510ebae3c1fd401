"""How django-allauth behaves in Setia: nobody signs up uninvited, and every way in or out leaves a line in the audit.

The library does the signing in, the counting of guesses and the reset links; this class says what of it is seen.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from setia.accounts import actions
from setia.accounts.models import User

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

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        actions.note_sign_in(by=user, at=timezone.now(), address=self.get_client_ip(request))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            actions.note_sign_out(by=request.user, at=timezone.now(), address=self.get_client_ip(request))
        super().logout(request)

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
        if message := MESSAGES.get(message_template or ""):
            super().add_message(request, level, message=str(message))
