"""What may be allowed about the pictures of the whole firm. A customer's own portrait is seen with the customer."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import EVERYBODY, offer

offer(
    "portraits",
    _("Understanding"),
    {"overrule": (_("Say otherwise than what is worked out about a customer"), "MANAGER SALES MEMBER")},
    whole={
        "view": (_("See the firm's figures and reports"), EVERYBODY),
        "refresh": (_("Compute all figures anew"), "MANAGER ANALYST MEMBER"),
    },
)
