"""What may be allowed about serving customers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.permissions import EVERYBODY, offer

offer(
    "service",
    pgettext_lazy("navigation", "Service"),
    {
        "view": (_("See contracts, revisions, complaints and price lists"), EVERYBODY),
        "contracts": (_("Enter and change contracts"), "MANAGER SALES FINANCE MEMBER"),
        "concerns": (_("Write revisions and complaints down and settle them"), "MANAGER SALES AGENT MEMBER"),
        "discounts": (_("Set the discount of a seller"), "MANAGER FINANCE MEMBER"),
        "followers": (_("Note who follows a customer"), "MANAGER SALES AGENT MARKETER MEMBER"),
        "export": (_("Export contracts, complaints and price lists as a file"), "MANAGER SALES AGENT FINANCE MEMBER"),
    },
    whole={
        "class_discounts": (_("Set the discount of all sellers of a role"), "MANAGER FINANCE MEMBER"),
        "influence": (_("See whose word reaches furthest"), "MANAGER MARKETER ANALYST MEMBER"),
    },
)
