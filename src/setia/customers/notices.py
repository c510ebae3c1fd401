"""The notice of a failure to protect personal data, in both languages, from what a person filled in.

Law 27/2022, article 46: in writing, within 3 × 24 hours, to the people concerned and to the authority, with at least
(a) the personal data disclosed, (b) when and how it was disclosed, (c) what is done to handle it and to recover. Where
it harms public services or the public interest seriously, the public is told too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from setia.core.models import Firm


class Letter(NamedTuple):
    """A draft in one language: its language by name, a subject, and the text."""

    language: str
    subject: str
    text: str


def breach(data: Mapping[str, Any], *, firm: Firm, due_at: datetime) -> list[Letter]:
    """The drafts, the firm's language first. Nothing is sent: a person reads, corrects and sends it."""
    first = firm.language if firm.language in ("id", "en") else "id"
    return [_letter(language, data, firm, due_at) for language in sorted(("id", "en"), key=lambda one: one != first)]


def _letter(language: str, data: Mapping[str, Any], firm: Firm, due_at: datetime) -> Letter:
    with translation.override(language):
        name = firm.name or _("our firm")
        parts = [
            _("To the people concerned, and to the authority for the protection of personal data:"),
            _("%(firm)s tells you, under article 46 of Law 27/2022, of a failure to protect personal data.")
            % {"firm": name},
            _("1. Which data: %(text)s") % {"text": data.get("which", "")},
            _("2. Whose, and how many people: %(text)s") % {"text": data.get("whose", "")},
            _("3. When and how it happened: %(text)s") % {"text": data.get("how", "")},
            _("4. What we have done: %(text)s") % {"text": data.get("done", "")},
            _("5. What we will do to recover: %(text)s") % {"text": data.get("will", "")},
            _("6. What you can do yourself: %(text)s") % {"text": data.get("advice", "") or "–"},
            _("Ask us: %(text)s") % {"text": data.get("contact", "")},
            _("This notice is due by %(moment)s.") % {"moment": timezone.localtime(due_at).strftime("%d-%m-%Y %H:%M")},
        ]
        subject = _("Notice of a failure to protect personal data: %(firm)s") % {"firm": name}
    return Letter("Bahasa Indonesia" if language == "id" else "English", subject, "\n\n".join(parts))
