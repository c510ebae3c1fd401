"""Customers, their contact points, and the append-only timeline.

A customer is a person or a company, whether or not they have bought yet, and may have no contact details at all.
`(source, number)` is the firm's own customer number in the system the record came from; `owner`
is the person of the firm who looks after the customer.
"""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, GeneratedField, Q, Value
from django.db.models.functions import Coalesce, Concat, Lower, NullIf, Replace
from django.utils.translation import gettext_lazy as _

from setia.core.models import Stamped
from setia.core.yearly import month_day
from setia.customers import normalise
from setia.customers.typed import Decoder, Encoder


def _split(what: Any, at: str) -> Func:
    return Func(what, Value(at), Value(1), function="split_part", output_field=models.TextField())


_MAIL_NAME = Replace(_split(_split(F("value"), "@"), "+"), Value("."), Value(""))


class Industry(models.Model):
    """A branch of business a customer works in; the list is the firm's own."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="customers_industry_name_folded")]

    def __str__(self) -> str:
        return self.name


class Customer(Stamped):
    """A person or an organisation."""

    class Kind(models.TextChoices):
        PERSON = "PERSON", _("Person")
        COMPANY = "COMPANY", _("Company")

    class Role(models.TextChoices):
        INTERNAL = "INTERNAL", _("In-house seller")
        EXTERNAL = "EXTERNAL", _("End user")
        INTERMEDIARY = "INTERMEDIARY", _("Intermediary")

    class Relation(models.TextChoices):
        CLIENT = "CLIENT", _("Client")
        BUYER = "BUYER", _("Buyer")

    class Acquisition(models.TextChoices):
        RECOMMENDED = "RECOMMENDED", _("Recommended")
        OWN = "OWN", _("Own effort")

    class Gender(models.TextChoices):
        FEMALE = "FEMALE", _("Female")
        MALE = "MALE", _("Male")

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERSON)
    source = models.CharField(max_length=64, default="main")
    number = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 — unknown is not the empty number
    name = models.CharField(max_length=300, blank=True, default="")
    call_name = models.CharField(max_length=100, blank=True, default="")
    title = models.CharField(max_length=100, blank=True, default="")
    role = models.CharField(max_length=12, choices=Role, default=Role.EXTERNAL)
    relation = models.CharField(max_length=10, choices=Relation, blank=True, default="")
    industry = models.ForeignKey(Industry, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    acquisition = models.CharField(max_length=12, choices=Acquisition, blank=True, default="")
    recommended_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    tax_number = models.CharField(
        max_length=16,
        blank=True,
        default="",
        db_default="",
        help_text="NPWP or NIK, sixteen digits; see `normalise.tax_number`. Branches and families may share one.",
    )
    gender = models.CharField(max_length=6, choices=Gender, blank=True, default="")
    birthday = models.DateField(null=True, blank=True)
    region = models.CharField(max_length=200, blank=True, default="")
    # The official code where the region was chosen from the tree; what was typed freely, `RegionSpelling` explains.
    region_code = models.CharField(max_length=13, blank=True, default="", db_default="", db_collation="C")
    notes = models.TextField(blank=True, default="")
    extra = models.JSONField(
        default=dict,
        db_default=Value({}, output_field=models.JSONField()),
        blank=True,
        encoder=Encoder,
        decoder=Decoder,
        help_text="Values of the firm's own fields by their keys; see customers.typed. Checked by the database.",
    )
    owner = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(
        null=True, editable=False, help_text="Since when the person is forgotten: nothing may be said of them again."
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Merged away: a marker that points to the customer who stands for it now, never to another marker.",
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    sort_name = GeneratedField(
        expression=Lower(Coalesce(NullIf(F("name"), Value("")), F("number"), Value(""))),
        output_field=models.CharField(max_length=300),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="customers_customer_number"),
            models.CheckConstraint(condition=~Q(number=""), name="customers_customer_number_not_empty"),
            models.CheckConstraint(
                condition=Q(tax_number="") | Q(tax_number__regex=r"^[0-9]{16}$"), name="customers_customer_tax_number"
            ),
            models.CheckConstraint(condition=~Q(recommended_by=F("id")), name="customers_customer_not_own_referrer"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="customers_customer_not_own_survivor"),
            # Whichever way a change comes, of somebody erased nothing that tells who it was is written again.
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(
                    name="",
                    call_name="",
                    title="",
                    gender="",
                    birthday=None,
                    tax_number="",
                    region="",
                    region_code="",
                    notes="",
                    extra={},
                    archived_at__isnull=False,
                ),
                name="customers_customer_erased_stays_empty",
            ),
        ]
        indexes = [
            models.Index(F("sort_name"), F("id"), condition=Q(archived_at=None), name="customers_by_name"),
            models.Index(
                F("created_at").desc(), F("id").desc(), condition=Q(archived_at=None), name="customers_by_newest"
            ),
            GinIndex(OpClass(F("sort_name"), name="gin_trgm_ops"), name="customers_search_name"),
            GinIndex(OpClass(Lower("number"), name="gin_trgm_ops"), name="customers_search_number"),
            models.Index(
                F("region"), F("sort_name"), F("id"), condition=Q(archived_at=None), name="customers_region_by_name"
            ),
            models.Index(
                fields=["region_code"], condition=Q(region_code__gt="", archived_at=None), name="customers_region_code"
            ),
            models.Index(
                month_day("birthday"),
                F("id"),
                condition=Q(birthday__isnull=False, archived_at=None),
                name="customers_birthday_comes_round",
            ),
            # Only the values that are rare: most customers are people and end users, with nothing else said.
            # By name, since firms stand together there (PT …) and a walk along all names would find them late.
            models.Index(
                F("sort_name"), F("id"), condition=Q(kind="COMPANY", archived_at=None), name="customers_firms_by_name"
            ),
            models.Index(fields=["role"], condition=~Q(role="EXTERNAL"), name="customers_role"),
            models.Index(fields=["relation"], condition=~Q(relation=""), name="customers_relation"),
            models.Index(fields=["tax_number"], condition=Q(tax_number__gt=""), name="customers_tax_number"),
            models.Index(fields=["acquisition"], condition=~Q(acquisition=""), name="customers_acquisition"),
            models.Index(fields=["birthday"], condition=Q(birthday__isnull=False), name="customers_birthday"),
            # For those who see only their own, and for the filter; an import, which knows no owner, adds nothing to it.
            models.Index(
                F("owner"), F("sort_name"), F("id"), condition=Q(owner__isnull=False), name="customers_owner_by_name"
            ),
            models.Index(fields=["archived_at"], condition=Q(archived_at__isnull=False), name="customers_archived"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="customers_merged_into"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name to show: as known, else the firm's number, so that a buyer without a name is still a record."""
        if self.name:
            return self.name
        return str(_("Customer {number}")).format(number=self.number or self.pk)

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class ContactPoint(Stamped):
    """One way to reach a customer: a phone number (E.164), an e-mail address, a handle."""

    class Kind(models.TextChoices):
        PHONE = "PHONE", _("Phone")
        WHATSAPP = "WHATSAPP", "WhatsApp"
        EMAIL = "EMAIL", _("E-mail")
        INSTAGRAM = "INSTAGRAM", "Instagram"
        FACEBOOK = "FACEBOOK", "Facebook"
        TELEGRAM = "TELEGRAM", "Telegram"
        LINE = "LINE", "LINE"
        TIKTOK = "TIKTOK", "TikTok"
        ADDRESS = "ADDRESS", _("Address")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=12, choices=Kind)
    value = models.CharField(max_length=500, help_text="Normalised: E.164, folded address, handle without @.")
    shown = models.CharField(max_length=500, blank=True, default="", help_text="As it was given.")
    preferred = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="customers_contact_once"),
            models.UniqueConstraint(fields=["customer"], condition=Q(preferred=True), name="customers_one_preferred"),
            models.CheckConstraint(
                condition=~Q(kind__in=["PHONE", "WHATSAPP"]) | Q(value__regex=r"^\+[1-9][0-9]{5,14}$"),
                name="customers_contact_phone_e164",
            ),
            models.CheckConstraint(condition=~Q(value=""), name="customers_contact_not_empty"),
        ]
        indexes = [
            models.Index(fields=["kind", "value"], name="customers_contact_value"),
            # What stands before the @, without dots and +tag: twins are found by it (`queries.twins`).
            models.Index(_MAIL_NAME, condition=Q(kind="EMAIL"), name="customers_contact_mail_name"),
            GinIndex(
                OpClass(Lower(Concat("value", Value(" "), "shown")), name="gin_trgm_ops"),
                name="customers_search_contact",
            ),
        ]

    def __str__(self) -> str:
        # A file brings the stored form along as what is shown; nobody reads a number so.
        as_typed = self.shown if self.shown != self.value else ""
        return as_typed or normalise.written(self.kind, self.value)


class TimelineEntry(models.Model):
    """Something that happened with a customer. Append-only: the database refuses to change or drop an entry."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(F("customer"), F("at").desc(), F("id").desc(), name="customers_timeline")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
