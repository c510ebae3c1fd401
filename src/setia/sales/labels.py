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
name_verbs(
    {
        "opportunity.added": _("Entered an opportunity"),
        "opportunity.edited": _("Changed an opportunity"),
        "opportunity.moved": _("Moved an opportunity"),
        "opportunity.won": _("Won an opportunity"),
        "opportunity.lost": _("Lost an opportunity"),
        "opportunity.reopened": _("Went on with a lost opportunity"),
        "opportunity.step_undone": _("Took a step of an opportunity back"),
        "pipeline.added": _("Made a pipeline"),
        "pipeline.edited": _("Changed a pipeline"),
        "pipeline.archived": _("Put a pipeline away"),
        "pipeline.restored": _("Took a pipeline out of the archive"),
        "stage.added": _("Made a stage"),
        "stage.edited": _("Changed a stage"),
        "stage.shifted": _("Put stages in another order"),
        "stage.archived": _("Put a stage away"),
        "stage.restored": _("Took a stage out of the archive"),
        "lost_reason.added": _("Added a reason for losses"),
        "lost_reason.edited": _("Changed a reason for losses"),
        "lost_reason.archived": _("Put a reason for losses away"),
        "lost_reason.restored": _("Took a reason for losses out of the archive"),
    }
)
name_fields(
    "opportunity",
    {
        "title": _("Opportunity"),
        "owner": _("Responsible"),
        "amount": _("Amount"),
        "expected_date": _("Expected day of the decision"),
        "next_step": _("Next step"),
        "note": _("Note"),
        "stage": _("Stage"),
        "lost_reason": _("Reason"),
        "lines": _("Products"),
        "rivals": _("Other brands they look at"),
    },
)
name_fields(
    "stage",
    {
        "name": _("Name"),
        "probability": _("Probability"),
        "needs": _("Needed before it may stand here"),
        "age_limit_days": _("Longest stay, in days"),
    },
)
name_thing(
    "opportunity",
    _("Opportunities"),
    rows=lambda reader, keys: queries.opportunities_for(reader).filter(pk__in=keys),
    called="title",
    page="opportunity",
)
name_thing("pipeline", _("Pipelines"), page="pipelines", keyed=False)
name_thing("stage", _("Stages"), page="pipelines", keyed=False)
name_thing("lost_reason", _("Reasons for losses"), page="pipelines", keyed=False)
