"""Whether somebody who is about to be typed in is a colleague's customer already, one the typist may not see.

Two sellers who each see only their own would otherwise both write to one prospect. What is said of it is the firm's
rule (`Firm.elsewhere`): who looks after the customer, only that they are known, or nothing. It is said only to somebody
who typed in as much as makes the two the same customer almost certainly, a name and a contact or tax number that is
theirs, so that nothing can be found out by trying names or numbers alone; and nothing of the record itself is shown.
"""

from dataclasses import dataclass

from django.db.models import Q

from setia.accounts.models import User
from setia.core.models import Firm
from setia.core.permissions import Actor, may, owners_seen
from setia.core.queries import current_firm
from setia.customers.matching import Scored
from setia.customers.models import Customer
from setia.customers.queries.twins import CERTAIN, Draft, scored_among

_PROVES = {("phone", "own"), ("phone", "few"), ("email", "own"), ("handle", "same"), ("tax_id", "same")}
_NAMED = {("name", "same"), ("name", "part"), ("name", "near")}


@dataclass(frozen=True)
class Elsewhere:
    """A customer whom a colleague looks after. `key` is for actions, never for a page. `who` is that colleague, None
    where the rule keeps it to itself or nobody looks after them.
    """

    key: int
    who: User | None


def elsewhere(user: Actor, draft: Draft) -> Elsewhere | None:
    """The customer out of this person's sight whom the draft is almost certainly about; None for none, for somebody who
    sees all customers, and where the firm's rule is to say nothing. At most four queries.
    """
    owners = owners_seen(user)
    if owners is None or not may(user, "customers.add"):
        return None
    rule = current_firm().elsewhere
    if rule == Firm.Elsewhere.NOTHING:
        return None
    unseen = Customer.objects.filter(merged_into=None, erased_at=None).filter(
        ~Q(owner__in=sorted(owners)) | Q(owner=None)
    )
    scored = [one for one in scored_among(unseen, draft) if one.certainty >= CERTAIN and proven(one)]
    if not scored:
        return None
    found = unseen.select_related("owner").filter(pk=scored[0].id).first()
    if found is None:
        return None
    named = rule == Firm.Elsewhere.WHO and found.owner is not None and found.owner.is_active
    return Elsewhere(found.pk, found.owner if named else None)


def proven(one: Scored) -> bool:
    """Whether the typist gave a contact or tax number of theirs, and their name."""
    agrees = {(reason.comparison, reason.level) for reason in one.reasons}
    return bool(agrees & _PROVES) and bool(agrees & _NAMED)
