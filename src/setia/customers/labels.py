"""What the audit trail says about customers, in the reader's words; and where the provinces stand on the map."""

from django.utils.translation import gettext_lazy as _

from setia.core.words import name_jobs, name_verbs

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
        "region.explained": _("Said which region a text means"),
        "tag.edited": _("Changed a tag"),
        "tag.merged": _("Merged two tags"),
        "tag.removed": _("Took a tag away"),
        "tag.restored": _("Brought a tag back"),
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
        "customers.keep_regions": _("Read and count the regions of customers"),
        "customers.keep_regions_nightly": _("Read and count the regions of customers every night"),
    }
)

# Column, row and short name of each province's tile, about as they lie on the map, Aceh at the top left.
TILES: dict[str, tuple[int, int, str]] = {
    "11": (1, 1, "Aceh"),
    "12": (2, 2, "Sumut"),
    "13": (2, 3, "Sumbar"),
    "14": (3, 3, "Riau"),
    "21": (4, 2, "Kepri"),
    "17": (2, 4, "Bkl"),
    "15": (3, 4, "Jambi"),
    "19": (4, 4, "Babel"),
    "16": (3, 5, "Sumsel"),
    "18": (4, 6, "Lpg"),
    "36": (4, 7, "Banten"),
    "31": (5, 6, "DKI"),
    "32": (5, 7, "Jabar"),
    "33": (6, 7, "Jateng"),
    "34": (6, 8, "DIY"),
    "35": (7, 7, "Jatim"),
    "51": (8, 7, "Bali"),
    "52": (9, 7, "NTB"),
    "53": (10, 7, "NTT"),
    "61": (5, 3, "Kalbar"),
    "62": (6, 3, "Kalteng"),
    "63": (6, 4, "Kalsel"),
    "64": (7, 3, "Kaltim"),
    "65": (7, 2, "Kaltara"),
    "76": (8, 4, "Sulbar"),
    "73": (8, 5, "Sulsel"),
    "72": (9, 3, "Sulteng"),
    "75": (9, 2, "Gtlo"),
    "71": (10, 2, "Sulut"),
    "74": (9, 4, "Sultra"),
    "82": (11, 2, "Malut"),
    "81": (11, 4, "Maluku"),
    "96": (12, 3, "PBD"),
    "92": (13, 3, "Pabar"),
    "94": (13, 4, "Pateng"),
    "91": (14, 3, "Papua"),
    "95": (14, 4, "Papeg"),
    "93": (14, 5, "Pasel"),
}
