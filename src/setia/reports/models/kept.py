"""What was foretold of a month when it began, kept so that it can be laid beside what the month brought."""

from django.db import models


class KeptForecast(models.Model):
    """The forecast of one pipeline for one month, as it stood when the month began; never changed."""

    pipeline = models.ForeignKey("sales.Pipeline", on_delete=models.CASCADE, related_name="+")
    month = models.DateField(help_text="The first day of the firm's month.")
    taken_at = models.DateTimeField()
    by_stage = models.DecimalField(max_digits=22, decimal_places=4, help_text="By the probability of the stages.")
    expected = models.DecimalField(max_digits=22, decimal_places=4, null=True, help_text="By the firm's own history.")
    low = models.DecimalField(max_digits=22, decimal_places=4, null=True, help_text="Eight of ten lie from here …")
    high = models.DecimalField(max_digits=22, decimal_places=4, null=True, help_text="… to here.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pipeline", "month"], name="reports_forecast_once")]

    def __str__(self) -> str:
        return f"{self.pipeline_id} {self.month:%Y-%m}"
