"""What this room holds about a customer: contracts, what they wanted changed or complained of, their discount.

Contracts stay at an erasure with their days and sums, as books must, under a pseudonym; free texts go.
"""

from django.utils.translation import gettext_lazy as _

from setia.core.personal import AtErasure, Holding, hold

hold(
    Holding(
        "service_contract",
        _("Contracts"),
        {
            "title": _("Contract"),
            "number": _("Number"),
            "from_date": _("From"),
            "until_date": _("Until"),
            "value": _("Value"),
            "complexity": _("Complexity"),
            "note": _("Note"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"title": "'–'", "note": "''"},
        order=38,
    ),
    Holding(
        "service_concern",
        _("Revisions and complaints"),
        {
            "raised_date": _("Day"),
            "due_date": _("Promised for"),
            "kind": _("Kind"),
            "words": _("In their words"),
            "answer": _("What was done"),
            "closed_at": _("Done on"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"words": "'–'", "answer": "''"},
        order=39,
    ),
    Holding(
        "service_followers",
        _("Followers"),
        {"channel": _("Channel"), "number": _("Number"), "seen_date": _("Day")},
        order=39,
    ),
    Holding(
        "service_reach",
        _("Influence in their circle"),
        {"score": _("Score of 100"), "brought": _("Brought"), "followers": _("Followers")},
        order=40,
    ),
    Holding(
        "service_discount",
        _("Discount as a seller"),
        {"percent": _("Percent")},
        order=39,
    ),
)
