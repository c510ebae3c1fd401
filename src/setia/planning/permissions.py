"""What may be allowed about know-how."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.permissions import EVERYBODY, offer

offer(
    "planning",
    pgettext_lazy("navigation", "Know-how"),
    {
        "view": (_("Read answers about products, how to sell, and comparisons"), EVERYBODY),
        "answers": (_("Write answers about products"), "MANAGER SALES AGENT MARKETER MEMBER"),
        "playbook": (_("Change how to sell to whom"), "MANAGER MARKETER MEMBER"),
        "rivals": (_("Write about other brands"), "MANAGER SALES MARKETER MEMBER"),
    },
    whole={
        "experiments": (_("Begin and end experiments in selling"), "MANAGER MARKETER ANALYST MEMBER"),
    },
)
