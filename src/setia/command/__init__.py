"""The command `setia`: what a firm types to start, feed, ask and repair its Setia.

This module is the table of contents: the arguments of every command, and the module that runs it. `postgres` is the
launcher of the private database, `up` the supervisor of everything that runs. A command that needs the database
borrows it from `database`, which starts it and stops it again when nobody else holds it.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from datetime import date

from setia.command.trouble import Trouble
from setia.command.words import _

DEFAULT_PORT = 8700


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line; returns the exit code: 0 done, 1 told what is wrong, 2 misspelt, 130 interrupted."""
    words = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "setia.config.settings")
    try:
        if words[:1] == ["manage"]:  # everything after it is Django's to read
            from setia.command import manage

            return manage.run(words[1:])
        arguments = _parser().parse_args(words)
        umask = os.umask(0o077)  # what a firm's data becomes on disk is for its owner alone
        try:
            return int(importlib.import_module(arguments.runs).run(arguments))
        finally:
            os.umask(umask)
    except Trouble as trouble:
        print(f"setia: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="setia", description=_("Setia keeps a firm's customers and understands them.")
    )
    commands = parser.add_subparsers(title=_("commands"), required=True, metavar=_("COMMAND"))

    def command(name: str, runs: str, text: str) -> argparse.ArgumentParser:
        child = commands.add_parser(name, help=text, description=text)
        child.set_defaults(runs=f"setia.command.{runs}")
        return child

    up = command("up", "up", _("start Setia: database, web pages, worker; Ctrl-C stops all"))
    up.add_argument("--host", default="127.0.0.1", help=_("address to listen on (default: this machine alone)"))
    up.add_argument("--port", type=_port, default=DEFAULT_PORT, help=_("port to listen on (default: 8700)"))
    up.add_argument("--no-dump", action="store_true", help=_("change the tables without dumping the database before"))

    up.add_argument(
        "--tls",
        nargs=2,
        metavar=("CERT", "KEY"),
        help=_("serve HTTPS with this certificate (with its chain) and key, both PEM"),
    )
    up.add_argument(
        "--http-port", type=_port, metavar="PORT", help=_("with --tls: answer plain HTTP here with the way to HTTPS")
    )

    demo = command("demo", "demo", _("load the demo shop"))
    demo.add_argument("--customers", type=_count, default=2_000, help=_("how many customers (default: 2000)"))
    demo.add_argument("--orders", type=_count, help=_("how many orders (default: as many as they would make)"))
    demo.add_argument("--remove", action="store_true", help=_("take the demo shop out again, all of it"))

    intake = command(
        "import",
        "intake",
        _("take in a file of customers, products, orders, subscriptions, units, contracts or complaints, or undo that"),
    )
    intake.add_argument(
        "file", nargs="?", metavar="FILE", help=_("CSV, TSV, text, XLSX, Parquet, JSON Lines; plain or gzip")
    )
    intake.add_argument(
        "--as",
        dest="kind",
        choices=["orders", "customers", "products", "subscriptions", "units", "contracts", "concerns", "prospects"],
        help=_("what the rows are"),
    )
    intake.add_argument("--map", metavar="FILE", help=_("JSON file that says which column means what"))
    intake.add_argument(
        "--source",
        help=_("system the file comes from; the same number from another system is another order (default: main)"),
    )
    intake.add_argument("--zone", help=_("zone of times without one (default: the firm's, for example Asia/Jakarta)"))
    intake.add_argument("--append", action="store_true", help=_("add lines to known orders instead of replacing them"))
    intake.add_argument("--undo", metavar="RUN", help=_("undo the run with this number"))
    intake.add_argument("--json", action="store_true", help=_("answer with one JSON object"))

    portraits = command("portraits", "portraits", _("work out every customer's portrait anew"))
    portraits.add_argument("action", choices=["refresh"])
    portraits.add_argument("--json", action="store_true", help=_("answer with one JSON object"))

    report = command("report", "report", _("a report as rows of numbers"))
    names = "base, stages, new-returning, retention, cohorts, rfm, value, revenue"
    report.add_argument("name", metavar="NAME", help=names)
    report.add_argument("--json", action="store_true", help=_("answer with a JSON list of rows"))
    report.add_argument("--as-of", type=_day, metavar="DATE", help=_("the day to look from, as 2026-11-22"))

    user = command("user", "user", _("people who use Setia: list, reset a forgotten password, add"))
    actions = user.add_subparsers(dest="action", required=True, metavar="list|reset|add")
    actions.add_parser("list", help=_("everybody, with role and latest sign-in"))
    reset = actions.add_parser("reset", help=_("a one-time link that sets a new password"))
    reset.add_argument("email", metavar="EMAIL")
    reset.add_argument(
        "--second-factor", action="store_true", help=_("remove a lost second factor too: app, passkeys, recovery codes")
    )
    add = actions.add_parser("add", help=_("a one-time link that lets somebody in"))
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--role", default="member", help=_("owner, manager, sales, agent, … (default: member)"))

    backup = command("backup", "backup", _("write everything into one file in the folder 'backups'"))
    backup.add_argument("--keep", type=_count, default=14, help=_("how many backups to keep (default: 14)"))
    backup.add_argument("--passphrase", action="store_true", help=_("seal it with a passphrase, asked for"))
    backup.add_argument("--passphrase-file", metavar="FILE", help=_("seal it with the passphrase in this file"))
    restore = command("restore", "restore", _("load a backup into an empty home"))
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--passphrase-file", metavar="FILE", help=_("the passphrase is in this file"))
    command("release", "release", _("let a restored Setia send e-mail again"))

    doctor = command("doctor", "doctor", _("check this Setia; say what is wrong and what to do"))
    doctor.add_argument("--json", action="store_true", help=_("answer with a JSON list of checks"))
    commands.add_parser("manage", help=_("Django's own management commands"))
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(_("a port is a number from 1 to 65535"))
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(_("a number above 0 is needed"))
    return number


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(_("a day is written as 2026-11-22")) from error
