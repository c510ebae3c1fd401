"""The playbook in the firm's own words: write advice on a trait or stage, or go back to what Setia brings."""

from datetime import datetime

from django.db import transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.text import paragraph
from setia.planning.actions._record import record
from setia.planning.models import About, Advice


def set_advice(*, by: User, at: datetime, about: str, language: str, do: str, say: str, avoid: str) -> Advice | None:
    """Keep the firm's words on one trait or stage in one language; all empty is Setia's own advice again (None)."""
    require(by, "planning.playbook")
    words = {"do": paragraph(do), "say": paragraph(say), "avoid": paragraph(avoid)}
    if not any(words.values()):
        reset_advice(by=by, at=at, about=about, language=language)
        return None
    with transaction.atomic():
        kept, _made = Advice.objects.update_or_create(
            about=About(about), language=language, defaults={**words, "changed_by": by, "updated_at": at}
        )
        record("advice.set", by=by, at=at, about_id=kept.pk, data={"about": about, "language": language})
    return kept


def reset_advice(*, by: User, at: datetime, about: str, language: str) -> None:
    """Give the built-in advice its place back."""
    require(by, "planning.playbook")
    with transaction.atomic():
        kept = Advice.objects.select_for_update().filter(about=about, language=language).first()
        if kept is not None:
            record("advice.reset", by=by, at=at, about_id=kept.pk, data={"about": about, "language": language})
            kept.delete()
