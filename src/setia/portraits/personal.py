"""What this room holds about a customer: figures worked out from orders. They stay with these, under a pseudonym."""

from django.utils.translation import gettext_lazy as _

from setia.core.personal import AtErasure, Holding, hold

hold(
    Holding(
        "portraits_portrait",
        _("What was worked out from the orders"),
        {
            "as_of_date": _("As of"),
            "stage": _("Stage"),
            "traits": _("Traits"),
            "role": _("Role"),
            "relation": _("Relation"),
            "service": _("Service model"),
            "interaction": _("Way of interacting"),
            "purchases": _("Purchases"),
            "spent": _("Spent"),
            "first_date": _("First purchase"),
            "latest_date": _("Latest purchase"),
            "value": _("Expected spend, 12 months"),
            "risk": _("Risk of leaving"),
        },
        at_erasure=AtErasure.KEEP,
        order=40,
    ),
    Holding(
        "portraits_foretold",
        _("What was foretold, to be compared with what came"),
        {
            "expected": _("Purchase days foretold"),
            "bought": _("Purchase days that came"),
            "value": _("Money foretold"),
            "spent": _("Spent"),
            "from_date": _("Next purchase from"),
            "to_date": _("Next purchase until"),
            "next_date": _("Next purchase"),
        },
        at_erasure=AtErasure.KEEP,
        order=42,
    ),
    Holding(
        "portraits_overruling",
        _("What people said otherwise"),
        {
            "what": _("About"),
            "value": _("Value"),
            "instead_of": _("Computed was"),
            "reason": _("Reason"),
            "at": _("When"),
            "by": _("By"),
            "until_date": _("Until"),
            "ended_at": _("Ended"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"reason": "'–'"},
        order=41,
    ),
)
