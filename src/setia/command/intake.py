"""`setia import`: takes in a file, or undoes a run; the room `intake` does the work."""

import argparse

from setia.command import database
from setia.command.trouble import Trouble
from setia.command.words import _


def run(arguments: argparse.Namespace) -> int:
    """Runs the import; returns the exit code of `setia.intake.command`."""
    if not arguments.undo and not (arguments.file and arguments.kind):
        raise Trouble(
            _("Say which file, and what its rows are."),
            _("For example: setia import orders.csv --as orders   or, to take a run back: setia import --undo 12"),
        )
    with database.ready():
        from setia.intake import command

        return int(command.main(arguments))
