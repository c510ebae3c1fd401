"""What changes the firm's own settings. Who may do it, and the audit line, are the caller's (`accounts.actions`)."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from setia.core.models import Firm, MailServer
from setia.core.outbox import emit
from setia.core.queries import firm
from setia.core.secrets import seal


def change_firm(*, at: datetime, **values: Any) -> list[str]:
    """Save what differs and write `firm.changed` with the names of it. Returns those names, [] when nothing differs."""
    firm()  # the row exists from here on
    with transaction.atomic():
        row = Firm.objects.select_for_update().get(pk=1)
        changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
        if changed:
            for name in changed:
                setattr(row, name, values[name])
            row.save(update_fields=changed)
            emit("firm.changed", at=at, fields=changed)
    return changed


def changed_lists() -> None:
    """Make every process ask anew for the firm's fields, saved views and teams. Inside the change's transaction."""
    Firm.objects.filter(pk=firm().pk).update(lists_version=uuid.uuid4().hex)


def pause_outgoing(*, at: datetime) -> None:
    """Let nothing leave the house (e-mail, webhooks) until `release_outgoing`: this database is a restored copy."""
    firm()
    Firm.objects.filter(pk=1).update(outgoing_paused_at=at)


def release_outgoing() -> bool:
    """Let it leave again. False when nothing was held back."""
    return Firm.objects.filter(pk=1, outgoing_paused_at__isnull=False).update(outgoing_paused_at=None) > 0


def change_mail_server(*, at: datetime, password: str | None, **values: Any) -> list[str]:
    """Set the firm's mail server. `password` None keeps the stored one, '' removes it.

    The stored one is kept only for the same host and user name: a password must not travel to a server it was not
    typed for. Returns the names of what changed, never the values.
    """
    with transaction.atomic():
        row = MailServer.objects.select_for_update().filter(pk=1).first()
        if row is None:
            changed = sorted([*values, *(["password"] if password else [])])
            MailServer.objects.create(pk=1, changed_at=at, password_sealed=seal(password) if password else "", **values)
            return changed
        changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
        moved = bool({"host", "username"} & set(changed))
        for name in changed:
            setattr(row, name, values[name])
        fields = list(changed)
        if password or (row.password_sealed and (moved or password == "")):
            row.password_sealed = seal(password) if password else ""
            fields.append("password_sealed")
            changed = sorted([*changed, "password"])
        if fields:
            row.changed_at = at
            row.save(update_fields=[*fields, "changed_at"])
        return changed


def remove_mail_server() -> bool:
    """Forget the mail server and its password. False when there was none."""
    return MailServer.objects.filter(pk=1).delete()[0] > 0
