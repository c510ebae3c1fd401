"""What this room holds about a customer: what they subscribe to, and what stands at theirs.

Terms, days and sums stay at an erasure, under a pseudonym, as books must; free texts go.
"""

from django.utils.translation import gettext_lazy as _

from setia.core.personal import AtErasure, Holding, hold

hold(
    Holding(
        "subscriptions_subscription",
        _("Subscriptions"),
        {
            "number": _("Number"),
            "status": _("Status"),
            "quantity": _("Quantity"),
            "price": _("Price"),
            "started_date": _("Since"),
            "ended_date": _("Ended on"),
            "reason": _("Why it was cancelled"),
            "reason_text": _("In their words"),
            "note": _("Note"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"note": "''", "reason_text": "''"},
        order=32,
    ),
    Holding(
        "subscriptions_subscriptionperiod",
        _("Periods of the subscriptions"),
        {"from_date": _("From"), "until_date": _("Until"), "amount": _("Amount")},
        at_erasure=AtErasure.KEEP,
        where="t.subscription_id IN (SELECT s.id FROM subscriptions_subscription s WHERE s.customer_id = %(customer)s)",
        order=33,
    ),
    Holding(
        "subscriptions_subscriptionstep",
        _("What changed in the subscriptions"),
        {"day": _("Day"), "kind": _("What"), "monthly": _("A month")},
        at_erasure=AtErasure.KEEP,
        where="t.subscription_id IN (SELECT s.id FROM subscriptions_subscription s WHERE s.customer_id = %(customer)s)",
        order=34,
    ),
    Holding(
        "subscriptions_revenuemove",
        _("Revenue by month from subscriptions"),
        {"month": _("Month"), "amount": _("Amount")},
        at_erasure=AtErasure.KEEP,
        order=35,
    ),
    Holding(
        "subscriptions_unit",
        _("Installed units"),
        {
            "serial": _("Serial number"),
            "installed_date": _("Installed on"),
            "warranty_until_date": _("Warranty until"),
            "place": _("Place"),
            "note": _("Note"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"note": "''", "place": "''"},
        order=36,
    ),
    Holding(
        "subscriptions_unitservice",
        _("Services of the installed units"),
        {"day": _("Day"), "done": _("What was done")},
        at_erasure=AtErasure.BLANK,
        blank={"done": "''"},
        where="t.unit_id IN (SELECT u.id FROM subscriptions_unit u WHERE u.customer_id = %(customer)s)",
        order=37,
    ),
)
