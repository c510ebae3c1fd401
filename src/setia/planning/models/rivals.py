"""Other brands the firm meets when it sells: what is claimed for them, what we answer and why, and their prices."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class Rival(models.Model):
    """A competitor: a firm or a brand that customers compare ours with."""

    name = models.CharField(max_length=200)
    notes = models.TextField(blank=True, default="", help_text="What they are known for; how to speak about them.")
    archived_at = models.DateTimeField(null=True, blank=True, help_text="No longer met; what was met stays.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="planning_rival_name_folded"),
            models.CheckConstraint(condition=~Q(name=""), name="planning_rival_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Claim(models.Model):
    """What is said for a rival, what we answer, and what shows that we are right."""

    rival = models.ForeignKey(Rival, on_delete=models.CASCADE, related_name="claims", db_index=False)
    claim = models.CharField(max_length=300)
    answer = models.TextField()
    evidence = models.TextField(blank=True, default="", help_text="A test, a figure, a customer who may be named.")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(claim="") & ~Q(answer=""), name="planning_claim_says_something")
        ]
        indexes = [models.Index(F("rival"), F("id"), name="planning_claims_of")]

    def __str__(self) -> str:
        return self.claim


class RivalPrice(models.Model):
    """What a rival asks for what stands against one of our products, as somebody saw it on a day."""

    rival = models.ForeignKey(Rival, on_delete=models.CASCADE, related_name="prices")
    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="+")
    theirs = models.CharField(max_length=200, blank=True, default="", help_text="What they call it.")
    price = models.DecimalField(max_digits=18, decimal_places=4, help_text="For one, in the firm's currency.")
    source = models.CharField(max_length=300, blank=True, default="", help_text="Where it was seen.")
    seen_date = models.DateField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rival", "product"], name="planning_rival_price_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="planning_rival_price_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.theirs or self.product_id}: {self.price}"
