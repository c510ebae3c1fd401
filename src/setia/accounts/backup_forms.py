"""What a person types about backups: checked here, saved by `actions`."""

from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SHORTEST = 12
"""Characters of a passphrase, at least; the same for one typed at the keyboard of the machine."""


class BackupPlanForm(forms.Form):
    """When, for how long, where to, and under which passphrase."""

    on = forms.BooleanField(label=_("Back up every night"), required=False)
    hour = forms.TypedChoiceField(
        label=_("At"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        help_text=_("In the firm's time zone. A night the machine was off is made up for at the next start."),
    )
    keep_days = forms.IntegerField(
        label=_("Keep for how many days"),
        min_value=1,
        max_value=3650,
        help_text=_("The latest three stay, however old."),
    )
    folder = forms.CharField(
        label=_("Folder"),
        required=False,
        max_length=500,
        help_text=_("On Setia's machine, best on another disk. Empty: the folder “backups” of the data folder."),
    )
    passphrase = forms.CharField(
        label=_("Passphrase"),
        required=False,
        min_length=SHORTEST,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Without it nobody opens a backup, you neither: write it down elsewhere. Empty: as it is."),
    )
    no_passphrase = forms.BooleanField(label=_("Without a passphrase from now on"), required=False)

    def clean_folder(self) -> str:
        """A whole path, or nothing."""
        text: str = self.cleaned_data["folder"].strip()
        if text and (not Path(text).is_absolute() or "\0" in text):
            raise ValidationError(_("Write the whole path, beginning with /."))
        return text

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("passphrase") and data.get("no_passphrase"):
            self.add_error("no_passphrase", _("Either a passphrase, or none."))
        return data
