"""Which map lies under the places of visits. Nothing is saved here."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from setia.core.text import line
from setia.sales.mercator import NotAnAddress, source_of


class MapForm(forms.Form):
    """The map's address and whose it is, by the names of `SalesDesk`."""

    map_address = forms.CharField(
        label=_("Address of the map's pictures"),
        required=False,
        max_length=300,
        help_text=_(
            "It begins with https:// and holds {z}, {x} and {y}, as in https://tile.example.org/{z}/{x}/{y}.png."
            " Empty: the places are drawn on plain ground, and nothing is asked of anybody."
        ),
    )
    map_credit = forms.CharField(
        label=_("Whose map it is"),
        required=False,
        max_length=100,
        help_text=_("Stands below the map; most providers ask for it, as OpenStreetMap does: © OpenStreetMap"),
    )

    def clean_map_address(self) -> str:
        address: str = self.cleaned_data["map_address"].strip()
        if address:
            try:
                source_of(address)
            except NotAnAddress:
                raise ValidationError(
                    _("This is no such address. It begins with https:// and holds {z}, {x} and {y}, once each.")
                ) from None
        return address

    def clean(self) -> dict[str, Any]:
        """The credit is a line of text, and goes with the map."""
        data: dict[str, Any] = super().clean() or {}
        data["map_credit"] = line(data.get("map_credit") or "") if data.get("map_address") else ""
        return data
