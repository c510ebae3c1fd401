"""What a person may type about pipelines, stages and reasons for a loss. Nothing is saved here."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.core.text import line
from setia.sales.models import Stage


class NameForm(forms.Form):
    """The name of a pipeline or a reason."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)

    def clean_name(self) -> str:
        name = line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Give it a name."))
        return name

    def taken(self) -> None:
        """Say that this name is another one's."""
        self.add_error("name", _("There is one of this name already. Use another name."))


class StageForm(NameForm):
    """A stage's facts, by the names of `actions.StageFacts`."""

    probability = forms.IntegerField(
        label=gettext_lazy("Of a hundred here, how many are won?"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("The forecast by stage counts with it. Setia shows beside it what your history says."),
    )
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("Needed before it may stand here"),
        choices=Stage.Needs,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    age_limit_days = forms.IntegerField(
        label=gettext_lazy("Longest stay, in days"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=gettext_lazy("Whatever stays longer is marked. Empty: no limit."),
    )

    def facts(self) -> dict[str, Any]:
        """What was typed."""
        return dict(self.cleaned_data)
