"""`setia backup`: one file with everything that is the firm's, written into `backups/` while Setia runs or not."""

import argparse
import os
from datetime import UTC, datetime

from setia.command import archive, database, passphrases
from setia.command.words import _


def run(arguments: argparse.Namespace) -> int:
    """Writes the backup and names the file; returns the exit code."""
    passphrase = passphrases.ask(arguments.passphrase_file, new=True) if _wanted(arguments) else ""
    with database.borrowed() as home:
        url = os.environ["DATABASE_URL"]
        path = archive.make(home, url, at=datetime.now(UTC), passphrase=passphrase, keep=arguments.keep)
    print(path)
    if passphrase:
        print(_("Keep it on another machine, and the passphrase apart from it: without the passphrase nothing opens."))
    else:
        print(
            _("Keep it on another machine, and with it {keys}: they open the secrets in it.").format(
                keys=", ".join(str(home / name) for name in archive.KEYS)
            )
        )
    print(_("Keep with it the ledger of erased people, {ledger}.").format(ledger=path.parent / "erased.jsonl"))
    return 0


def _wanted(arguments: argparse.Namespace) -> bool:
    return bool(arguments.passphrase or arguments.passphrase_file)
