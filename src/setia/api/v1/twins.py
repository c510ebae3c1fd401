"""What a program is told that adds somebody who is here already."""

from django.urls import reverse
from django.utils.translation import gettext as _

from setia.api.problems import Problem
from setia.customers.actions import KnownAlready


def known_already(known: KnownAlready) -> Problem:
    """What to answer about somebody who is here already, as certainly as the pages ask about."""
    found = [one for one in known.twins if one.is_certain]
    candidates = [
        {
            "id": one.customer.pk,
            "name": one.customer.display_name,
            "certainty": round(one.certainty, 3),
            "why": one.reasons,
            "url": reverse("api:get_customer", args=[one.customer.pk]),
        }
        for one in found
    ]
    if found:
        words = " ".join(found[0].reasons)
    elif known.elsewhere and known.elsewhere.who:
        words = _("A colleague looks after this customer already: %(name)s.") % {"name": known.elsewhere.who}
    else:
        words = _("This customer is known here already, and you may not see them.")
    return Problem("twins", words, candidates=candidates)
