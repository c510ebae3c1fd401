"""What a person may type about a prospect. Nothing is saved here."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.accounts.models import User
from setia.core.permissions import may, owners_seen
from setia.core.text import line, paragraph
from setia.customers.queries import assignable, email, phone
from setia.customers.queries.contacts import split_name
from setia.sales.actions.number import number_kind
from setia.sales.models import Prospect

NOT_A_NUMBER = _("“%(text)s” is not a telephone number. Write it as 0812-3456-7890, or with the country code: +65…")
NOT_AN_ADDRESS = _("“%(text)s” is not an e-mail address. Write one address, like name@example.com.")


class CameForm(forms.Form):
    """How a prospect came and what they want, by the names of `actions.capture.Came`."""

    source = forms.CharField(
        label=pgettext_lazy("prospect", "Source"),
        required=False,
        max_length=60,
        help_text=_("Where they heard of you: Instagram, a fair, a friend."),
    )
    campaign = forms.CharField(label=_("Campaign"), required=False, max_length=100)
    note = forms.CharField(
        label=_("What they want"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_source(self) -> str:
        return line(self.cleaned_data["source"])

    def clean_campaign(self) -> str:
        return line(self.cleaned_data["campaign"])

    def clean_note(self) -> str:
        return paragraph(self.cleaned_data["note"])


class ProspectForm(CameForm):
    """Somebody new: as little as a name, or a way to reach them."""

    name = forms.CharField(label=_("Name"), required=False, max_length=300)
    whatsapp = forms.CharField(
        label=_("WhatsApp or phone"), required=False, max_length=60, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.CharField(
        label=_("E-mail"), required=False, max_length=254, widget=forms.TextInput(attrs={"type": "email"})
    )
    instagram = forms.CharField(label="Instagram", required=False, max_length=60)
    region = forms.CharField(label=_("Region"), required=False, max_length=200)
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("Responsible"), queryset=None, required=False, empty_label=_("Nobody")
    )

    field_order = ("name", "whatsapp", "email", "instagram", "region", "source", "campaign", "note", "owner")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may(user, "customers.assign"):
            self.fields["owner"].queryset = assignable(user)  # type: ignore[attr-defined]
            self.fields["owner"].required = owners_seen(user) is not None
        else:
            del self.fields["owner"]

    def clean_whatsapp(self) -> str:
        text = line(self.cleaned_data["whatsapp"])
        if text and phone(text) is None:
            raise forms.ValidationError(NOT_A_NUMBER, params={"text": text[:60]}, code="contact")
        return text

    def clean_email(self) -> str:
        text = line(self.cleaned_data["email"])
        if text and email(text) is None:
            raise forms.ValidationError(NOT_AN_ADDRESS, params={"text": text[:60]}, code="contact")
        return text

    def clean(self) -> dict[str, Any]:
        """Take titles and legal forms off the name; ask for a name or a contact."""
        data: dict[str, Any] = super().clean() or {}
        taken = split_name(line(data.get("name", "")))
        data |= {"kind": taken.kind, "name": taken.name, "title": taken.title, "call_name": taken.call_name}
        data["region"] = line(data.get("region", ""))
        if (
            not data["name"]
            and not any(data.get(key) for key in ("whatsapp", "email", "instagram"))
            and not self.errors
        ):
            self.add_error("name", _("Give a name, or a way to reach them."))
        return data

    def facts(self) -> dict[str, Any]:
        """What `actions.capture` takes."""
        data = dict(self.cleaned_data)
        number = data.pop("whatsapp")
        contacts = [(number_kind(number), number), *((key.upper(), data.pop(key)) for key in ("email", "instagram"))]
        return data | {"contacts": [(kind, text) for kind, text in contacts if text]}


class QualifyForm(forms.Form):
    """Where a prospect stands, and why."""

    status = forms.ChoiceField(
        label=_("Status"),
        choices=[one for one in Prospect.Status.choices if one[0] != Prospect.Status.WON],
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=_("Reason"), required=False, choices=[("", _("Not stated")), *Prospect.Reason.choices]
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Whoever is not suitable is so for a reason."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("status") == Prospect.Status.UNQUALIFIED and not data.get("reason"):
            self.add_error("reason", _("Say why they are not suitable."))
        return data
