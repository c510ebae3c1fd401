"""What this room holds about a customer: for which experiment they were drawn.

It tells nobody who they were, so it stays at an erasure, under the pseudonym, and the experiment's figures with it.
"""

from django.utils.translation import gettext_lazy as _

from setia.core.personal import AtErasure, Holding, hold

hold(
    Holding(
        "planning_enrolment",
        _("Experiments"),
        {"at": _("Day"), "treated": _("New way")},
        at_erasure=AtErasure.KEEP,
        order=29,
    )
)
