"""What people say about roles and teams: checked here, saved by `actions`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from setia.accounts.models import Role, User
from setia.core import permissions


class RoleSheet(forms.Form):
    """A role: its name, whose customers it shows, and a tick for every verb `user` may hand on.

    Of a built-in role only whose customers it shows can be chosen.
    """

    name = forms.CharField(label=_("Name"), max_length=60)
    sees = forms.ChoiceField(
        label=_("Sees"),
        widget=forms.RadioSelect,
        help_text=_("In lists, search, exports and figures. What touches all customers at once needs sight of all."),
    )
    verbs = forms.MultipleChoiceField(label=_("May"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, user: User, role: Role | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widths = list(Role.Sees.choices)
        most = Role.Sees.values.index(user.role.sees)
        sees, verbs = self.fields["sees"], self.fields["verbs"]
        assert isinstance(sees, forms.ChoiceField)
        assert isinstance(verbs, forms.MultipleChoiceField)
        sees.choices = widths[: most + 1]
        verbs.choices = [
            (words, [(verb.code, verb.words) for verb in listed if verb.code in user.verbs])
            for words, listed in permissions.rooms()
            if any(verb.code in user.verbs for verb in listed)
        ]
        if role is not None and role.built_in:
            del self.fields["name"], self.fields["verbs"]


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    members: "forms.ModelMultipleChoiceField[User]" = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever sees “their team's customers” sees those of all members."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["members"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = User.objects.filter(is_active=True).order_by("name", "email")
