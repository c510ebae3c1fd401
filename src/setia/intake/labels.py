"""What the audit trail and the jobs page say about imports, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.words import name_jobs, name_verbs

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
