"""What the audit trail and the timeline say about selling, in the reader's words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from setia.core.trail import Detail, name_data, name_thing
from setia.core.words import name_fields, name_jobs, name_verbs
from setia.customers.queries import EntryKind, name_entries
from setia.sales import queries
from setia.sales.models import Activity, CommissionRule, FieldAction, FitTrait, Flag, FollowUp, Prospect, Target

name_verbs(
    {
        "customer.prospect_captured": _("Took a prospect down"),
        "customer.prospect_stepped": _("Changed where a prospect stands"),
        "customer.prospect_step_undone": _("Took a prospect's latest step back"),
        "customer.prospect_touched": _("Was in touch with a prospect"),
        "customer.prospect_won": _("A prospect bought"),
        "customer.prospect_back": _("A prospect's only purchase is gone"),
        "customer.prospect_form_sent": _("Somebody sent a web form"),
        "web_form.made": _("Made a web form"),
        "web_form.edited": _("Changed a web form"),
        "web_form.closed": _("Took a web form off the web"),
        "web_form.opened": _("Put a web form back on the web"),
        "submission.accepted": _("Took up what a web form held"),
        "customer.prospect_warned": _("Told somebody that an idle prospect will be given away"),
        "prospect.shared_out": _("Gave prospects to people by the rules"),
        "sales_desk.changed": _("Changed the terms for prospects"),
        "share_rule.made": _("Made a rule about who gets which prospect"),
        "share_rule.changed": _("Changed a rule about who gets which prospect"),
        "share_rule.removed": _("Took a rule about who gets which prospect away"),
        "work_time.changed": _("Changed when a person works"),
        "fit_trait.set": _("Set a trait of the ideal customer"),
        "fit_trait.removed": _("Took a trait of the ideal customer away"),
        "prospect.settled": _("Let prospects stand as their purchases say"),
    }
)
name_thing(
    "prospect",
    _("Prospects"),
    page="prospects",
    keyed=False,
    acts=(
        "prospect.",
        "customer.prospect_captured",
        "customer.prospect_stepped",
        "customer.prospect_step_undone",
        "customer.prospect_touched",
        "customer.prospect_won",
        "customer.prospect_back",
        "customer.prospect_form_sent",
    ),
)
name_thing(
    "web_form",
    _("Web forms"),
    rows=lambda reader, keys: queries.web_forms_for(reader).filter(pk__in=keys),
    called="title",
    page="edit_web_form",
    acts=("web_form.", "submission."),
)
name_data(
    "web_form customer.prospect_form_sent",
    {"title": pgettext_lazy("web form", "Title"), "form": Detail(_("Web form"), of="web_form")},
)
name_data("web_form", {"fields": Detail(None)})
name_jobs(
    {
        "sales.settle_prospects": _("Let prospects stand as their purchases say"),
        "sales.follow_prospects": _("Give out prospects, and follow those that lie idle"),
        "sales.work_out_fits": _("Count how well prospects fit the ideal customer"),
        "sales.send_confirmation": _("Mail the link that confirms what a web form sent"),
    }
)

_STATUS = Detail(_("Status"), says=lambda code: dict(Prospect.Status.choices).get(code, code))
_HOW = Detail(pgettext_lazy("prospect", "Came by"), says=lambda code: dict(Prospect.How.choices).get(code, code))
name_data(
    "customer.prospect_captured",
    {"how": _HOW, "source": pgettext_lazy("prospect", "Source"), "campaign": _("Campaign")},
)
name_data(
    "customer.prospect_stepped customer.prospect_step_undone",
    {
        "before": Detail(_("Before"), says=_STATUS.says),
        "after": Detail(_("After"), says=_STATUS.says),
        "reason": Detail(_("Reason"), says=lambda code: dict(Prospect.Reason.choices).get(code, code)),
    },
)
name_data("prospect.settled", {"count": _("How many")})
name_data(
    "prospect.shared_out share_rule",
    {"count": _("How many"), "people": Detail(_("People"), of="user"), "name": _("Name"), "idle": Detail(None)},
)
name_thing("share_rule", _("Rules about prospects"), page="sharing", keyed=False, acts=("share_rule.", "sales_desk."))
name_thing("fit_trait", _("Ideal customer"), page="ideal_customer", keyed=False)
name_data(
    "fit_trait",
    {
        "what": Detail(_("What is looked at"), says=lambda code: dict(FitTrait.What.choices).get(code, code)),
        "value": _("Value"),
        "weight": _("Weight"),
    },
)
name_thing("sales_desk", _("Terms for prospects"), page="sharing", keyed=False, acts=())


def _captured(data: Mapping[str, Any]) -> str:
    how = dict(Prospect.How.choices).get(data.get("how", ""), "")
    return ", ".join(str(one) for one in (how, data.get("source"), data.get("campaign"), data.get("note")) if one)


def _form_sent(data: Mapping[str, Any]) -> str:
    answers = " · ".join(str(one) for one in data.get("answers", {}).values())
    again = gettext("They were here already: nothing of the record was changed.") if data.get("known") else ""
    agreed = gettext("They ticked the box of consent.") if data.get("agreed") else ""
    return " ".join(one for one in (f"{data.get('form', '')}: {answers}.", agreed, again) if one)


def _stepped(data: Mapping[str, Any]) -> str:
    status, reasons = dict(Prospect.Status.choices), dict(Prospect.Reason.choices)
    moved = f"{status.get(data.get('before', ''), '')} → {status.get(data.get('after', ''), '')}"
    reason = reasons.get(data.get("reason", ""), "")
    return ", ".join(str(one) for one in (moved, reason, data.get("note")) if one)


name_entries(
    {
        "PROSPECT_CAPTURED": EntryKind(pgettext_lazy("prospect", "Asked for the first time"), "target", _captured),
        "PROSPECT_STEPPED": EntryKind(_("Qualified"), "badge-check", _stepped),
        "PROSPECT_STEP_UNDONE": EntryKind(_("Step taken back"), "undo-2", _stepped),
        "PROSPECT_FORM_SENT": EntryKind(_("Sent a web form"), "file-text", _form_sent),
        "PROSPECT_WARNED": EntryKind(_("Nobody in touch for long: will be given away"), "hourglass"),
        "PROSPECT_TOUCHED": EntryKind(_("In touch"), "phone"),
    }
)

name_verbs(
    {
        "activity.planned": _("Planned an activity"),
        "activity.edited": _("Changed an activity"),
        "activity.finished": _("Did an activity"),
        "activity.reopened": _("Opened an activity again"),
        "activity.cancelled": _("Called an activity off"),
        "reminding.set": _("Chose how to be reminded"),
        "calendar_feed.made": _("Made an address for their calendar"),
        "calendar_feed.dropped": _("Took the address of their calendar away"),
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
        "opportunity": _("Opportunity"),
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
name_verbs(
    {
        "sequence.added": _("Made a sequence of follow-ups"),
        "sequence.edited": _("Changed a sequence of follow-ups"),
        "sequence.archived": _("Put a sequence of follow-ups away"),
        "sequence.restored": _("Took a sequence of follow-ups out of the archive"),
        "follow_up.started": _("A sequence of follow-ups started"),
        "follow_up.paused": _("Paused a sequence of follow-ups"),
        "follow_up.resumed": _("Went on with a sequence of follow-ups"),
        "follow_up.step_skipped": _("Left a step of a sequence out"),
        "follow_up.step_back": _("Took a step of a sequence back"),
        "follow_up.ended": _("A sequence of follow-ups ended"),
        "follow_up.done": _("A sequence of follow-ups is done"),
    }
)
name_fields(
    "sequence",
    {
        "name": _("Name"),
        "pipeline": _("Pipeline"),
        "stage": _("Stage"),
        "status": _("Status"),
        "starts_itself": _("Starts by itself"),
        "working_days": _("Working days only"),
        "ends_on": _("Ends when an activity is done with"),
        "steps": pgettext_lazy("sequence", "Steps"),
    },
)
name_thing("sequence", _("Sequences of follow-ups"), page="sequences", keyed=False)
name_data("sequence", {"name": _("Name"), "steps": pgettext_lazy("sequence", "Steps")})
name_thing(
    "follow_up",
    _("Sequences that run"),
    rows=lambda reader, keys: queries.follow_ups_for(reader).filter(pk__in=keys),
    called="sequence__name",
)
name_data(
    "follow_up",
    {
        "sequence": pgettext_lazy("follow-ups", "Sequence"),
        "why": Detail(_("Why"), says=lambda code: dict(FollowUp.Why.choices).get(code, code)),
    },
)


def _followed(data: Mapping[str, Any]) -> str:
    why = dict(FollowUp.Why.choices).get(data.get("why", ""), "")
    return ": ".join(str(one) for one in (data.get("sequence"), why) if one)


name_entries(
    {
        "FOLLOW_UP_STARTED": EntryKind(_("Sequence of follow-ups started"), "play", _followed),
        "FOLLOW_UP_PAUSED": EntryKind(_("Sequence of follow-ups paused"), "pause", _followed),
        "FOLLOW_UP_RESUMED": EntryKind(_("Sequence of follow-ups goes on"), "play", _followed),
        "FOLLOW_UP_STEP_SKIPPED": EntryKind(_("Step of a sequence left out"), "minus", _followed),
        "FOLLOW_UP_STEP_BACK": EntryKind(_("Step of a sequence taken back"), "undo-2", _followed),
        "FOLLOW_UP_ENDED": EntryKind(_("Sequence of follow-ups ended"), "circle-x", _followed),
        "FOLLOW_UP_DONE": EntryKind(_("Sequence of follow-ups done"), "circle-check", _followed),
    }
)
name_verbs({"field_action.received": _("Sent something from the way")})
name_thing("field_action", _("Sent from the way"))
name_data(
    "field_action",
    {
        "kind": Detail(_("Kind"), says=lambda code: dict(FieldAction.Kind.choices).get(code, code)),
        "flags": Detail(_("What to look at"), says=lambda code: dict(Flag.choices).get(code, code)),
    },
)
name_data("reminding.set", {"minutes": _("Minutes before")})
name_thing("reminding", _("Reminders"))
name_thing("calendar_feed", _("Addresses of calendars"))
name_verbs(
    {
        "target.added": _("Set a target"),
        "target.edited": _("Changed a target"),
        "target.removed": _("Took a target away"),
        "commission.rule_added": _("Made a rule of commission"),
        "commission.rule_ended": _("Ended a rule of commission"),
        "commission.asked": _("Had a month of commission worked out"),
        "commission.closed": _("Closed a month of commission"),
    }
)
name_fields(
    "target",
    {
        "measure": _("What counts"),
        "person": _("Person"),
        "team": _("Team"),
        "product": _("Product"),
        "from_date": _("From"),
        "until_date": _("Until"),
        "value": _("To be reached"),
    },
    {"measure": dict(Target.Measure.choices)},
)
name_thing("target", _("Targets"), page="targets", keyed=False)
name_thing(
    "commission",
    _("Commission"),
    rows=lambda reader, keys: CommissionRule.objects.filter(pk__in=keys),
    called="name",
    page="commission",
    keyed=False,
)
name_data("target", {"value": _("To be reached")})
name_data(
    "commission",
    {
        "month": _("Month"),
        "amount": _("Commission"),
        "name": _("Name"),
        "tiers": _("Tiers"),
        "closer_percent": _("To whoever won the opportunity, in percent"),
        "until_date": _("Until"),
    },
)
