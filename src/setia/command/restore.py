"""`setia restore FILE`: loads a dump into an empty database; what is not empty is refused, never overwritten."""

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
    print(
        _("The dump is in. Copy 'files' and 'secret.key' of the old home to {home}, then: setia up").format(home=home)
    )
    return 0
