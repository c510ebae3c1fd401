"""Questions about people, invitations and the audit trail. `get_…_for` is the only way to an object from a page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from setia.accounts.confirming import after_confirming as after_confirming
from setia.accounts.confirming import confirmed_lately as confirmed_lately
from setia.accounts.models import Backup, BackupPlan, Invitation, OwnerLink, Role, Team, User
from setia.accounts.queries.trail import NOBODY as NOBODY
from setia.accounts.queries.trail import AuditPage as AuditPage
from setia.accounts.queries.trail import Line as Line
from setia.accounts.queries.trail import Wanted as Wanted
from setia.accounts.queries.trail import audit_lines_for as audit_lines_for
from setia.accounts.queries.trail import audit_page_for as audit_page_for
from setia.accounts.queries.trail import trail_of as trail_of
from setia.accounts.queries.watching import Held as Held
from setia.accounts.queries.watching import deeds_of as deeds_of
from setia.accounts.queries.watching import held_of as held_of
from setia.accounts.queries.watching import still_signed_in as still_signed_in
from setia.accounts.secret_links import hash_token
from setia.core.permissions import may, require
from setia.core.queries import firm


def me(request: HttpRequest) -> User:
    """The signed-in person. The middleware lets nobody else this far. Raises `PermissionDenied`."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


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
    """Oneself, or a person this user may change: one whose role allows nothing more. Raises `User.DoesNotExist`."""
    person = User.objects.get(pk=pk)
    if person.pk != user.pk and not may_change(user, person):
        raise User.DoesNotExist
    return person


def may_change(user: User, person: User) -> bool:
    """Whether this user may give that person another role, deactivate them, or help them in."""
    return may(user, "accounts.people") and person.role.within(user.role)


def roles() -> list[Role]:
    """All roles: the built-in ones, the widest first, then those people made, by name."""
    places = {code: place for place, code in enumerate(Role.BuiltIn.values)}
    return sorted(Role.objects.all(), key=lambda role: (not role.built_in, places.get(role.code, 0), role.name.lower()))


def roles_for(user: User) -> list[Role]:
    """The roles this user may give: those that allow nothing they may not themselves."""
    return [role for role in roles() if role.within(user.role)]


def teams() -> list[Team]:
    """All teams by name, with their members."""
    return list(Team.objects.prefetch_related("members").order_by("name"))


def get_invitation_for(user: User, pk: int) -> Invitation:
    """An open invitation, for whoever may invite with its role. Raises `Invitation.DoesNotExist`, and
    `PermissionDenied` for one of a role that allows more than theirs.
    """
    found = Invitation.objects.select_related("role").get(pk=pk, accepted_at=None, revoked_at=None)
    if not (may(user, "accounts.invite") and found.role.within(user.role)):
        raise PermissionDenied("accounts.invite")
    return found


def open_invitations() -> list[Invitation]:
    """Invitations neither accepted nor taken back, the newest first; those that ran out are among them."""
    return list(
        Invitation.objects.filter(accepted_at=None, revoked_at=None)
        .select_related("by", "role")
        .order_by("-invited_at")
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


def people_by_id(keys: set[int]) -> dict[int, User]:
    """People by key, for pages that name them."""
    return User.objects.in_bulk(keys)


def backup_plan() -> BackupPlan:
    """When backups are made by themselves; made with its defaults when first asked for."""
    return BackupPlan.objects.get_or_create(pk=1)[0]


def next_night(*, at: datetime) -> datetime:
    """The plan's hour of the firm's day, the next time it comes."""
    there = at.astimezone(firm().tz)
    night = there.replace(hour=backup_plan().hour, minute=0, second=0, microsecond=0)
    return night if night > there else night + timedelta(days=1)


@dataclass(frozen=True)
class BackupBoard:
    """What the page of backups shows: the plan, the newest backups, the latest good one and the latest checked one."""

    plan: BackupPlan
    backups: list[Backup]
    good: Backup | None
    checked: Backup | None
    under_way: Backup | None


def backup_board(*, most: int = 20) -> BackupBoard:
    """How the firm's backups stand. For whoever passed the gate of the page, and for the keyboard of the machine."""
    whole = Backup.objects.filter(state=Backup.State.DONE)
    newest = list(Backup.objects.select_related("by").order_by("-id")[:most])
    return BackupBoard(
        plan=backup_plan(),
        backups=newest,
        good=whole.order_by("-id").first(),
        checked=whole.filter(checked_at__isnull=False).order_by("-id").first(),
        under_way=next((one for one in newest if one.is_under_way), None),
    )


def get_backup_for(user: User, pk: int) -> Backup:
    """A backup, for whoever may make them. Raises `PermissionDenied`, `Http404`."""
    require(user, "accounts.backups")
    found = Backup.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
