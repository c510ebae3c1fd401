"""`setia portraits refresh`: works out every customer's portrait anew."""

import argparse
import json
from typing import Any

from setia.command import database
from setia.command.words import _

FITTED = ("repeat", "repeat_bg", "value")


def run(arguments: argparse.Namespace) -> int:
    """Refreshes and says what came of it; returns the exit code."""
    with database.ready():
        from django.utils import timezone

        from setia.portraits import actions

        result = actions.refresh(by=None, at=timezone.now())
        actions.look_back_later()
    models = result.models_json
    facts: dict[str, Any] = {
        "as_of": result.as_of_date.isoformat(),
        "customers": result.customers,
        "orders": result.orders,
        "seconds": result.seconds,
        "models": {name: models[name].get("ended") or models[name].get("absent") for name in FITTED if name in models},
    }
    if arguments.json:
        print(json.dumps(facts, default=str))
    else:
        print(_("The portraits are new."))
        for name, value in facts.items():
            print(f"  {name}: {value}")
    return 0
