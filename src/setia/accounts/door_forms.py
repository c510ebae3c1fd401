"""What people type or press at the door: codes, passkeys, the present password, a new address. Saved by `actions`.

Every guess at a code or password is counted before it is looked at, with the same counts as signing in.
"""

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from setia.accounts import actions
from setia.accounts.models import User

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "autocapitalize": "none"}
_SPENT_SECONDS = 180  # longer than any code is accepted


def _once(user: User, authenticator: Any, code: str) -> None:
    """An app's code opens once, also while it is still on the telephone's screen."""
    if authenticator.type != Authenticator.Type.TOTP:
        return
    if not cache.add(f"setia.code:{user.pk}:{code.replace(' ', '')}", True, _SPENT_SECONDS):
        raise get_adapter().validation_error("incorrect_code")


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]  # allauth is not typed
    """The code at sign-in: from the app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six digits from the app on your telephone, or one of your recovery codes."),
        widget=forms.TextInput(attrs=_CODE),
    )

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
            _once(self.user, self.authenticator, code)
        except ValidationError:
            actions.note_refused_step(user=self.user, at=timezone.now())
            raise
        return code

    def save(self) -> None:
        super().save()
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            actions.note_recovery_code(by=self.user, at=timezone.now())


class ConfirmForm(forms.Form):
    """Proof that the person at the keyboard is still the one who signed in: password, code or passkey, one of them."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=20,
        help_text=_("From the app on your telephone."),
        widget=forms.TextInput(attrs=_CODE),
    )
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not with_code:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if data.get("credential"):
            _signed(self.user, data["credential"])
        elif data.get("password"):
            if not account_adapter().reauthenticate(self.user, data["password"]):
                self.add_error("password", account_adapter().validation_error("incorrect_password"))
        elif data.get("code"):
            checked = SecondStepForm({"code": data["code"]}, user=self.user)
            if checked.is_valid():
                checked.save()
            else:
                self.add_error("code", checked.errors["code"].as_data())
        else:
            self.add_error("password", _("Type your password."))
        return data


class AppForm(forms.Form):
    """The first code of a new authenticator app, which shows that app and Setia hold the same secret."""

    code = forms.CharField(
        label=_("Code from the app"), max_length=20, widget=forms.TextInput(attrs={**_CODE, "autofocus": ""})
    )

    def __init__(self, *args: Any, user: User, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.secret = user, secret

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        undo_count = check_rate_limit(self.user)
        if not validate_totp_code(self.secret, code):
            raise ValidationError(
                _("This is not the app's code. Check that the telephone's clock is right, and take the newest code.")
            )
        undo_count()
        return code


class PasskeyForm(forms.Form):
    """A passkey a device has just made, and what to call it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("So that you recognise it in the list, for example “Telephone”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = forms.JSONField(
        widget=forms.HiddenInput, error_messages={"required": _("No passkey was made. Try again.")}
    )

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        try:
            webauthn.parse_registration_response(credential)
            binding = webauthn.complete_registration(credential)
        except (KeyError, AttributeError) as error:
            raise get_adapter().validation_error("incorrect_code") from error
        if not binding.is_user_verified():
            raise ValidationError(_("The device did not check that it is you. Give it a PIN or a fingerprint first."))
        return credential


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=_("New e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
    )


def _signed(user: User, credential: Any) -> None:
    """Raise `ValidationError` unless one of this person's passkeys signed the question the page asked."""
    undo_count = check_rate_limit(user)
    try:
        webauthn.parse_authentication_response(credential)
        authenticator = webauthn.complete_authentication(user, credential)
    except (KeyError, AttributeError) as error:
        raise get_adapter().validation_error("incorrect_code") from error
    authenticator.record_usage()
    undo_count()
