"""What the audit trail says about reports that were taken along, in the reader's words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from setia.core.trail import Detail, name_data, name_thing
from setia.core.words import name_verbs
from setia.reports.live import LIVE
from setia.reports.tables import REPORTS


def _title(name: Any) -> Any:
    found = LIVE.get(name) or REPORTS.get(name)
    return found.title if found else name


name_verbs(
    {
        "saved_report.saved": _("Saved a report"),
        "saved_report.deleted": _("Deleted a saved report"),
        "saved_report.restored": _("Brought back a saved report"),
        "saved_report.mailed": _("Said how often a report comes by e-mail"),
    }
)
name_thing("report", _("Reports"), acts=())
name_data("list", {"report": Detail(_("Report"), says=_title)})
name_thing("saved_report", _("Saved reports"))
name_data(
    "saved_report", {"name": _("Name"), "report": Detail(_("Report"), says=_title), "every": Detail(_("By e-mail"))}
)
