"""`setia backup`: a dump of the database into `backups/`, while Setia runs or not."""

import argparse
import os
from datetime import UTC, datetime

from setia.command import database, dump
from setia.command.words import _


def run(arguments: argparse.Namespace) -> int:
    """Dumps and names the file; returns the exit code."""
    with database.borrowed() as home:
        path = dump.make(home, os.environ["DATABASE_URL"], reason="backup", at=datetime.now(UTC), keep=arguments.keep)
    print(path)
    print(_("Keep with it the ledger of erased people, {ledger}.").format(ledger=path.parent / "erased.jsonl"))
    print(
        _("Keep with it, on another machine: {files} and {key}.").format(files=home / "files", key=home / "secret.key")
    )
    return 0
