"""What this room holds about a customer: where they stood as a prospect, and why; and what was done to win them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.personal import AtErasure, Holding, hold

hold(
    Holding(
        "sales_prospect",
        _("Prospects"),
        {
            "captured_at": pgettext_lazy("prospect", "Came in"),
            "status": _("Status"),
            "reason": _("Reason"),
            "note": _("Note"),
            "source": pgettext_lazy("prospect", "Source"),
            "campaign": _("Campaign"),
            "first_touch_at": _("First in touch"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"note": "''"},
        order=24,
    ),
    Holding(
        "sales_prospectstep",
        _("Steps of a prospect"),
        {"at": _("Day"), "before": _("Before"), "after": _("After"), "reason": _("Reason"), "note": _("Note")},
        at_erasure=AtErasure.BLANK,
        blank={"note": "''"},
        where="t.prospect_id IN (SELECT p.id FROM sales_prospect p WHERE p.customer_id = %(customer)s)",
        order=25,
    ),
    Holding(
        "sales_activity",
        _("Activities"),
        {
            "kind": _("Kind"),
            "title": pgettext_lazy("activity", "What"),
            "note": _("Note"),
            "due_date": _("Day"),
            "place": _("Place"),
            "done_at": _("Done on"),
            "outcome": _("Outcome"),
            "result": _("What came out of it"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"title": "'–'", "note": "''", "place": "''", "result": "''"},
        order=26,
    ),
)
