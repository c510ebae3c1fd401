"""`setia user`: lets people in without e-mail; the room `accounts` knows how."""

import argparse

from setia.command import database


def run(arguments: argparse.Namespace) -> int:
    """Runs `list`, `reset` or `add`; returns the exit code of `setia.accounts.command`."""
    with database.ready():
        from setia.accounts import command

        return int(command.main(arguments))
