"""What the audit trail says about reports that were taken along, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.trail import Detail, name_data, name_thing
from setia.reports.tables import REPORTS

name_thing("report", _("Reports"), acts=())
name_data("list", {"report": Detail(_("Report"), says=lambda name: REPORTS[name].title if name in REPORTS else name)})
