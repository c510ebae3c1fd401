"""What this room's audit lines say, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.words import name_fields, name_verbs
from setia.portraits.models import VALUES, Overruling

name_verbs(
    {
        "customer.overruled": _("Said otherwise than what was worked out about a customer"),
        "customer.overruling_ended": _("Let what is worked out about a customer count again"),
    }
)
name_fields(
    "customer",
    dict(Overruling.What.choices),
    {code: dict(values.choices) for code, values in VALUES.items()},
)
