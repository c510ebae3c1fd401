"""Roles: what their holders may do, and whose customers they see.

The built-in roles stand in the database since the first start; what they allow is said by each room's list of verbs
(`core.permissions`), so that a new verb reaches them by itself. A role that people made keeps its own list.
"""

from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core import permissions


class Role(models.Model):
    """What a person is here. `code` is its key for ever, in upper case for a built-in role; `name` may change."""

    class BuiltIn(models.TextChoices):
        OWNER = "OWNER", _("Owner")
        MANAGER = "MANAGER", _("Manager")
        SALES = "SALES", pgettext_lazy("a person's role", "Sales")
        AGENT = "AGENT", pgettext_lazy("a person's role", "Customer service")
        MARKETER = "MARKETER", _("Marketer")
        ANALYST = "ANALYST", _("Analyst")
        FINANCE = "FINANCE", pgettext_lazy("a person's role", "Finance")
        MEMBER = "MEMBER", _("Member")

    class Sees(models.TextChoices):
        OWN = "OWN", _("Their own customers")
        TEAM = "TEAM", _("Their team's customers")
        ALL = "ALL", _("All customers")

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60, blank=True, default="", help_text="Empty for a built-in role.")
    built_in = models.BooleanField(default=False)
    sees = models.CharField(max_length=4, choices=Sees, default=Sees.OWN)
    verbs = ArrayField(models.CharField(max_length=80), default=list, blank=True, help_text="Of a role people made.")

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), condition=~Q(name=""), name="accounts_role_name_folded"),
            models.CheckConstraint(
                condition=Q(built_in=True, name="") | Q(built_in=False) & ~Q(name=""), name="accounts_role_named"
            ),
            models.CheckConstraint(condition=~Q(code="OWNER") | Q(sees="ALL"), name="accounts_role_owner_sees_all"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name in the reader's words."""
        return str(self.BuiltIn(self.code).label) if self.built_in else self.name

    @property
    def is_owner(self) -> bool:
        return self.code == self.BuiltIn.OWNER

    @cached_property
    def listed(self) -> frozenset[str]:
        """The verbs it lists, counting or not."""
        return permissions.verbs_of(self.code) if self.built_in else frozenset(self.verbs)

    @cached_property
    def granted(self) -> frozenset[str]:
        """The verbs its holders may do."""
        return permissions.effective(self.listed, sees_all=self.sees == self.Sees.ALL)

    def within(self, other: "Role") -> bool:
        """Whether it allows nothing, and shows nothing, that the other does not."""
        widths = list(self.Sees.values)
        return other.is_owner or (
            not self.is_owner and self.listed <= other.granted and widths.index(self.sees) <= widths.index(other.sees)
        )
