"""Take in what somebody did on the way: each thing once for its key, in one transaction with its receipt.

The thing itself is done by the verbs of this room and those below, with all they ask and write; what they refuse is
refused here, and then the key stays free. So a sending whose answer was lost is simply sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.once import claim
from setia.core.permissions import require
from setia.sales.actions.field.others import finish, note, order, prospect
from setia.sales.actions.field.photos import photo
from setia.sales.actions.field.told import Told, when
from setia.sales.actions.field.visits import check_in, check_out
from setia.sales.models import FieldAction


class OtherAction(Exception):
    """The key was used for something else."""


@dataclass(frozen=True)
class Received:
    """What became of it: the keys of what was made and what was flagged; and whether it had been done before."""

    answer: dict[str, Any]
    repeated: bool


_DOES: dict[str, Callable[..., dict[str, Any]]] = {
    "CHECK_IN": check_in,
    "CHECK_OUT": check_out,
    "FINISH": finish,
    "NOTE": note,
    "PHOTO": photo,
    "ORDER": order,
    "PROSPECT": prospect,
}


def receive(
    *, by: User, at: datetime, key: str, kind: str, fingerprint: str, told: Told, facts: dict[str, Any]
) -> Received:
    """Do one thing of `FieldAction.Kind`, unless it was done under this key. `facts` are what its verb takes.

    Raises what the verb raises, `OtherAction`, and `StillRunning` of `core.once`.
    """
    require(by, "sales.activities")
    timing = when(told, at=at)
    row = FieldAction(
        person=by,
        key=key,
        kind=FieldAction.Kind(kind).value,
        fingerprint=fingerprint,
        happened_at=timing.moment,
        received_at=at,
        skew_seconds=timing.skew_seconds,
    )
    with transaction.atomic():
        if not claim(row, on=("person", "key")):
            kept = FieldAction.objects.get(person=by, key=key)
            if kept.fingerprint != fingerprint:
                raise OtherAction
            return Received(kept.answer, repeated=True)
        answer = _DOES[kind](by=by, at=at, when=timing, **facts)
        flags = list(dict.fromkeys([*timing.flags, *answer.get("flags", [])]))
        FieldAction.objects.filter(pk=row.pk).update(answer=answer | {"flags": flags}, flags=flags)
        audited = {"kind": kind, "flags": flags} if flags else {"kind": kind}
        audit(by=by, at=at, verb="field_action.received", about="field_action", about_id=row.pk, data=audited)
    return Received(answer | {"flags": flags}, repeated=False)
