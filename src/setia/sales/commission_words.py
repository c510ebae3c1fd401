"""Why a row of commission is what it is, in the reader's words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from setia.sales.models import CommissionRow

REASONS: dict[str, Any] = {
    "RESPONSIBLE": _("Responsible for the customer"),
    "WON": _("Won the opportunity it came of"),
    "TAKEN_BACK": _("Taken back with what the order earned"),
    "FIRST_TIER": _("A return that names no order, at the first tier's percent"),
    "CLOSED_MONTH": _("A month already closed has changed"),
}


def reason_words(row: CommissionRow) -> str:
    """The words for a row's reason; the code, for one of an edition that knew more."""
    return str(REASONS.get(row.reason, row.reason))
