"""Views of the list of customers that people keep: filters, order and columns under a name.

A view holds words of an address and no customer: what it shows, each reader's own gate says. It is its maker's, a
team's or everybody's. One deleted keeps its row, so that it can come back.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """A view somebody saved. With `for_all` everybody sees it, with a `team` its members do, else its maker alone."""

    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    for_all = models.BooleanField(default=False)
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    params = models.JSONField(default=dict, help_text="The words of its address: filters, `sort`, `cols`.")
    labels = models.JSONField(
        default=dict, help_text="What each word was about when it was saved, for one that is gone."
    )
    position = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="customers_view_name_not_empty"),
            models.CheckConstraint(condition=Q(for_all=False) | Q(team=None), name="customers_view_one_sharing"),
        ]
        indexes = [models.Index(fields=["maker", "position"], name="customers_view_of")]

    def __str__(self) -> str:
        return self.name


class PreferredView(models.Model):
    """The view a person's list opens with."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.view_id}"
