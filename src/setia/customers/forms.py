"""What a person may type about a customer, checked and put into one spelling. Nothing is saved here."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from setia.accounts.models import User
from setia.core.permissions import Actor, may, owners_seen
from setia.customers import names, normalise
from setia.customers.field_forms import own_fields, own_values
from setia.customers.models import ContactPoint, Customer, LifeEvent, Tag
from setia.customers.queries import FieldDef, assignable, customers_for, region

_CONTACT_HINTS = {
    "PHONE": _("“%(text)s” is not a telephone number. Write it as 0812-3456-7890, or with the country code: +65…"),
    "WHATSAPP": _("“%(text)s” is not a telephone number. Write it as 0812-3456-7890, or with the country code: +65…"),
    "EMAIL": _("“%(text)s” is not an e-mail address. Write one address, like name@example.com."),
    "ADDRESS": _("The address is empty."),
}
_HANDLE_HINT = _("“%(text)s” is not a user name. Write it without spaces, or paste the link to the profile.")


NOT_A_TAX_NUMBER = _("“%(text)s” is not a tax number. Check its 15 or 16 digits (NPWP), or the 16 of the NIK.")


def contact_error(kind: str, text: str) -> ValidationError:
    """What to tell somebody whose text is not a contact point of this kind."""
    return ValidationError(_CONTACT_HINTS.get(kind, _HANDLE_HINT), params={"text": text[:60]}, code="contact")


class CustomerForm(forms.Form):
    """A customer's facts, one column. `cleaned_data` names are those of `facts.Facts`, `industry_name` apart."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind, widget=forms.RadioSelect, initial="PERSON")
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=300,
        help_text=_("The full name. Titles such as Ibu, H. or S.E. are put apart."),
    )
    title = forms.CharField(label=_("Titles"), required=False, max_length=100)
    call_name = forms.CharField(
        label=_("Called"), required=False, max_length=100, help_text=_("What you say to them: Siti, Pak Budi.")
    )
    number = forms.CharField(
        label=_("Customer number"), required=False, max_length=100, help_text=_("Your own number, if you use one.")
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Customer.Role,
        initial="EXTERNAL",
        help_text=_("In-house sellers and intermediaries resell; end users buy for themselves."),
    )
    relation = forms.ChoiceField(
        label=_("Relation"),
        choices=[("", _("Not stated")), *Customer.Relation.choices],
        required=False,
        help_text=_("A client has a contract or made-to-order work; a buyer buys standard goods."),
    )
    industry_name = forms.CharField(
        label=_("Industry"), required=False, max_length=100, help_text=_("Choose one, or type a new one.")
    )
    acquisition = forms.ChoiceField(
        label=_("Came by"), choices=[("", _("Not stated")), *Customer.Acquisition.choices], required=False
    )
    recommended_by = forms.ModelChoiceField(
        label=_("Recommended by"), queryset=Customer.objects.none(), required=False, widget=forms.HiddenInput
    )
    gender = forms.ChoiceField(
        label=_("Gender"), choices=[("", _("Not stated")), *Customer.Gender.choices], required=False
    )
    birthday = forms.DateField(
        label=_("Birthday"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    tax_number = forms.CharField(
        label=_("Tax number"), required=False, max_length=40, help_text=_("NPWP of 15 or 16 digits, or NIK.")
    )
    region = forms.CharField(
        label=_("Region"),
        required=False,
        max_length=200,
        help_text=_("Type a village, district or city and choose it. What is not in the list stays as you type it."),
    )
    region_code = forms.CharField(required=False, max_length=13, widget=forms.HiddenInput)
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("Responsible"),
        queryset=None,
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Who looks after this customer. Some roles see only the customers they look after."),
    )
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        user: Actor,
        today: date,
        customer: Customer | None = None,
        own: Sequence[FieldDef] = (),
        **kwargs: Any,
    ) -> None:
        self.customer, self.today, self.own = customer, today, own
        super().__init__(*args, **kwargs)
        self.fields.update(own_fields(own, customer.extra if customer else {}, user=user, customer=customer))
        people = customers_for(user)
        self.fields["recommended_by"].queryset = people.exclude(pk=customer.pk) if customer else people  # type: ignore[attr-defined]
        if may(user, "customers.assign"):
            self.fields["owner"].queryset = assignable(user, customer.owner_id if customer else None)  # type: ignore[attr-defined]
            self.fields["owner"].required = owners_seen(user) is not None and customer is not None
        else:
            del self.fields["owner"]

    def clean_title(self) -> str:
        return normalise.text(self.cleaned_data["title"])

    def clean_call_name(self) -> str:
        return normalise.text(self.cleaned_data["call_name"])

    def clean_region(self) -> str:
        return normalise.text(self.cleaned_data["region"])

    def clean_industry_name(self) -> str:
        return normalise.text(self.cleaned_data["industry_name"])

    def clean_notes(self) -> str:
        return normalise.paragraph(self.cleaned_data["notes"])

    def clean_number(self) -> str | None:
        return normalise.text(self.cleaned_data["number"]) or None

    def clean_tax_number(self) -> str:
        text = normalise.text(self.cleaned_data["tax_number"])
        found = normalise.tax_number(text) if text else ""
        if found is None:
            raise ValidationError(NOT_A_TAX_NUMBER, params={"text": text}, code="tax_number")
        return found

    def clean_birthday(self) -> date | None:
        born: date | None = self.cleaned_data["birthday"]
        if born and not date(1900, 1, 1) <= born <= self.today:
            raise ValidationError(_("A birthday lies between 1900 and today."))
        return born

    def clean_name(self) -> str:
        return normalise.text(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Where a new name carries its titles or its legal form, take it apart; what was typed beside it wins."""
        data: dict[str, Any] = super().clean() or {}
        name = data.get("name", "")
        if name and (self.customer is None or name != self.customer.name):
            taken = names.split(name)
            if taken.kind == Customer.Kind.COMPANY:
                data["kind"], data["name"] = taken.kind, taken.name
            elif data.get("kind") == Customer.Kind.PERSON:
                data["name"] = taken.name
                data["title"] = data.get("title") or taken.title
                data["call_name"] = data.get("call_name") or taken.call_name
        if data.get("region_code"):
            chosen = region(data["region_code"])
            data["region_code"], data["region"] = (chosen.code, chosen.path[:200]) if chosen else ("", data["region"])
        if data.get("kind") == Customer.Kind.COMPANY:
            data.update(title="", call_name="", gender="", birthday=None)
        if self.own:
            data["extra"] = own_values(self, self.own)
        if not name and not data.get("number") and not self.errors:
            self.add_error("name", _("Give a name or a customer number, so that you find this customer again."))
        return data


class NewCustomerForm(CustomerForm):
    """The same for a customer not known yet, with the contact points most people have."""

    whatsapp = forms.CharField(label=_("WhatsApp"), required=False, max_length=100)
    phone = forms.CharField(label=_("Other telephone"), required=False, max_length=100)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)

    CONTACTS = (("whatsapp", "WHATSAPP"), ("phone", "PHONE"), ("email", "EMAIL"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        contacts: list[tuple[str, str]] = []
        for field, kind in self.CONTACTS:
            if text := normalise.text(data.pop(field, "") or ""):
                if normalise.contact(kind, text) is None:
                    self.add_error(field, contact_error(kind, text))
                contacts.append((kind, text))
        data["contacts"] = contacts
        return data


class ContactForm(forms.Form):
    """One contact point: its kind and the text as given."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind, initial="WHATSAPP")
    text = forms.CharField(label=_("Number, address or user name"), max_length=500)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        kind, text = data.get("kind"), data.get("text")
        if kind and text and normalise.contact(kind, text) is None:
            self.add_error("text", contact_error(kind, text))
        return data


class NoteForm(forms.Form):
    """A note for the timeline."""

    body = forms.CharField(
        label=_("Note"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("The note is empty. Write something first.")},
    )


class TagForm(forms.Form):
    """A tag's name and colour."""

    name = forms.CharField(label=_("Name"), max_length=60)
    colour = forms.ChoiceField(label=_("Colour"), choices=Tag.Colour, widget=forms.RadioSelect)


class LinkForm(forms.Form):
    """How a customer stands to another. `how` is the kind and the end this customer is at: `WORKS_AT.to`."""

    how = forms.ChoiceField(
        label=_("This customer"),
        choices=[
            ("WORKS_AT.to", _("works at")),
            ("WORKS_AT.from", _("employs")),
            ("FAMILY.to", _("family of")),
            ("SELLS_FOR.to", _("sells for")),
            ("SELLS_FOR.from", _("is sold for by")),
            ("REFERRED_BY.to", _("recommended by")),
            ("REFERRED_BY.from", _("has recommended")),
        ],
    )
    other = forms.ModelChoiceField(
        label=_("Whom"),
        queryset=Customer.objects.none(),
        error_messages={"required": _("Type a name and choose somebody from the list.")},
    )
    words = forms.CharField(label=_("As what"), required=False, max_length=100)
    from_date = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    to_date = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = customers_for(user)  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Customer | None:
        """The customer picked so far, when the form comes back."""
        return self.cleaned_data.get("other") if self.is_bound and hasattr(self, "cleaned_data") else None


class LifeEventForm(forms.Form):
    """A day of a customer's life."""

    kind = forms.ChoiceField(label=_("What"), choices=LifeEvent.Kind)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    words = forms.CharField(label=_("In words"), required=False, max_length=100)
    yearly = forms.BooleanField(label=_("Every year"), required=False, initial=True)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not 1900 <= day.year <= 2200:
            raise ValidationError(_("The year lies between 1900 and 2200."))
        return day
