"""What may be allowed about customers."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import EVERYBODY, offer

offer(
    "customers",
    _("Customers"),
    {
        "view": (_("See customers"), EVERYBODY),
        "add": (_("Add customers"), "MANAGER SALES AGENT MARKETER MEMBER"),
        "edit": (_("Change customers and their contacts"), "MANAGER SALES AGENT MARKETER MEMBER"),
        "note": (_("Write notes"), "MANAGER SALES AGENT MARKETER FINANCE MEMBER"),
        "tag": (_("Put tags on customers and take them off"), "MANAGER SALES AGENT MARKETER MEMBER"),
        "consent": (_("Write down consent and its withdrawal"), "MANAGER SALES AGENT MARKETER MEMBER"),
        "privacy": (_("Answer requests about personal data"), "MANAGER"),
        "hand_over": (_("Hand out a copy of everything held about a person"), "MANAGER"),
        "erase": (_("Erase a person for good"), ""),
        "retain": (_("Decide how long data is kept"), ""),
        "merge": (_("Merge doubles"), "MANAGER MEMBER"),
        "unmerge": (_("Take a merge apart"), "MANAGER MEMBER"),
        "assign": (_("Choose who is responsible for a customer"), "MANAGER MEMBER"),
        "archive": (_("Archive customers"), "MANAGER SALES MEMBER"),
        "restore": (_("Take customers out of the archive"), "MANAGER SALES MEMBER"),
        "delete": (_("Delete customers"), ""),
        "share_views": (
            _("Share views of the list with a team or with everybody"),
            "MANAGER MARKETER MEMBER",
        ),
        "export": (_("Export customers as a file"), "MANAGER MARKETER ANALYST FINANCE MEMBER"),
    },
    whole={
        "edit_tags": (_("Rename, join and remove tags"), "MANAGER MARKETER MEMBER"),
        "arrange_fields": (_("Arrange the fields of a customer"), "MANAGER"),
        "word_consent": (_("Word what consent is asked for"), "MANAGER"),
    },
)
