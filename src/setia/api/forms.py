"""What a person says when they let a program in, or choose who is told what. Nothing is saved here."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from setia.api.events import EVENTS
from setia.api.scopes import READING, codes_offered_to, offered_to
from setia.core.permissions import Actor
from setia.core.text import line

NEVER = "0"


class TokenForm(forms.Form):
    """A new token: what it is for, what it may do, how long it works."""

    name = forms.CharField(
        label=_("What it is for"), max_length=100, help_text=_("The program or shop that will use it, such as Till 2.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Give as little as it needs. A token never may more than you, also when your role changes."),
    )
    days = forms.ChoiceField(
        label=_("Works for"),
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), (NEVER, _("Until it is revoked"))],
        initial="365",
    )
    per_minute = forms.IntegerField(
        label=_("Requests a minute"), min_value=1, max_value=6000, initial=600, help_text=_("More are asked to wait.")
    )

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["scopes"]
        assert isinstance(choice, forms.MultipleChoiceField)
        choice.choices = [(code, f"{room}: {words}") for room, scopes in offered_to(user) for code, words in scopes]
        choice.initial = [code for code in codes_offered_to(user) if code in READING]

    def clean_name(self) -> str:
        return line(self.cleaned_data["name"])

    def expires_at(self, at: datetime) -> datetime | None:
        """When it stops working; None for never."""
        days = self.cleaned_data["days"]
        return None if days == NEVER else at + timedelta(days=int(days))


class EndpointForm(forms.Form):
    """An address that is told what happens, and of what."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("The system behind it, such as Accounting."))
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Setia sends a message to it each time something happens."),
        widget=forms.URLInput(attrs={"placeholder": "https://example.com/hooks/setia", "inputmode": "url"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it when"), choices=list(EVENTS.items()), widget=forms.CheckboxSelectMultiple
    )

    def clean_name(self) -> str:
        return line(self.cleaned_data["name"])
