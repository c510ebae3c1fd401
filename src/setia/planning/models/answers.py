"""Answers to what customers ask about products in detail, found while one types."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, GeneratedField, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext_lazy as _


class Answer(models.Model):
    """A question and its answer: about a product, about a whole category, or about buying from the firm at all.

    Somebody says from time to time that it still holds (`checked_at`). It is searched by its words in Indonesian and in
    English, whichever it is written in, and by parts of them.
    """

    question = models.CharField(max_length=300)
    answer = models.TextField()
    product = models.ForeignKey("catalogue.Product", null=True, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey("catalogue.Category", null=True, on_delete=models.SET_NULL, related_name="+")
    tags = models.CharField(max_length=300, blank=True, default="", help_text="Words, parted by a comma and a space.")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    checked_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    search = GeneratedField(
        expression=Lower(Concat(F("question"), Value(" "), F("tags"))),
        output_field=models.CharField(max_length=601),
        db_persist=True,
    )
    words = GeneratedField(
        expression=SearchVector("question", "tags", weight="A", config="indonesian")
        + SearchVector("question", "tags", weight="A", config="english")
        + SearchVector("answer", weight="B", config="indonesian")
        + SearchVector("answer", weight="B", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(question="") & ~Q(answer=""), name="planning_answer_says_something"),
            models.CheckConstraint(
                condition=Q(product=None) | Q(category=None),
                name="planning_answer_about_one",
                violation_error_message=_("It is about a product or about a category, not both."),
            ),
        ]
        indexes = [
            models.Index(F("checked_at"), F("id"), condition=Q(archived_at=None), name="planning_answers_checked"),
            models.Index(F("updated_at").desc(), F("id").desc(), name="planning_answers_newest"),
            GinIndex(F("words"), name="planning_answers_words"),
            GinIndex(OpClass(F("search"), name="gin_trgm_ops"), name="planning_answers_search"),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def tag_list(self) -> list[str]:
        """Its tags, each for itself."""
        return self.tags.split(", ") if self.tags else []
