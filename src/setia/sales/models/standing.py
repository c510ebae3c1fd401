"""What prospects have come to and what was done, counted as it changes, so that a report over a year reads thousands of
small rows and not a million prospects.

Triggers of the database write here what each statement adds and takes away, whichever code made it: the sum of the rows
is right at any moment. The worker puts rows of one place together (`actions.standing`).
"""

from django.db import models


class FunnelTally(models.Model):
    """Prospects taken down on a day, by their source and their door: how many there are and how far they got.

    Several rows of one day, source and door add up; one may be less than nothing.
    """

    day = models.DateField(db_index=True, help_text="The firm's day they were taken down on.")
    source = models.CharField(max_length=60)
    how = models.CharField(max_length=4)
    captured = models.IntegerField()
    touched = models.IntegerField()
    qualified = models.IntegerField()
    chances = models.IntegerField(help_text="Those for whom there is an opportunity, open or not.")
    won = models.IntegerField()
    unqualified = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.day} {self.source} {self.captured}"


class DoneTally(models.Model):
    """Activities that one person did in a month, of one kind. Several rows of one place add up, as above."""

    month = models.DateField(help_text="The first of the firm's month.")
    owner_id = models.BigIntegerField(help_text="Whose activities: no foreign key, as the triggers write it.")
    kind = models.CharField(max_length=7)
    number = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["month", "owner_id"], name="sales_done_tally")]

    def __str__(self) -> str:
        return f"{self.month} {self.owner_id} {self.kind} {self.number}"
