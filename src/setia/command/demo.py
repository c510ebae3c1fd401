"""`setia demo`: loads the demo shop and says how to sign in, or takes the shop out again."""

import argparse
import sys
from datetime import UTC, datetime

from setia.command import database
from setia.command.trouble import Trouble
from setia.command.words import _


def run(arguments: argparse.Namespace) -> int:
    """Loads or removes; a shop that is there already is left as it is."""
    with database.ready():
        if arguments.remove:
            _remove()
        else:
            _load(arguments.customers, arguments.orders)
    return 0


def _load(customers: int, orders: int | None) -> None:
    from setia.demo import actions

    try:
        loaded = actions.load(
            customers=customers, orders=orders, by=None, at=datetime.now(UTC), on_progress=_show_progress
        )
    except actions.AlreadyLoaded:
        print(_("The demo shop is here already."))
    except actions.HasRealData:
        raise Trouble(
            _("There are customers, products or orders of your own here; the demo shop does not go among them."),
            _("Load it into a home of its own: SETIA_HOME=./var-demo setia demo"),
        ) from None
    except actions.TooFewOrders as few:
        raise Trouble(
            _("{orders} orders are too few for {customers} customers: it takes at least {least}.").format(
                orders=orders, customers=customers, least=few.least
            ),
            _("Leave --orders out, or give more."),
        ) from None
    else:
        print(
            _("The demo shop is in: {customers} customers, {orders} orders ({seconds:.0f} s).").format(
                customers=loaded.customers, orders=loaded.orders, seconds=loaded.seconds
            )
        )
    email, password = actions.login()
    print(_("Sign in with {email} and the password {password}").format(email=email, password=password), flush=True)


def _remove() -> None:
    from setia.demo import actions

    try:
        gone = actions.remove(by=None, at=datetime.now(UTC))
    except actions.NothingLoaded:
        print(_("There is no demo shop here."))
        return
    print(
        _("The demo shop is out again: {customers} customers, {orders} orders.").format(
            customers=gone.customers, orders=gone.orders
        )
    )
    if kept := gone.customers_kept + gone.orders_kept + gone.products_kept:
        print(_("Kept, because something of your own hangs on them: {count}.").format(count=kept))


def _show_progress(what: str, done: int, of: int) -> None:
    """Shows how far the loading is, on a terminal only."""
    if sys.stderr.isatty() and of:
        print(f"\r{what} {done:,} / {of:,}", end="" if done < of else "\n", file=sys.stderr, flush=True)
