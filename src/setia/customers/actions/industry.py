"""The firm's own list of industries grows as people name them."""

from django.db.models import Value
from django.db.models.functions import Lower

from setia.customers import normalise
from setia.customers.models import Industry


def industry_named(name: str) -> Industry | None:
    """The industry of this name in any case, made when it is new; None for an empty name."""
    name = normalise.text(name)[:100]
    if not name:
        return None
    same = Industry.objects.alias(folded=Lower("name")).filter(folded=Lower(Value(name)))
    found = same.first()
    if found is None:
        # Somebody may be naming it at this very moment: the unique key decides, and both get the same row.
        Industry.objects.bulk_create([Industry(name=name)], ignore_conflicts=True)
        found = same.get()
    return found
