"""`setia restore FILE`: loads a dump into an empty database; what is not empty is refused, never overwritten.

Who was erased after the dump was made is erased again: the ledger `erased.jsonl` beside the dump says who.
"""

import argparse
import os
from pathlib import Path

import psycopg

from setia.command import database, dump
from setia.command.trouble import Trouble
from setia.command.words import _


def run(arguments: argparse.Namespace) -> int:
    """Restores in one transaction; returns the exit code. Raises Trouble, and then nothing is in."""
    file = Path(arguments.file).absolute()
    if not file.is_file():
        raise Trouble(_("There is no file {file}.").format(file=file))
    with database.borrowed() as home:
        url = os.environ["DATABASE_URL"]
        with psycopg.connect(url) as connection:
            if connection.execute("SELECT to_regclass('django_migrations')").fetchone() != (None,):
                raise Trouble(
                    _("The database of {home} is not empty, and nothing is ever overwritten.").format(home=home),
                    _("Restore into a home of its own: SETIA_HOME=./var-restored setia restore {file}").format(
                        file=file
                    ),
                )
        dump.load(url, file)
        erased = _erase_again(file.parent, home)
    print(
        _("The dump is in. Copy 'files' and 'secret.key' of the old home to {home}, then: setia up").format(home=home)
    )
    if erased:
        print(_("Erased again, as their requests ask: {count}.").format(count=erased))
    return 0


def _erase_again(*folders: Path) -> int:
    """Erases whom the dump still holds although they were erased since: the ledger beside it, or in the home, says who.

    The tables are brought up to date first, because what is held about a person is known for today's tables alone.
    """
    known = [path for folder in folders for path in (folder / "erased.jsonl", folder / "backups" / "erased.jsonl")]
    if not any(path.is_file() for path in known):
        return 0
    import django

    django.setup()
    from django.utils import timezone

    from setia.command import home as homes
    from setia.command import schema
    from setia.customers import actions

    schema.bring_up_to_date(homes.find(), with_dump=False)
    count = actions.erase_again([line for path in known for line in actions.read_ledger(path)], at=timezone.now())
    actions.write_ledger()
    return count
