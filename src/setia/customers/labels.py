"""What the audit trail says about customers, in the reader's words."""

from django.conf import settings
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.utils.translation import gettext_lazy as _

from setia.core.personal import keepings
from setia.core.trail import Detail, name_data, name_thing
from setia.core.words import name_fields, name_jobs, name_verbs
from setia.customers import queries
from setia.customers.models import (
    BulkRun,
    ContactPoint,
    Customer,
    CustomerLink,
    CustomField,
    LifeEvent,
    PrivacyRequest,
    Purpose,
    Tag,
)
from setia.customers.queries.words import FIELDS

name_verbs(
    {
        "double.accepted": _("Merged doubles that a search found"),
        "double.merged_all": _("Had all doubles above a certainty merged"),
        "double.rejected": _("Said that customers are not doubles"),
        "double.reopened": _("Took back that customers are not doubles"),
        "double.training_aside": _("Went back to Setia's own weights for doubles"),
        "double.training_used": _("Took up the weights for doubles learnt from the firm's customers"),
        "double.searched": _("Had doubles searched for"),
        "customer.added": _("Added a customer"),
        "customer.asked": _("Asked a colleague to share a customer"),
        "customer.archived": _("Archived a customer"),
        "consent_text.added": _("Put a wording of consent into use"),
        "customer.consent_given": _("Wrote down a customer's consent"),
        "customer.consent_withdrawn": _("Wrote down that a customer withdrew consent"),
        "customer.contact_added": _("Added a contact to a customer"),
        "customer.contact_edited": _("Changed a customer's contact"),
        "customer.contact_preferred": _("Chose a customer's preferred contact"),
        "customer.contact_removed": _("Removed a customer's contact"),
        "customer.deleted": _("Deleted a customer"),
        "customer.edited": _("Changed a customer"),
        "customer.merged": _("Merged customers"),
        "customer.merged_away": _("Merged a customer into another one"),
        "customer.note": _("Wrote a note about a customer"),
        "customer.restored": _("Took a customer out of the archive"),
        "customer.file_added": _("Added a file to a customer"),
        "customer.file_removed": _("Took a customer's file away"),
        "customer.file_restored": _("Brought a customer's file back"),
        "customer.linked": _("Linked two customers"),
        "customer.unlinked": _("Took a link of two customers back"),
        "customer.event_added": _("Wrote down a day of a customer's life"),
        "customer.event_removed": _("Took a day of a customer's life away"),
        "customer.tagged": _("Tagged a customer"),
        "customer.untagged": _("Took a tag off a customer"),
        "region.explained": _("Said which region a text means"),
        "bulk.asked": _("Asked for a change of many customers"),
        "bulk.cancelled": _("Stopped a change of many customers"),
        "bulk.undone": _("Took a change of many customers back"),
        "view.saved": _("Saved a view of the list"),
        "view.changed": _("Changed a view of the list"),
        "view.moved": _("Moved a view of the list"),
        "view.deleted": _("Deleted a view of the list"),
        "view.restored": _("Brought back a view of the list"),
        "tag.edited": _("Changed a tag"),
        "tag.merged": _("Merged two tags"),
        "tag.removed": _("Took a tag away"),
        "tag.restored": _("Brought a tag back"),
        "customer.erased": _("Erased a person"),
        "customer.handed_over": _("Handed out a copy of a person's data"),
        "request.answered": _("Answered a request about personal data"),
        "request.reminded": _("Wrote to those who may answer a request that it is due"),
        "request.refused": _("Refused a request about personal data"),
        "request.reopened": _("Opened a request about personal data again"),
        "request.taken": _("Took a request about personal data down"),
        "retention.changed": _("Changed how long data is kept"),
        "retention.done": _("Let go of data kept long enough"),
        "customer.unmerged": _("Undid a merge of customers"),
        "field.added": _("Added a field"),
        "field.deleted": _("Deleted a field"),
        "field.edited": _("Changed a field"),
        "field.hidden": _("Hid a field"),
        "field.moved": _("Moved a field"),
        "field.option_added": _("Added a choice to a field"),
        "field.option_hidden": _("Took a choice out of use"),
        "field.option_renamed": _("Renamed a choice"),
        "field.option_restored": _("Put a choice back in use"),
        "field.restored": _("Brought a field back"),
    }
)
name_jobs(
    {
        "customers.sweep_files": _("Forget files taken away long ago"),
        "customers.keep_regions": _("Read and count the regions of customers"),
        "customers.keep_regions_nightly": _("Read and count the regions of customers every night"),
        "customers.retain": _("Let go of data kept long enough"),
    }
)


_NUMBER = Coalesce(NullIf("number", Value("")), Cast("pk", CharField()))
_CALLED = Coalesce(NullIf("name", Value("")), Concat(Value("#"), _NUMBER))

