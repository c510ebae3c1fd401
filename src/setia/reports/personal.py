"""What this room holds about a customer: what they bought in a year, where that was much. Their orders stay at an
erasure under a pseudonym, and so does what these come to.
"""

from django.utils.translation import gettext_lazy as _

from setia.core.personal import AtErasure, Holding, hold

hold(
    Holding(
        "reports_bestbuyer",
        _("Purchases by year"),
        {"year": _("Year"), "at_most": _("Purchases")},
        at_erasure=AtErasure.KEEP,
        where="t.customer = %(customer)s",
        order=31,
    )
)
