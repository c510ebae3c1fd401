"""What people enter about reports."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.accounts.models import Team, User
from setia.core.permissions import may
from setia.reports.models import Mailing
from setia.reports.queries import teams_of


class SaveReportForm(forms.Form):
    """A report's name, who sees it ('' oneself, ALL, or a team's key), and how often it goes to oneself by e-mail."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    sharing = forms.ChoiceField(label=gettext_lazy("Who sees it"), required=False)
    every = forms.ChoiceField(label=gettext_lazy("To me by e-mail"), required=False)

    def __init__(self, data: QueryDict | None, *, user: User, name: str = "") -> None:
        super().__init__(data, initial={"name": name})
        self.teams: dict[str, Team] = {str(one.pk): one for one in teams_of(user)}
        choices = [("", _("Only me")), *((key, _("Team %(name)s") % {"name": t.name}) for key, t in self.teams.items())]
        if may(user, "reports.share"):
            choices.append(("ALL", _("Everybody")))
        self.fields["sharing"].choices = choices  # type: ignore[attr-defined]
        self.fields["every"].choices = [("", _("Never")), *Mailing.Every.choices]  # type: ignore[attr-defined]
        if len(choices) == 1:
            del self.fields["sharing"]

    @property
    def for_all(self) -> bool:
        """Whether everybody is to see it."""
        return self.cleaned_data.get("sharing") == "ALL"

    @property
    def team(self) -> Team | None:
        """The team that is to see it, if one was chosen."""
        return self.teams.get(self.cleaned_data.get("sharing", ""))
