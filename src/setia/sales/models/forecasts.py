"""What open opportunities will bring, as last estimated from the firm's own history: one row per pipeline, replaced."""

from django.db import models

from setia.sales.models.pipelines import Pipeline


class Forecast(models.Model):
    """An estimate of a pipeline: money by month with its interval, and what the history says of each stage."""

    pipeline = models.OneToOneField(Pipeline, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(help_text="When it was worked out.")
    exits = models.IntegerField(help_text="How many steps out of a stage it rests on.")
    opportunities = models.IntegerField(help_text="How many were open then.")
    months = models.JSONField(help_text="[{month: YYYY-MM, expected, low, high, won}], the present month first.")
    total = models.JSONField(help_text="{expected, low, high} of all these months together.")
    stages = models.JSONField(help_text="[{stage: key, won: 0–1, days: median stay}], in their order.")

    def __str__(self) -> str:
        return f"{self.pipeline_id} {self.at:%Y-%m-%d}"
