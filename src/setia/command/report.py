"""`setia report`: the rows of a report; the room `reports` counts them."""

import argparse

from setia.command import database


def run(arguments: argparse.Namespace) -> int:
    """Prints the report; returns the exit code of `setia.reports.command`."""
    with database.ready():
        from setia.reports import command

        return int(command.main(arguments))
