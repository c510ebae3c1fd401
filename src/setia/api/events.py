"""What other systems can be told of: the house's own events, and what each of them means.

A message holds keys and links, never a person's details: whoever receives it reads the record with a token of their own
and sees what that token may see.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: Mapping[str, Promise] = {
    "customer.added": _("A customer was added"),
    "customer.edited": _("A customer was changed"),
    "customer.contact_added": _("A contact was added to a customer"),
    "customer.contact_edited": _("A contact of a customer was changed"),
    "customer.contact_removed": _("A contact of a customer was removed"),
    "customer.merged": _("Customers were merged into one"),
    "customer.unmerged": _("A merge was taken apart"),
    "customer.archived": _("A customer was archived"),
    "customer.restored": _("A customer was taken out of the archive"),
    "customer.deleted": _("A customer was deleted"),
    "product.added": _("A product was added"),
    "product.edited": _("A product was changed"),
    "product.archived": _("A product was archived"),
    "product.restored": _("A product was taken out of the archive"),
    "order.added": _("An order was entered"),
    "order.edited": _("An order was corrected"),
    "order.given_back": _("A purchase was taken back"),
    "opportunity.added": _("An opportunity was entered"),
    "opportunity.edited": _("An opportunity was changed"),
    "opportunity.moved": _("An opportunity went to another stage"),
    "opportunity.won": _("An opportunity was won"),
    "opportunity.lost": _("An opportunity was lost"),
    "opportunity.reopened": _("A lost opportunity goes on"),
    "opportunity.step_undone": _("The latest step of an opportunity was taken back"),
    "subscription.started": _("A subscription was entered"),
    "subscription.renewed": _("A subscription began its next period"),
    "subscription.changed": _("The terms of a subscription changed"),
    "subscription.switched": _("A subscription went to another plan"),
    "subscription.trial_ended": _("The trial of a subscription ended"),
    "subscription.paused": _("A subscription was paused"),
    "subscription.resumed": _("A subscription goes on after a pause"),
    "subscription.cancel_planned": _("The end of a subscription was set"),
    "subscription.kept": _("The cancellation of a subscription was taken back"),
    "subscription.renewed_term": _("A subscription goes on after its agreed end"),
    "subscription.renewal_taken_back": _("A renewal after an agreed end was taken back"),
    "subscription.cancelled": _("A subscription was cancelled"),
    "subscription.expired": _("A subscription came to its agreed end"),
    "plan.added": _("A plan was made"),
    "plan.edited": _("A plan was changed"),
    "plan.archived": _("A plan was archived"),
    "plan.restored": _("A plan was taken out of the archive"),
    "unit.added": _("A unit was entered"),
    "unit.edited": _("A unit was changed"),
    "unit.served": _("A service of a unit was noted"),
    "unit.retired": _("A unit was taken out of use"),
    "unit.unretired": _("A unit was put back in use"),
    "contract.added": _("A contract was entered"),
    "contract.edited": _("A contract was changed"),
    "contract.renewed": _("A contract was entered that follows another one"),
    "contract.removed": _("A contract was taken away"),
    "concern.added": _("A revision or complaint was written down"),
    "concern.edited": _("A revision or complaint was changed"),
    "concern.settled": _("A revision or complaint was settled"),
    "concern.reopened": _("A revision or complaint was opened again"),
    "customer.prospect_captured": _("A prospect came in"),
    "customer.prospect_stepped": _("A prospect was qualified"),
    "customer.prospect_won": _("A prospect bought"),
    "activity.planned": _("An activity was planned"),
    "activity.edited": _("An activity was changed or moved"),
    "activity.finished": _("An activity was done"),
    "activity.reopened": _("An activity was opened again"),
    "activity.cancelled": _("An activity was called off"),
    "follow_up.started": _("A sequence of follow-ups started"),
    "follow_up.paused": _("A sequence of follow-ups was paused"),
    "follow_up.resumed": _("A sequence of follow-ups goes on"),
    "follow_up.step_skipped": _("A step of a sequence was left out"),
    "follow_up.step_back": _("A step of a sequence was taken back"),
    "follow_up.ended": _("A sequence of follow-ups ended before its last step"),
    "follow_up.done": _("A sequence of follow-ups came to its end"),
    "import.done": _("A file was taken in"),
    "import.undone": _("An import was undone"),
}
"""Event → its meaning in the reader's words. What an import writes is told by `import.done` alone, not row by row."""

TEST = "webhook.test"
"""The event of a test message; nobody subscribes to it."""

_PLACES = {
    "customer_id": "customers",
    "product_id": "products",
    "order_id": "orders",
    "opportunity_id": "opportunities",
    "activity_id": "activities",
    "follow_up_id": "follow-ups",
    "subscription_id": "subscriptions",
    "plan_id": "plans",
    "unit_id": "units",
    "contract_id": "contracts",
    "concern_id": "concerns",
    "run_id": "imports",
}


def links_of(payload: Mapping[str, object], base: str) -> dict[str, str]:
    """Where the records that a message names are read: `{"customer": "https://…/api/v1/customers/12"}`."""
    return {
        name.removesuffix("_id").replace("run", "import"): f"{base}/api/v1/{place}/{payload[name]}"
        for name, place in _PLACES.items()
        if payload.get(name) is not None
    }
