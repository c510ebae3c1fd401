"""How a firm sells, step by step: pipelines with their stages, and the reasons why something was not bought."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Pipeline(models.Model):
    """A way of selling with stages of its own: new business, renewals, projects."""

    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0, help_text="Its place among the others; the first is usual.")
    archived_at = models.DateTimeField(null=True, blank=True, help_text="Nothing new enters; what is in it stays.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="sales_pipeline_name_folded"),
            models.CheckConstraint(condition=~Q(name=""), name="sales_pipeline_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A step of a pipeline. Won and lost are no stages: they are how an opportunity ends, from any stage."""

    class Needs(models.TextChoices):
        """What must be known of an opportunity before it may enter a stage."""

        AMOUNT = "AMOUNT", _("Amount")
        EXPECTED_DATE = "EXPECTED_DATE", _("Expected day of the decision")
        OWNER = "OWNER", _("Responsible")
        LINES = "LINES", _("Products")
        NEXT_STEP = "NEXT_STEP", _("Next step")
        NOTE = "NOTE", _("Note")

    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="stages", db_index=False)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(help_text="Its place in the pipeline, from 1.")
    probability = models.PositiveSmallIntegerField(
        help_text="How many of a hundred in this stage are won in the end, as the firm sees it."
    )
    needs = ArrayField(
        models.CharField(max_length=13, choices=Needs), default=list, blank=True, help_text="Codes of `Needs`."
    )
    age_limit_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Whoever stays longer here is marked; null: nobody."
    )
    archived_at = models.DateTimeField(null=True, blank=True, help_text="Nothing enters any more; its history stays.")

    class Meta:
        constraints = [
            models.UniqueConstraint(F("pipeline"), Lower("name"), name="sales_stage_name_folded"),
            models.CheckConstraint(condition=~Q(name=""), name="sales_stage_has_a_name"),
            models.CheckConstraint(condition=Q(probability__lte=100), name="sales_stage_probability"),
            models.CheckConstraint(
                condition=Q(age_limit_days=None) | Q(age_limit_days__gte=1), name="sales_stage_age_limit"
            ),
        ]
        indexes = [models.Index(fields=["pipeline", "position"], name="sales_stages_of_pipeline")]

    def __str__(self) -> str:
        return self.name

    def needs_words(self) -> list[str]:
        """What it needs, in the reader's words."""
        return [str(self.Needs(one).label) for one in self.needs]

    def is_over_age(self, days: int) -> bool:
        """Whether so many days are longer than anything should stay here."""
        return self.age_limit_days is not None and days > self.age_limit_days


class LostReason(models.Model):
    """Why something was not bought, in the firm's own words, so that losses can be counted."""

    name = models.CharField(max_length=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="sales_lost_reason_name_folded"),
            models.CheckConstraint(condition=~Q(name=""), name="sales_lost_reason_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


def first_words(language: str) -> dict[str, Any]:
    """The pipeline, stages and reasons a new firm begins with, in its language: `pipeline`, `stages`, `reasons`.

    A stage is (name, probability, needs, age limit in days). They are rows of the firm's from then on, changed as it
    likes, and so are in one language.
    """
    needs: tuple[list[str], ...] = (
        [],
        ["EXPECTED_DATE"],
        ["EXPECTED_DATE", "AMOUNT"],
        ["EXPECTED_DATE", "AMOUNT"],
        ["AMOUNT"],
    )
    numbers = ((10, 14), (25, 21), (50, 14), (70, 14), (90, 10))
    if language == "en":
        pipeline = "Sales"
        stages = ("First talk", "Need understood", "Offer sent", "Negotiation", "Agreed in words")
        reasons = (
            "Too expensive",
            "Chose another brand",
            "No budget",
            "Not needed after all",
            "Put off",
            "No answer any more",
            "We could not deliver it",
        )
    else:
        pipeline = "Penjualan"
        stages = ("Pembicaraan awal", "Kebutuhan dipahami", "Penawaran dikirim", "Negosiasi", "Setuju secara lisan")
        reasons = (
            "Terlalu mahal",
            "Memilih merek lain",
            "Tidak ada anggaran",
            "Ternyata tidak butuh",
            "Ditunda",
            "Tidak menjawab lagi",
            "Kami tidak dapat memenuhi",
        )
    return {
        "pipeline": pipeline,
        "stages": [
            (name, probability, list(need), limit)
            for name, need, (probability, limit) in zip(stages, needs, numbers, strict=True)
        ],
        "reasons": list(reasons),
    }
