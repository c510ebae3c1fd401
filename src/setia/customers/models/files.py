"""Files of a customer: pictures and PDFs. The content lies in the home (`core.kept`), under its hash."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from setia.customers.models.party import Customer


class CustomerFile(models.Model):
    """A file on a customer. Taken away it stays for a while (`actions.files.KEPT_DAYS`), so that it can come back."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, help_text="The media type found in the content, never the one claimed.")
    size = models.IntegerField(help_text="Bytes as kept.")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("customer"), F("id").desc(), name="customers_file_latest"),
            models.Index(fields=["sha256"], name="customers_file_content"),
            models.Index(fields=["removed_at"], condition=Q(removed_at__isnull=False), name="customers_file_removed"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.kind.startswith("image/")
