"""Who among all customers somebody is who tells us their name and contacts where nobody is signed in: a public form."""

from collections.abc import Sequence

from setia.customers.models import Customer
from setia.customers.queries.elsewhere import proven
from setia.customers.queries.twins import CERTAIN, Draft, scored_among


def known_as(*, name: str, contacts: Sequence[tuple[str, str]], region: str = "") -> Customer | None:
    """The customer who is almost certainly meant, having a name and a contact in common; None for nobody.

    Never to be shown to who asks: whether somebody is here is theirs to keep. Archived customers are found, too.
    """
    here = Customer.objects.filter(merged_into=None, erased_at=None)
    scored = scored_among(here, Draft(name=name, contacts=contacts, region=region))
    sure = next((one for one in scored if one.certainty >= CERTAIN and proven(one)), None)
    return here.select_related("owner").filter(pk=sure.id).first() if sure else None
