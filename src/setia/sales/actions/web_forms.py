"""Forms on the web: make one, change it, close and open it again."""

import re
import secrets
import unicodedata
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.sales.models import WebForm

FACTS = (
    *("kind", "title", "intro", "thanks", "language", "fields", "consent_purpose", "confirm", "source", "campaign"),
    "sites",
)


def make_form(*, by: User, at: datetime, **facts: Any) -> WebForm:
    """Make a form; its address is taken from its title. `facts` are those of `FACTS`."""
    require(by, "sales.forms")
    made = WebForm(made_by=by, made_at=at, updated_at=at, **facts)
    with transaction.atomic():
        made.slug = _slug(made.title)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:  # the same title again
            made.slug = f"{made.slug[:50]}-{secrets.token_hex(3)}"
            made.save(force_insert=True)
        _told("made", by=by, at=at, form=made)
    return made


def edit_form(*, by: User, at: datetime, form: WebForm, version: str = "", **facts: Any) -> WebForm:
    """Save what differs; the address stays. Raises `ChangedMeanwhile` (of `core.versions`)."""
    require(by, "sales.forms")
    with transaction.atomic():
        current = WebForm.objects.select_for_update().get(pk=form.pk)
        versions.check(version, versions.version_of(current.updated_at))
        changed = [name for name, value in facts.items() if getattr(current, name) != value]
        if changed:
            for name in changed:
                setattr(current, name, facts[name])
            current.updated_at = at
            current.save(update_fields=[*changed, "updated_at"])
            _told("edited", by=by, at=at, form=current, data={"fields": changed})
    return current


def close_form(*, by: User, at: datetime, form: WebForm, closed: bool) -> None:
    """Take a form off the web, or put it back. What was sent stays."""
    require(by, "sales.forms")
    with transaction.atomic():
        rows = WebForm.objects.filter(pk=form.pk, closed_at__isnull=closed)
        if rows.update(closed_at=at if closed else None, updated_at=at):
            _told("closed" if closed else "opened", by=by, at=at, form=form)


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or f"form-{secrets.token_hex(3)}"


def _told(verb: str, *, by: User, at: datetime, form: WebForm, data: dict[str, Any] | None = None) -> None:
    data = {"title": form.title, **(data or {})}
    audit(by=by, at=at, verb=f"web_form.{verb}", about="web_form", about_id=form.pk, data=data)
