"""The part of a start that needs Django, in a process of its own: the supervisor stays small.

`python -m setia.command.prepare` brings the tables up to date, collects the pages' files, and answers on its last line
of output with one JSON object: `owner_path`, the path of the one-time link where nobody owns this Setia yet, or
`what` and `todo` of a Trouble. Lines before it are for the person at the keyboard.
"""

import hashlib
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from setia import __version__
from setia.command import home as homes
from setia.command.trouble import Trouble

_STAMP = "made-from.txt"


def main(*, with_dump: bool) -> dict[str, str | None]:
    """Prepares the home named by `SETIA_HOME` with the database named by `DATABASE_URL`."""
    import django

    django.setup()
    from setia.accounts import actions
    from setia.command import schema

    schema.bring_up_to_date(homes.find(), with_dump=with_dump, say=lambda text: print(text, flush=True))
    collect_static()
    _resume_imports()
    _keep_regions()
    actions.schedule_backup(at=datetime.now(UTC))
    return {"owner_path": actions.owner_link(at=datetime.now(UTC))}


def _resume_imports() -> None:
    """Imports whose process was killed go on: nothing of theirs was written, so they begin again. Says which."""
    from setia.command.words import _
    from setia.intake.actions import resume_stalled

    for run in resume_stalled(at=datetime.now(UTC), silence=timedelta(0)):
        line = _("Import {run} ({file}) was interrupted and left nothing behind; it starts again.")
        print(line.format(run=run.pk, file=run.file_name), flush=True)


def _keep_regions() -> None:
    """The worker loads the tree of regions on the first start, and a newer edition of it after an update."""
    from django.db import transaction
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    try:
        with transaction.atomic():
            app.configure_task("customers.keep_regions", queueing_lock="customers.keep_regions").defer()
    except AlreadyEnqueued:
        return


def collect_static() -> bool:
    """Collects and compresses what pages need, when the code's files differ from those collected; True when done."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = hashlib.sha256(__version__.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            found.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / _STAMP
    if stamp.exists() and stamp.read_text() == found.hexdigest():
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(found.hexdigest())
    return True


if __name__ == "__main__":
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "setia.config.settings")
    try:
        answer = main(with_dump="--no-dump" not in sys.argv)
    except Trouble as trouble:
        answer = {"what": trouble.what, "todo": trouble.todo}
    print(json.dumps(answer))
