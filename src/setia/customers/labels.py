"""What the audit trail says about customers, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.words import name_verbs

name_verbs(
    {
        "customer.added": _("Added a customer"),
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
        "customer.tagged": _("Tagged a customer"),
        "customer.untagged": _("Took a tag off a customer"),
        "tag.edited": _("Changed a tag"),
        "tag.merged": _("Merged two tags"),
        "tag.removed": _("Took a tag away"),
        "tag.restored": _("Brought a tag back"),
        "customer.unmerged": _("Undid a merge of customers"),
    }
)
