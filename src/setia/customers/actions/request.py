"""Requests about personal data: take one down, answer it, refuse it. Each is a task with a deadline of 3 × 24 hours."""

from datetime import datetime
from typing import Any

from django.db import transaction

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox
from setia.core.permissions import require
from setia.core.text import paragraph
from setia.customers.actions.erased import refuse_erased
from setia.customers.actions.hold import hold
from setia.customers.models import DEADLINE, Customer, PrivacyRequest


class AlreadyClosed(Exception):
    """The request was answered or refused meanwhile."""


class ReasonNeeded(Exception):
    """A refusal says why (article 33 names the grounds)."""


def take_request(
    *,
    by: User,
    at: datetime,
    kind: str,
    customer: Customer | None = None,
    received_at: datetime | None = None,
    note: str = "",
    data: dict[str, Any] | None = None,
) -> PrivacyRequest:
    """Take a request down. The deadline runs from the moment it was received, or the breach became known."""
    require(by, "customers.privacy")
    received_at = min(received_at or at, at)
    with transaction.atomic():
        if customer is not None:
            refuse_erased([hold(customer.pk)])
        made = PrivacyRequest.objects.create(
            kind=kind,
            customer=customer,
            received_at=received_at,
            due_at=received_at + DEADLINE,
            note=paragraph(note)[:20_000],
            data=data or {},
            by=by,
        )
        _tell("taken", by=by, at=at, request=made)
    return made


def close_request(*, by: User, at: datetime, request: PrivacyRequest, refused: bool, answer: str = "") -> None:
    """Answer a request, or refuse it with the reason. Raises `AlreadyClosed` and `ReasonNeeded`."""
    require(by, "customers.privacy")
    answer = paragraph(answer)[:20_000]
    if refused and not answer:
        raise ReasonNeeded
    state = PrivacyRequest.State.REFUSED if refused else PrivacyRequest.State.DONE
    with transaction.atomic():
        claimed = PrivacyRequest.objects.filter(pk=request.pk, state=PrivacyRequest.State.OPEN)
        if not claimed.update(state=state, closed_at=at, closed_by=by, answer=answer):
            raise AlreadyClosed
        _tell("refused" if refused else "answered", by=by, at=at, request=request)


def reopen_request(*, by: User, at: datetime, request: PrivacyRequest) -> None:
    """Take an answer back: the request stands open again, its deadline where it was."""
    require(by, "customers.privacy")
    with transaction.atomic():
        if request.customer_id:
            refuse_erased([hold(request.customer_id)])
        closed = PrivacyRequest.objects.filter(pk=request.pk).exclude(state=PrivacyRequest.State.OPEN)
        if closed.update(state=PrivacyRequest.State.OPEN, closed_at=None, closed_by=None, reminded=""):
            _tell("reopened", by=by, at=at, request=request)


def _tell(verb: str, *, by: User, at: datetime, request: PrivacyRequest) -> None:
    data = {"request": request.pk, "kind": request.kind}
    about, key = ("customer", request.customer_id) if request.customer_id else ("request", request.pk)
    audit(by=by, at=at, verb=f"request.{verb}", about=about, about_id=key, data=data)
    outbox.emit(f"request.{verb}", at=at, request_id=request.pk)
