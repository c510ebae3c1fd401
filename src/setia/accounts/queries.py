"""Questions about people, invitations and the audit trail. `get_…_for` is the only way to an object from a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied

from setia.accounts.models import AuditEntry, Invitation, OwnerLink, User
from setia.accounts.secret_links import hash_token

AUDIT_PAGE = 50


def everybody() -> list[User]:
    """All people, active ones first, then by name."""
    return list(User.objects.order_by("-is_active", "name", "email"))


def somebody(email: str) -> User | None:
    """The person with this e-mail address, whatever its case."""
    return User.objects.filter(email__iexact=email.strip()).first()


def owners() -> list[User]:
    """The active owners, whom a page can name when somebody lacks a right."""
    return list(User.objects.filter(role=User.Role.OWNER, is_active=True).order_by("name", "email"))


def get_person_for(user: User, pk: int) -> User:
    """A person as this user may change them: owners anyone, others themselves. Raises `User.DoesNotExist`."""
    people = User.objects.all() if user.is_owner else User.objects.filter(pk=user.pk)
    return people.get(pk=pk)


def get_invitation_for(user: User, pk: int) -> Invitation:
    """An open invitation, for owners. Raises `Invitation.DoesNotExist`."""
    if not user.is_owner:
        raise Invitation.DoesNotExist
    return Invitation.objects.get(pk=pk, accepted_at=None, revoked_at=None)


def open_invitations() -> list[Invitation]:
    """Invitations neither accepted nor taken back, the newest first; those that ran out are among them."""
    return list(
        Invitation.objects.filter(accepted_at=None, revoked_at=None).select_related("by").order_by("-invited_at")
    )


def invitation_by_token(token: str, *, at: datetime) -> Invitation | None:
    """The invitation a link stands for, while it is good."""
    return (
        Invitation.objects.filter(token_hash=hash_token(token), accepted_at=None, revoked_at=None, expires_at__gt=at)
        .select_related("by")
        .first()
    )


def owner_link_is_good(token: str, *, at: datetime) -> bool:
    """Whether this link may still make the first owner."""
    good = OwnerLink.objects.filter(token_hash=hash_token(token), used_at=None, expires_at__gt=at).exists()
    return good and not owners()


@dataclass(frozen=True)
class AuditPage:
    """A page of the trail, the newest first. `before` leads to the next, older one; None on the last."""

    entries: Sequence[AuditEntry]
    before: int | None


def audit_page_for(
    user: User, *, person: int | None = None, verb: str = "", before: int | None = None, size: int = AUDIT_PAGE
) -> AuditPage:
    """The audit trail, for owners, by person and verb where asked. Raises `PermissionDenied`."""
    if not user.is_owner:
        raise PermissionDenied
    entries = AuditEntry.objects.select_related("by").order_by("-id")
    if person:
        entries = entries.filter(by_id=person)
    if verb:
        entries = entries.filter(verb=verb)
    if before:
        entries = entries.filter(pk__lt=before)
    found = list(entries[: size + 1])
    return AuditPage(found[:size], found[size - 1].pk if len(found) > size else None)


def audit_verbs() -> list[str]:
    """The verbs that occur in the trail (a loose index scan: the trail may be long, its verbs are few)."""
    verbs: list[str] = []
    rows = AuditEntry.objects.raw(
        """
        WITH RECURSIVE verb AS (
          (SELECT verb FROM accounts_auditentry ORDER BY verb LIMIT 1)
          UNION ALL
          SELECT (SELECT entry.verb FROM accounts_auditentry entry WHERE entry.verb > verb.verb ORDER BY entry.verb LIMIT 1)
          FROM verb WHERE verb.verb IS NOT NULL
        )
        SELECT 0 AS id, verb FROM verb WHERE verb IS NOT NULL
        """
    )
    verbs.extend(row.verb for row in rows)
    return verbs


def people_by_id(keys: set[int]) -> dict[int, User]:
    """People by key, for pages that name them."""
    return User.objects.in_bulk(keys)
