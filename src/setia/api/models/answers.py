"""What was answered to requests that carried an idempotency key, so that a repeated one is answered alike."""

from django.db import models

from setia.api.models.tokens import Token


class KeptAnswer(models.Model):
    """The answer to a request that changed something.

    The row is written in the transaction of the change itself: there is a change if and only if there is its answer.
    A second request with the same key waits at the unique key until the first has ended, well or badly.
    """

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, address and body.")
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="api_keptanswer_once")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
