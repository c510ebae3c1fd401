"""What this room may hold about a customer: answers kept for repeated requests, and deliveries to other systems.

Both go by themselves after a time; an erasure does not wait for that. What another system was sent, it has: the firm
tells it (`customer.erased` is an event it can listen for).
"""

from django.db.models import Q

from setia.api.models import Delivery, KeptAnswer
from setia.core.personal import Person, forget_by


@forget_by
def forget_answers(person: Person) -> None:
    """Empty every kept answer and delivery that names the person. The rows stay, so that nothing is done twice."""
    if person.texts:
        KeptAnswer.objects.filter(_says("body", person)).update(body="", headers={})
        Delivery.objects.filter(_says("payload", person) | _says("answer", person)).update(payload={}, answer="")


def _says(column: str, person: Person) -> Q:
    condition = Q()
    for text in person.texts:
        condition |= Q(**{f"{column}__icontains": text})
        if not text.isascii():  # JSON may write it as \u00e9
            condition |= Q(**{f"{column}__icontains": text.encode("unicode_escape").decode()})
    return condition
