"""`setia user`: lets people in without e-mail; the room `accounts` knows how."""

import argparse
import os

from setia.command import database, up
from setia.command import home as homes


def run(arguments: argparse.Namespace) -> int:
    """Runs `list`, `reset` or `add`; returns the exit code of `setia.accounts.command`."""
    if facts := up.running(homes.find()):
        os.environ.setdefault("SETIA_URL", str(facts["address"]))  # the links are made for where Setia can be reached
    with database.ready():
        from setia.accounts import command

        return int(command.main(arguments))
