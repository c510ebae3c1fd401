"""New ways of selling tried as experiments: who tries what, on which customers, until when, and what counts as success.

Customers are drawn by lot, or a customer goes the way of the colleague who looks after them. The draw is kept as rows,
so that nobody can choose afterwards whom to count.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Experiment(models.Model):
    """A named trial of a method, from a day until a day (both included)."""

    class By(models.TextChoices):
        LOT = "LOT", _("Customers by lot")
        PERSON = "PERSON", _("By person: some colleagues try it, others do not")

    class Success(models.TextChoices):
        FIRST_ORDER = "FIRST_ORDER", _("They buy for the first time")
        AMOUNT = "AMOUNT", _("How much they buy for")
        WON = "WON", _("An opportunity with them is won")

    name = models.CharField(max_length=200)
    method = models.TextField(help_text="What is done otherwise with those drawn for it.")
    drawn_by = models.CharField(max_length=6, choices=By, default=By.LOT)
    success = models.CharField(max_length=11, choices=Success)
    percent = models.PositiveSmallIntegerField(default=50, help_text="How many of a hundred are drawn for the new way.")
    from_date = models.DateField()
    until_date = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Ended before its time.")
    learnt = models.TextField(blank=True, default="", help_text="What the firm takes from it, in its own words.")
    result = models.JSONField(null=True, help_text="What the latest counting found; see `analysis.weigh` of `sales`.")
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(method=""), name="planning_experiment_says_what"),
            models.CheckConstraint(condition=Q(from_date__lte=F("until_date")), name="planning_experiment_days"),
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=99), name="planning_experiment_percent"),
        ]
        indexes = [models.Index(F("until_date").desc(), F("id").desc(), name="planning_experiments_until")]

    def __str__(self) -> str:
        return self.name


class Trier(models.Model):
    """A colleague whose customers take part; `tries` says whether they sell the new way, where it goes by person."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="triers", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    tries = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "person"], name="planning_trier_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.experiment_id}"


class Enrolment(models.Model):
    """A customer who takes part: drawn for the new way (`treated`) or for the present one, under whom, since when."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    treated = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "customer"], name="planning_enrolment_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.experiment_id}"
