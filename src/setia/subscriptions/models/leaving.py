"""What the firm's own history says of who leaves at a renewal: by plan, and for all plans of one length together.

Worked out at night from every subscription there was (`actions.study_leaving`), so that a page reads a row a plan.
"""

from django.db import models
from django.db.models import Q

from setia.subscriptions.models.plans import Period, Plan


class LeavingStudy(models.Model):
    """A shifted beta-geometric model of a plan's renewals, and what happened at those that came after a higher price.

    Without a plan it is of all plans whose periods are as long. `alpha` and `beta` are empty where there was too little
    to say. `raised` renewals came with a higher price than the one before, `raised_left` of them ended, and
    `raised_expected` would have by the model.
    """

    plan = models.ForeignKey(Plan, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    period = models.CharField(max_length=10, choices=Period)
    days = models.PositiveIntegerField(null=True)
    subscriptions = models.BigIntegerField()
    left = models.BigIntegerField()
    alpha = models.FloatField(null=True)
    beta = models.FloatField(null=True)
    raised = models.BigIntegerField(default=0)
    raised_left = models.BigIntegerField(default=0)
    raised_expected = models.FloatField(default=0)
    cohorts = models.JSONField(
        default=list,
        help_text="By month of beginning: how many began, and by renewals made, how many left (gone) and run (there).",
    )
    curve = models.JSONField(
        default=list, help_text="By the model, after 0, 1, … renewals: the share still there, and its range."
    )
    remaining = models.JSONField(
        default=dict, help_text="What those who run are expected to pay yet (amount, low, high), and pay in a month."
    )
    as_of_date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "period", "days"], nulls_distinct=False, name="subscriptions_leaving_once"
            ),
            models.CheckConstraint(
                condition=Q(alpha=None, beta=None) | Q(alpha__gt=0, beta__gt=0), name="subscriptions_leaving_model"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id or self.period} {self.left}/{self.subscriptions}"
