"""What this room holds about a customer: where they stood as a prospect, what was done to win them, what they might
have bought, and why not.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.personal import AtErasure, Holding, Keeping, hold, keep_for
from setia.sales import forgetting

_THEIRS = "t.opportunity_id IN (SELECT o.id FROM sales_opportunity o WHERE o.customer_id = %(customer)s)"
_DONE_FOR = "SELECT a.id FROM sales_activity a WHERE a.customer_id = %(customer)s"

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
        blank={
            "title": "'–'",
            "note": "''",
            "place": "''",
            "result": "''",
            # what is still open can no longer be done
            "cancelled_at": "CASE WHEN t.done_at IS NULL THEN COALESCE(t.cancelled_at, now()) END",
        },
        order=26,
    ),
    Holding(
        "sales_followup",
        _("Sequences of follow-ups"),
        {
            "started_at": pgettext_lazy("sequence", "Started"),
            "state": _("State"),
            "why": pgettext_lazy("sequence", "Ended because"),
            "closed_at": pgettext_lazy("sequence", "Until"),
        },
        at_erasure=AtErasure.BLANK,
        blank={
            # nothing is followed up any more
            "state": "CASE WHEN t.closed_at IS NULL THEN 'ENDED' ELSE t.state END",
            "why": "CASE WHEN t.closed_at IS NULL THEN 'ERASED' ELSE t.why END",
            "closed_at": "COALESCE(t.closed_at, now())",
        },
        order=27,
    ),
    Holding(
        "sales_followstep",
        _("Steps of sequences"),
        {"position": pgettext_lazy("sequence", "Step"), "skipped_at": pgettext_lazy("sequence", "Left out")},
        at_erasure=AtErasure.KEEP,
        where="t.follow_up_id IN (SELECT f.id FROM sales_followup f WHERE f.customer_id = %(customer)s)",
        order=28,
    ),
    Holding(
        "sales_visit",
        _("Visits"),
        {"arrived_at": _("Arrived"), "left_at": pgettext_lazy("visit", "Left"), "accuracy_m": _("Accuracy in metres")},
        at_erasure=AtErasure.BLANK,
        blank=dict.fromkeys(
            (*("latitude", "longitude", "accuracy_m"), *("left_latitude", "left_longitude", "left_accuracy_m")), "NULL"
        ),
        where=f"t.activity_id IN ({_DONE_FOR})",
        order=27,
    ),
    Holding(
        "sales_visitphoto",
        _("Photos of visits"),
        {"at": _("Day"), "taken_at": _("Taken")},
        where=f"t.visit_id IN (SELECT v.id FROM sales_visit v WHERE v.activity_id IN ({_DONE_FOR}))",  # noqa: S608 - ours
        order=28,
    ),
    Holding(
        "sales_opportunity",
        _("Opportunities"),
        {
            "title": _("Opportunity"),
            "status": _("Status"),
            "amount": _("Amount"),
            "expected_date": _("Expected day of the decision"),
            "next_step": _("Next step"),
            "note": _("Note"),
            "lost_note": _("Why it was lost"),
            "created_at": _("Since"),
            "closed_at": _("Closed on"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"title": "'–'", "next_step": "''", "note": "''", "lost_note": "''"},
        order=26,
    ),
    Holding(
        "sales_opportunityline",
        _("Products of an opportunity"),
        {"description": _("Description"), "quantity": _("Quantity"), "unit_price": _("Unit price")},
        at_erasure=AtErasure.BLANK,
        blank={"description": "CASE WHEN description = '' THEN '' ELSE '–' END"},
        where=_THEIRS,
        order=27,
    ),
    Holding(
        "sales_stagechange",
        _("Steps of an opportunity"),
        {"at": _("Day"), "status": _("Status"), "amount": _("Amount")},
        at_erasure=AtErasure.KEEP,
        where=_THEIRS,
        order=28,
    ),
    Holding(
        "sales_competitor",
        _("Other brands they compared us with"),
        {},
        at_erasure=AtErasure.KEEP,
        where=_THEIRS,
        order=28,
    ),
)

hold(
    Holding(
        "sales_submission",
        _("Sent by web forms"),
        {"at": _("Day"), "answers": _("Answers"), "source": pgettext_lazy("prospect", "Source")},
        secret=("token_hash", "place"),
        order=26,
    ),
)
keep_for(
    Keeping(
        "sales_unclaimed",
        _("Unconfirmed letters of web forms, and what looks like advertising"),
        _("What was sent by a form and never became anybody's: held, or its letter never opened."),
        days=30,
        on=True,
        due=forgetting.due,
        go=forgetting.go,
    ),
)
