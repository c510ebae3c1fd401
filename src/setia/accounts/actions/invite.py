"""Invitations: somebody who may asks somebody in, by a link that works once and for a week."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from setia.accounts import letters
from setia.accounts.actions.audit import audit
from setia.accounts.actions.welcome import AlreadyHere, LinkSpent
from setia.accounts.models import Invitation, Role, User
from setia.accounts.secret_links import fresh_token, hash_token
from setia.core.mail import MailTrouble
from setia.core.permissions import require

LIFE_DAYS = 7


@dataclass(frozen=True)
class Invited:
    """An invitation that stands. `url` is shown once, to whoever made it; `trouble` says why no letter left."""

    invitation: Invitation
    url: str
    trouble: MailTrouble | None


def invite(*, by: User | None, at: datetime, email: str, role: str, base: str, post: bool = True) -> Invited:
    """Invite an address; an open invitation of the same address is renewed and its old link stops working.

    `role` is the code of a role that allows nothing `by` may not; the command line (`by` None) may give any. The letter
    leaves after the invitation is saved: when it does not arrive, the link still works and can be handed over in any
    other way. `post` False sends none. Raises `AlreadyHere`, `Role.DoesNotExist`, `PermissionDenied`.
    """
    given = Role.objects.get(pk=role)
    if by is not None:
        _require_over(by, given)
    email, token = email.strip().lower(), fresh_token()
    with transaction.atomic():
        with connection.cursor() as cursor:  # two owners inviting the same person at once
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('setia.accounts.invite'), hashtext(%s))", [email])
        former = (
            Invitation.objects.select_related("role").filter(email=email, accepted_at=None, revoked_at=None).first()
        )
        if by is not None and former is not None:
            _require_over(by, former.role)
        if here := User.objects.filter(email__iexact=email).first():
            raise AlreadyHere(here)
        invitation, _made = Invitation.objects.update_or_create(
            email=email,
            accepted_at=None,
            revoked_at=None,
            defaults={
                "role": given,
                "by": by,
                "token_hash": hash_token(token),
                "invited_at": at,
                "expires_at": at + timedelta(days=LIFE_DAYS),
            },
        )
        audit(by=by, at=at, verb="user.invited", about="invitation", about_id=invitation.pk, data={"role": role})
    url = base.rstrip("/") + reverse("invitation", args=[token])
    trouble = None
    if post:
        try:
            letters.send_invitation(invitation, url=url)
        except MailTrouble as error:
            trouble = error
    return Invited(invitation, url, trouble)


def revoke_invitation(*, by: User, at: datetime, invitation: Invitation) -> bool:
    """Take an open invitation back; its link stops working. False when it was accepted or revoked meanwhile."""
    _require_over(by, invitation.role)
    with transaction.atomic():
        open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
        if not open_ones.update(revoked_at=at):
            return False
        audit(by=by, at=at, verb="user.invitation_revoked", about="invitation", about_id=invitation.pk)
    return True


def accept_invitation(*, token: str, name: str, password: str, at: datetime) -> User:
    """Spend the link: its holder becomes a user with the invited address and role.

    Raises `LinkSpent` when the link was used, taken back, has run out, or the address has come in another way.
    """
    try:
        with transaction.atomic():
            mine = Invitation.objects.filter(
                token_hash=hash_token(token), accepted_at=None, revoked_at=None, expires_at__gt=at
            )
            if not mine.update(accepted_at=at):
                raise LinkSpent
            invitation = Invitation.objects.get(token_hash=hash_token(token))
            user = User.objects.create_user(invitation.email, password, name=name.strip(), role=invitation.role.code)
            Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
            audit(
                by=user,
                at=at,
                verb="user.joined",
                about="user",
                about_id=user.pk,
                data={"role": user.role_id, "way": "INVITATION"},
            )
    except IntegrityError as error:
        raise LinkSpent from error
    return user


def _require_over(by: User, role: Role) -> None:
    require(by, "accounts.invite")
    if not role.within(by.role):
        raise PermissionDenied("accounts.invite")
