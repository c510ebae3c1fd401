"""What the audit trail says about subscriptions and units, in the reader's words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.trail import Detail, name_data, name_thing
from setia.core.words import name_fields, name_verbs
from setia.subscriptions import queries
from setia.subscriptions.models import Period, Reason

name_verbs(
    {
        "plan.added": _("Added a plan"),
        "plan.edited": _("Changed a plan"),
        "plan.archived": _("Archived a plan"),
        "plan.restored": _("Took a plan out of the archive"),
        "subscription.started": _("Entered a subscription"),
        "subscription.changed": _("Changed the terms of a subscription"),
        "subscription.change_planned": _("Planned other terms of a subscription"),
        "subscription.planned_change_dropped": _("Dropped a planned change of a subscription"),
        "subscription.switched": _("Moved a subscription to another plan"),
        "subscription.switch_planned": _("Planned another plan for a subscription"),
        "subscription.renewed_term": _("Let a subscription go on after its agreed end"),
        "subscription.renewal_taken_back": _("Took the renewal of a subscription back"),
        "subscription.paused": _("Paused a subscription"),
        "subscription.resumed": _("Resumed a subscription"),
        "subscription.cancelled": _("Cancelled a subscription"),
        "subscription.cancel_planned": _("Cancelled a subscription at the end of its period"),
        "subscription.kept": _("Took the cancellation of a subscription back"),
        "unit.added": _("Entered a unit"),
        "unit.edited": _("Changed a unit"),
        "unit.served": _("Noted a service"),
        "unit.retired": _("Took a unit out of use"),
        "unit.unretired": _("Put a unit back in use"),
    }
)
name_fields(
    "plan",
    {
        "code": _("Code"),
        "name": _("Name"),
        "product": _("Product"),
        "price": _("Price"),
        "period": _("Period"),
        "days": _("Days"),
        "trial_days": _("Days on trial"),
    },
    {"period": dict(Period.choices)},
)
name_fields(
    "subscription",
    {
        "plan": _("Plan"),
        "quantity": _("Quantity"),
        "price": _("Price"),
        "planned_price": _("Price that was to come"),
        "discount": pgettext_lazy("percent", "Discount in percent"),
    },
)
name_fields(
    "unit",
    {
        "product": _("Product"),
        "serial": _("Serial number"),
        "customer": _("Customer"),
        "installed_date": _("Installed on"),
        "warranty_from_date": _("Warranty from"),
        "warranty_until_date": _("Warranty until"),
        "service_every_months": _("Months between services"),
        "next_service_date": _("Next service"),
        "place": _("Place"),
        "note": _("Note"),
    },
)
name_thing(
    "plan", _("Plans"), rows=lambda reader, keys: queries.plans_for(reader).filter(pk__in=keys), page="edit_plan"
)
name_thing(
    "subscription",
    _("Subscriptions"),
    rows=lambda reader, keys: queries.subscriptions_for(reader).filter(pk__in=keys),
    called="number",
    page="subscription",
)
name_thing(
    "unit",
    _("Units"),
    rows=lambda reader, keys: queries.units_for(reader).filter(pk__in=keys),
    called="serial",
    page="unit",
)
name_data(
    "subscription unit plan",
    {
        "day": _("Day"),
        "was": _("Ended before"),
        "until": _("Until"),
        "reason": Detail(_("Reason"), says=lambda code: dict(Reason.choices).get(code, code)),
        "customer": Detail(_("Customer"), of="customer"),
    },
)
