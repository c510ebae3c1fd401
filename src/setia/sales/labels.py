"""What the audit trail and the timeline say about selling, in the reader's words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.trail import Detail, name_data, name_thing
from setia.core.words import name_fields, name_verbs
from setia.sales import queries
from setia.sales.models import Activity

name_verbs(
    {
        "activity.planned": _("Planned an activity"),
        "activity.edited": _("Changed an activity"),
        "activity.finished": _("Did an activity"),
        "activity.reopened": _("Opened an activity again"),
        "activity.cancelled": _("Called an activity off"),
        "customer.activity_done": _("Did something for a customer"),
        "customer.activity_reopened": _("Opened an activity for a customer again"),
    }
)
name_fields(
    "activity",
    {
        "kind": _("Kind"),
        "title": pgettext_lazy("activity", "What"),
        "note": _("Note"),
        "customer": _("Customer"),
        "owner": _("Done by"),
        "planned_at": pgettext_lazy("activity", "Begins"),
        "due_date": _("Day"),
        "duration_minutes": _("Minutes"),
        "place": _("Place"),
        "outcome": _("Outcome"),
    },
    {"kind": dict(Activity.Kind.choices), "outcome": dict(Activity.Outcome.choices)},
)
name_thing(
    "activity",
    _("Activities"),
    rows=lambda reader, keys: queries.activities_for(reader).filter(pk__in=keys),
    called="title",
    page="edit_activity",
)
name_data(
    "activity customer.activity_done customer.activity_reopened",
    {
        "kind": Detail(_("Kind"), says=lambda code: dict(Activity.Kind.choices).get(code, code)),
        "outcome": Detail(_("Outcome"), says=lambda code: dict(Activity.Outcome.choices).get(code, code)),
        "owner": Detail(_("Done by"), of="user"),
        "activity": Detail(_("Activities"), of="activity"),
    },
)
