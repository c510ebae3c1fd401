"""What the audit trail says about orders, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.words import name_verbs

name_verbs(
    {
        "order.added": _("Added an order"),
        "order.edited": _("Changed an order"),
        "order.moved": _("Gave an order to another customer"),
        "order.given_back": _("Took an order back"),
    }
)
