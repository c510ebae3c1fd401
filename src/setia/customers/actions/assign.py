"""Who is responsible for a customer."""

from django.core.exceptions import PermissionDenied

from setia.accounts.models import User
from setia.core.permissions import owners_seen, require


def require_may_choose(by: User, owner: User | None) -> None:
    """Raise `PermissionDenied` unless `by` may make this person, or nobody, responsible for a customer they see.

    Somebody who sees only a team's customers chooses among the team: what is given outside would be out of their sight.
    """
    require(by, "customers.assign")
    seen = owners_seen(by)
    if owner is None:
        if seen is not None:
            raise PermissionDenied("customers.assign")
    elif not owner.is_active or (seen is not None and owner.pk not in seen):
        raise PermissionDenied("customers.assign")