name_fields("customer", FIELDS, {"kind": dict(Customer.Kind.choices)})
name_thing(
    "customer",
    _("Customers"),
    rows=lambda reader, keys: queries.customers_for(reader).filter(pk__in=keys),
    called=_CALLED,
    page="customer",
)
name_thing(
    "double",
    _("Doubles and merging"),
    page="doubles",
    keyed=False,
    acts=("double.", "customer.merged", "customer.merged_away", "customer.unmerged"),
)
name_thing("double_search", _("Doubles and merging"), page="doubles", keyed=False, acts=())
name_thing("double_training", _("Doubles and merging"), page="doubles", keyed=False, acts=())
name_thing(
    "consent_text",
    _("Consent"),
    page="consent_texts",
    keyed=False,
    acts=("consent_text.", "customer.consent_given", "customer.consent_withdrawn"),
)
name_thing(
    "request",
    _("Requests about personal data"),
    page="privacy",
    keyed=False,
    acts=("request.", "customer.erased", "customer.handed_over"),
)
name_thing("retention", _("Keeping data for a time"), page="retention", keyed=False)
name_thing(
    "field",
    _("Own fields"),
    rows=lambda _reader, keys: CustomField.objects.filter(pk__in=keys),
    called="label",
    page="edit_field",
)
name_thing("tag", _("Tags"), rows=lambda _reader, keys: Tag.objects.filter(pk__in=keys), page="tags", keyed=False)
name_thing("bulk", _("Changes of many"), acts=("bulk.",))
name_thing("view", _("Saved views"))
name_thing("region", _("Regions"), page="regions", keyed=False)

_CONTACT = Detail(_("Kind"), says=lambda kind: dict(ContactPoint.Kind.choices).get(kind, kind))
_UNSAID = Detail(None)
name_data("request.reminded", {"people": _("People written to")})
name_data("customer", {"fields": Detail(_("Fields"), of="field"), "number": _("Customer number"), "file": _UNSAID})
name_data("customer", {"merge": _UNSAID, "others": Detail(_("Merged with"), of="customer")})
name_data("customer", {"into": Detail(_("Merged into"), of="customer"), "tag": Detail(_("Tag"), of="tag")})
name_data(
    "customer.contact_added customer.contact_edited customer.contact_removed customer.contact_preferred",
    {"kind": _CONTACT},
)
name_data(
    "customer.linked customer.unlinked",
    {
        "kind": Detail(_("Kind"), says=lambda kind: dict(CustomerLink.Kind.choices).get(kind, kind)),
        "other": Detail(_("With"), of="customer"),
    },
)
name_data(
    "customer.event_added customer.event_removed",
    {"kind": Detail(_("Kind"), says=lambda kind: dict(LifeEvent.Kind.choices).get(kind, kind))},
)
name_data(
    "customer.consent_given customer.consent_withdrawn consent_text",
    {
        "purpose": Detail(_("Purpose"), says=lambda code: dict(Purpose.choices).get(code, code)),
        "channels": Detail(_("Channels"), says=_CONTACT.says),
        "language": Detail(_("Language"), says=lambda code: dict(settings.LANGUAGES).get(code, code)),
        "version": _("Version"),
    },
)
name_data(
    "request",
    {
        "request": _UNSAID,
        "kind": Detail(_("Kind"), says=lambda kind: dict(PrivacyRequest.Kind.choices).get(kind, kind)),
    },
)
name_data(
    "double",
    {
        "merge": _UNSAID,
        "members": Detail(_("Customers"), of="customer"),
        "apart": Detail(_("Is none of the others"), of="customer"),
        "threshold": Detail(_("At least so certain"), says=lambda share: f"{share:.0%}"),
    },
)
name_data(
    "retention",
    {
        "code": Detail(_("Data"), says=lambda code: next((one.title for one in keepings() if one.code == code), code)),
        "days": _("Days"),
        "on": _("Switched on"),
        "count": _("How many went"),
        "new": _UNSAID,
    },
)
name_data("region", {"text": _("Text"), "code": _UNSAID, "region": _("Region")})
name_data(
    "bulk",
    {
        "verb": Detail(_("Act"), says=lambda code: dict(BulkRun.Verb.choices).get(code, code)),
        "customers": _("Customers"),
    },
)
name_data("view", {"name": _("View")})
name_data(
    "tag", {"tag": _("Tag"), "into": _("Merged into"), "customers": _("Customers"), "to": _("Tag"), "from": _("Tag")}
)
name_data(
    "field",
    {
        "label": _("Field"),
        "type": Detail(_("Kind"), says=lambda code: dict(CustomField.Type.choices).get(code, code)),
        "option": _("Choice"),
        "before": _("Was called"),
    },
)
