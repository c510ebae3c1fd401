"""`setia release`: a restored Setia may send again."""

import argparse
from datetime import UTC, datetime

from setia.command import database
from setia.command.words import _


def run(arguments: argparse.Namespace) -> int:
    """Releases what waits; returns the exit code."""
    with database.ready():
        from setia.accounts.actions import release_outgoing

        released = release_outgoing(by=None, at=datetime.now(UTC))
    print(_("This Setia sends again.") if released else _("Nothing was held back: this Setia sends already."))
    return 0
