"""What the audit trail and the jobs page say about imports, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.trail import name_data, name_thing
from setia.core.words import name_jobs, name_verbs
from setia.intake import queries

name_verbs(
    {
        "import.queued": _("Started an import"),
        "import.rows_decided": _("Decided who the rows of a file are"),
        "import.cancel_asked": _("Asked to stop an import"),
        "import.cancelled": _("Stopped an import"),
        "import.done": _("Brought a file in"),
        "import.resumed": _("Took up an interrupted import"),
        "import.undone": _("Undid an import"),
    }
)
name_jobs(
    {
        "intake.run_import": _("Bring a file in"),
        "intake.resume_stalled": _("Take up interrupted imports"),
    }
)
name_thing(
    "run",
    _("Imports"),
    rows=lambda reader, keys: queries.runs_for(reader).select_related(None).filter(pk__in=keys),
    called="file_name",
    page="import_run",
    acts=("import.",),
)
name_thing("rejected", _("Rejected rows"), acts=())
name_data(
    "import",
    {
        "file": _("File"),
        "chosen": _("Rows decided"),
        "counts": _("Rows"),
        "left": _("Left as they were"),
        "created": _("new"),
        "updated": _("changed"),
        "unchanged": _("unchanged"),
        "customers": _("Customers"),
        "contact_points": _("Contacts"),
        "orders": _("Orders"),
        "lines": _("Order lines"),
        "products": _("Products"),
        "tags": _("Tags"),
        "consents": _("Consent"),
        "customers_customer": _("Customers"),
        "customers_contactpoint": _("Contacts"),
        "orders_order": _("Orders"),
        "catalogue_product": _("Products"),
        "catalogue_category": _("Categories"),
    },
)
