"""`setia portraits refresh`: works out every customer's portrait anew."""

import argparse
import json
from typing import Any

from setia.command import database
from setia.command.words import _


def run(arguments: argparse.Namespace) -> int:
    """Refreshes and says what came of it; returns the exit code."""
    with database.ready():
        from django.utils import timezone

        from setia.portraits import actions

        result = actions.refresh(by=None, at=timezone.now())
    facts: dict[str, Any] = {
        "as_of": result.as_of_date.isoformat(),
        "customers": result.customers,
        "orders": result.orders,
        "seconds": result.seconds,
        "models": {name: model["ended"] for name, model in result.models_json.items() if "ended" in model},
    }
    if arguments.json:
        print(json.dumps(facts, default=str))
    else:
        print(_("The portraits are new."))
        for name, value in facts.items():
            print(f"  {name}: {value}")
    return 0
