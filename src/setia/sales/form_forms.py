"""A form on the web as its visitor fills it in, and as the firm arranges it. Nothing is saved here."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.text import line, paragraph
from setia.customers.queries import FieldDef, email, phone
from setia.sales.models import WebForm
from setia.sales.prospect_forms import NOT_A_NUMBER, NOT_AN_ADDRESS
from setia.sales.queries import STANDARD, Question

TRAP = "website"
"""A field no person sees: whoever fills it in is a program."""
_WORDS = {
    "name": pgettext_lazy("form", "Your name"),
    "whatsapp": pgettext_lazy("form", "WhatsApp or phone"),
    "email": pgettext_lazy("form", "E-mail"),
    "region": pgettext_lazy("form", "City or district"),
    "message": pgettext_lazy("form", "What can we do for you?"),
}
_MOST = {"name": 300, "whatsapp": 60, "email": 254, "region": 200, "message": 4000}
_PURPOSES = [("", _("none")), ("MARKETING", _("Offers and news")), ("SURVEY", _("Questions and surveys"))]


class VisitorForm(forms.Form):
    """The questions of one form, and the box of consent where it has one."""

    def __init__(self, *args: Any, questions: list[Question], consent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for one in questions:
            self.fields[one.key] = _visitor_field(one)
        if consent:
            self.fields["agreed"] = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Contacts are ones, own answers fit their fields, and there is some way to answer."""
        data: dict[str, Any] = super().clean() or {}
        for one in self.questions:
            text = str(data.get(one.key, ""))
            data[one.key] = text = paragraph(text) if one.key == "message" else line(text)
            if one.key == "whatsapp" and text and phone(text) is None:
                self.add_error(one.key, ValidationError(NOT_A_NUMBER, params={"text": text[:60]}))
            elif one.key == "email" and text and email(text) is None:
                self.add_error(one.key, ValidationError(NOT_AN_ADDRESS, params={"text": text[:60]}))
            elif one.field is not None:
                try:
                    one.field.parse(text)
                except ValidationError as error:
                    self.add_error(one.key, error)
        asked = {one.key for one in self.questions}
        if asked & {"whatsapp", "email"} and not (data.get("whatsapp") or data.get("email")) and not self.errors:
            self.add_error(min(asked & {"whatsapp", "email"}), _("Tell us how we can reach you."))
        return data

    def answers(self) -> dict[str, str]:
        """The texts by question, without the box."""
        return {one.key: self.cleaned_data.get(one.key, "") for one in self.questions}


def _visitor_field(one: Question) -> forms.Field:
    if one.field is not None and one.field.options:
        choices = [("", "–"), *((str(option.id), option.label) for option in one.field.options if not option.hidden)]
        return forms.ChoiceField(label=one.field.label, required=one.must, choices=choices)
    label = one.field.label if one.field is not None else _WORDS[one.key]
    kind = {"whatsapp": "tel", "email": "email"}.get(
        one.key, "date" if one.field and one.field.letter == "d" else "text"
    )
    complete = {"name": "name", "whatsapp": "tel", "email": "email"}.get(one.key, "off")
    widget: forms.Widget = forms.TextInput(attrs={"type": kind, "autocomplete": complete})
    if one.key == "message":
        widget = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, required=one.must, max_length=_MOST.get(one.key, 2000), widget=widget)


class WebFormForm(forms.Form):
    """What the firm arranges: by the names of `actions.web_forms.FACTS`."""

    title = forms.CharField(
        label=pgettext_lazy("web form", "Title"),
        max_length=150,
        help_text=_("Stands above the form; its address is made of it."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=WebForm.Kind)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    intro = forms.CharField(
        label=_("Introduction"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    thanks = forms.CharField(
        label=_("Thanks"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Said once it was sent. Empty: that you will be in touch soon."),
    )
    consent_purpose = forms.ChoiceField(
        label=_("Ask for consent to"),
        required=False,
        choices=_PURPOSES,
        help_text=_("The box is never ticked beforehand; its wording is the one under Settings, Privacy."),
    )
    confirm = forms.BooleanField(
        label=_("Confirm the e-mail address by a letter first"),
        required=False,
        help_text=_("Nothing counts before the link in it was opened."),
    )
    source = forms.CharField(
        label=pgettext_lazy("prospect", "Source"),
        required=False,
        max_length=60,
        help_text=_("Unless the address says ?source=…"),
    )
    campaign = forms.CharField(label=_("Campaign"), required=False, max_length=100)
    sites = forms.CharField(
        label=_("Pages that may show it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One address a line, like https://www.example.com. Others cannot put the form into their pages."),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, own: list[FieldDef], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [*((key, _WORDS[key]) for key in STANDARD), *((one.key, one.label) for one in own)]
        for key, words in self.asked:
            self.fields[f"ask_{key}"] = forms.ChoiceField(label=str(words), choices=WebForm.Asked, required=False)

    def clean_sites(self) -> list[str]:
        sites = []
        for text in self.cleaned_data["sites"].split():
            try:
                parts = urlsplit(text)
                host = (parts.hostname or "").encode("idna").decode()
                port = f":{parts.port}" if parts.port else ""
            except ValueError:
                host = port = ""
            if parts.scheme not in ("https", "http") or not re.fullmatch(r"[a-z0-9.-]{1,253}", host):
                words = _("“%(text)s” is not an address like https://www.example.com.")
                raise ValidationError(words, params={"text": text[:60]})
            sites.append(f"{parts.scheme}://{host}{port}")
        return sorted(set(sites))[:20]

    def clean(self) -> dict[str, Any]:
        """A form asks for a way to answer, and for the address a letter is to go to."""
        data: dict[str, Any] = super().clean() or {}
        fields = {key: data.pop(f"ask_{key}", "") or WebForm.Asked.NO for key, _words in self.asked}
        data["fields"] = {key: str(asked) for key, asked in fields.items() if asked != WebForm.Asked.NO}
        if not {"whatsapp", "email"} & set(data["fields"]):
            self.add_error("ask_whatsapp", _("Ask for a number or an e-mail address: else nobody can be answered."))
        if data.get("confirm") and fields["email"] != WebForm.Asked.MUST:
            self.add_error("ask_email", _("A letter needs an e-mail address: it must be answered."))
        return data

    def facts(self) -> dict[str, Any]:
        """What `actions.make_form` and `edit_form` take."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return data | {"source": line(data["source"]), "campaign": line(data["campaign"]), "title": line(data["title"])}
