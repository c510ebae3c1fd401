"""What the audit trail says about serving customers, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.trail import Detail, name_data, name_thing
from setia.core.words import name_fields, name_verbs
from setia.service import queries
from setia.service.models import Concern, Contract

name_verbs(
    {
        "contract.added": _("Entered a contract"),
        "contract.edited": _("Changed a contract"),
        "contract.renewed": _("Renewed a contract"),
        "contract.removed": _("Took a contract away"),
        "concern.added": _("Wrote a revision or complaint down"),
        "concern.edited": _("Changed a revision or complaint"),
        "concern.settled": _("Settled a revision or complaint"),
        "concern.reopened": _("Opened a revision or complaint again"),
        "discount.set": _("Set the discount of a seller"),
        "followers.noted": _("Noted who follows a customer"),
        "discount.removed": _("Took the discount of a seller away"),
    }
)
name_fields(
    "contract",
    {
        "title": _("Contract"),
        "number": _("Number"),
        "from_date": _("From"),
        "until_date": _("Until"),
        "value": _("Value"),
        "complexity": _("Complexity"),
        "responsible": _("Responsible"),
        "note": _("Note"),
    },
    {"complexity": dict(Contract.Complexity.choices)},
)
name_fields(
    "concern",
    {
        "kind": _("Kind"),
        "words": _("In their words"),
        "raised_date": _("Day"),
        "due_date": _("Promised for"),
        "contract": _("Contract"),
        "resolver": _("Resolved by"),
    },
    {"kind": dict(Concern.Kind.choices)},
)
name_thing(
    "contract",
    _("Contracts"),
    rows=lambda reader, keys: queries.contracts_for(reader).select_related(None).filter(pk__in=keys),
    called="title",
    page="edit_contract",
)
name_data("contract", {"follows": Detail(_("Renews"), of="contract"), "from": _("From"), "number": _("Number")})
name_thing("concern", _("Revisions and complaints"), page="concerns", keyed=False)
name_thing("price", _("Price lists"), acts=())
name_thing("discount", _("Discounts of sellers"))
