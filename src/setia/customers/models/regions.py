"""The tree of Indonesian regions, down to the village, and what the firm's own spellings of them mean.

Codes are those of the Ministry of Home Affairs (Kemendagri), dotted: `32` a province, `32.76` a regency or city,
`32.76.06` a district, `32.76.06.1004` a village. A region's descendants are the codes that begin with its own and a
dot, so a plain index answers for any level of the tree.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """One region. `path` is its name with its parents', the nearest first; `folded` what a search looks through."""

    class Level(models.IntegerChoices):
        PROVINCE = 1, _("Province")
        REGENCY = 2, _("Regency or city")
        DISTRICT = 3, _("District")
        VILLAGE = 4, _("Village")

    code = models.CharField(max_length=13, primary_key=True, db_collation="C")
    level = models.SmallIntegerField(choices=Level)
    name = models.CharField(max_length=100)
    path = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=5, blank=True, default="")
    bare = models.CharField(max_length=100, help_text="The name folded, without Kota or Kabupaten.")
    folded = models.CharField(max_length=220)

    class Meta:
        indexes = [
            GinIndex(OpClass(F("folded"), name="gin_trgm_ops"), name="customers_region_folded"),
            models.Index(fields=["bare", "level"], name="customers_region_bare"),
        ]

    def __str__(self) -> str:
        return self.path


class RegionEdition(models.Model):
    """Which edition of the tree is in the table (at most one row, id 1)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    source = models.CharField(max_length=60)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="customers_regionedition_is_one")]

    def __str__(self) -> str:
        return self.source


class RegionSpelling(models.Model):
    """What a region typed freely means: `code`, or '' while nothing was found. The customer's text stays as it is.

    Kept apart from the customers, so that a file of a million brings a few hundred of these and rewrites nobody.
    """

    spelling = models.CharField(max_length=200, primary_key=True)
    code = models.CharField(max_length=13, blank=True, default="", db_collation="C")
    by_hand = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["code"], name="customers_spelling_code")]

    def __str__(self) -> str:
        return f"{self.spelling} → {self.code or '?'}"


class RegionTally(models.Model):
    """How many customers live in a region and below it, as counted latest; '' stands for those of no known region."""

    code = models.CharField(max_length=13, primary_key=True, db_collation="C")
    customers = models.IntegerField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code or 'unknown'}: {self.customers}"
