"""What people type about themselves, each other and the firm: checked here, saved by `actions`."""

import ipaddress
import re
from datetime import date
from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from babel.core import get_global
from babel.numbers import get_currency_name
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from setia.accounts.models import User
from setia.accounts.queries import Wanted, roles_for
from setia.core.mail import PORTS
from setia.core.models import Firm, MailServer
from setia.core.trail import ACTS, things

EMAIL = {"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
PASSWORD_HINT = _("At least 10 characters, and not what somebody would guess first.")
LANGUAGES = [("", _("As my browser asks")), *settings.LANGUAGES]


def _plain(field: forms.Field, label: Any, hint: Any = "") -> None:
    """Give a library's field our words: a label above, no placeholder in the box."""
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth is not typed
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], _("E-mail address"))
        _plain(self.fields["password"], _("Password"))
        _plain(self.fields["remember"], _("Keep me signed in on this device"))


class ForgotForm(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["email"], _("E-mail address"))


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password1"], _("New password"), PASSWORD_HINT)
        _plain(self.fields["password2"], _("New password again"))


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], _("Present password"))
        _plain(self.fields["password1"], _("New password"), PASSWORD_HINT)
        _plain(self.fields["password2"], _("New password again"))


class JoinForm(forms.Form):
    """Name and password of somebody who comes in for the first time."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    field_order = ["firm_name", "name", "email", "password"]

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email
        self.fields["password"].help_text = PASSWORD_HINT

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data:
            who = User(email=data.get("email", self._email), name=data.get("name", ""))
            try:
                validate_password(data["password"], who)
            except ValidationError as error:
                self.add_error("password", error)
        return data


class WelcomeForm(JoinForm):
    """The first owner also says which e-mail address signs in, and what the firm is called."""

    firm_name = forms.CharField(
        label=_("Name of the firm"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("You sign in with it. Setia writes to it only about your account."),
        widget=forms.EmailInput(attrs=EMAIL),
    )


class InviteForm(forms.Form):
    """`user` is who invites: only roles they may give can be chosen."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs=EMAIL))
    role = forms.ChoiceField(
        label=_("Role"),
        initial=User.Role.MEMBER,
        help_text=_("What each role may do, the page Roles says."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_roles(self.fields["role"], user)


class RoleForm(forms.Form):
    """A role that `user` may give."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_roles(self.fields["role"], user)


def _offer_roles(field: forms.Field, user: User) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(role.code, role.label) for role in roles_for(user)]


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)


class FirmForm(forms.Form):
    name = forms.CharField(label=_("Name of the firm"), max_length=200)
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=Firm.Zone.choices,
        help_text=_("Every time is shown in it, and a day begins and ends with it."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        help_text=_("The currency all amounts are kept in. Changing it changes the sign, it converts nothing."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("For e-mails, and for people who chose none themselves and whose browser asks for neither."),
    )
    elsewhere = forms.ChoiceField(
        label=_("When somebody types in a colleague's customer, one they may not see, tell them"),
        choices=Firm.Elsewhere.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "So that two of you do not write to one customer. It is said only to who knows the name and a contact of"
            " theirs; nothing of the record is shown."
        ),
    )
    feed_live = forms.TypedChoiceField(
        label=_("As of which day?"),
        choices=[
            ("0", _("The day of the latest order: I imported past orders")),
            ("1", _("Today: new orders arrive day by day")),
        ],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = currencies()


def _server_name(value: str) -> None:
    """A host name (labels of letters, digits, hyphens) or an IP address; nothing else reaches a resolver."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        if not re.fullmatch(r"(?i)(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", value):
            raise ValidationError(_("A server name looks like smtp.example.com.")) from None


class MailForm(forms.Form):
    host = forms.CharField(
        label=_("Server name"),
        max_length=253,
        validators=[_server_name],
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}),
        help_text=_("Your e-mail provider's page about “SMTP” names it, for example smtp.gmail.com."),
    )
    port = forms.TypedChoiceField(label=_("Port"), choices=[(port, str(port)) for port in PORTS], coerce=int)
    security = forms.ChoiceField(label=_("Security"), choices=MailServer.Security.choices)
    username = forms.CharField(
        label=_("User name"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=512,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    from_address = forms.EmailField(
        label=_("Sender address"),
        help_text=_("Usually the address you sign in with there."),
        widget=forms.EmailInput(attrs=EMAIL),
    )
    from_name = forms.CharField(label=_("Sender name"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("security") == MailServer.Security.NONE and data.get("password"):
            self.add_error(
                "security", _("Without security the password would travel readable. Choose STARTTLS or TLS.")
            )
        if data.get("password") and not data.get("username"):
            self.add_error("username", _("A password needs a user name."))
        return data


class AuditFilterForm(forms.Form):
    """The chips over the audit list; what is not understood is left out."""

    person = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    about = forms.CharField(required=False, max_length=60)
    record = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    act = forms.CharField(required=False, max_length=20)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    before = forms.CharField(required=False, max_length=60)

    def wanted(self) -> Wanted:
        """What was understood of it."""
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        about = said.get("about", "") if said.get("about") in things() else ""
        return Wanted(
            person=said.get("person"),
            about=about,
            about_id=said.get("record") if about else None,
            act=said["act"] if said.get("act") in ACTS else "",
            since=_in_reach(said.get("since")),
            until=_in_reach(said.get("until")),
        )


def _in_reach(day: date | None) -> date | None:
    """A day that can be counted with in every zone; none for the ends of the calendar."""
    return day if day and 1 < day.year < 9999 else None


def currencies() -> list[tuple[str, str]]:
    """Every currency that is legal tender somewhere today, the rupiah first (code, "code, name")."""
    today = {
        code
        for territory in get_global("territory_currencies").values()
        for code, _start, end, tender in territory
        if end is None and tender
    }
    names = {code: get_currency_name(code, locale=get_language() or "id") for code in today}
    return [("IDR", f"IDR, {names.pop('IDR')}"), *((code, f"{code}, {name}") for code, name in sorted(names.items()))]
