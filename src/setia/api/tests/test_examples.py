"""Every example of the documentation, run as it stands against a live server."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from setia.accounts.models import User
from setia.api.examples import EXAMPLES
from setia.api.tests.people import token_of
from setia.customers.models import Customer
from setia.intake.models import Run
from setia.orders.models import Order


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here: apt install curl")
def test_the_examples_run_one_after_another(live_server: Any, tmp_path: Path) -> None:
    dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")
    environment = os.environ | {"SETIA_URL": live_server.url, "SETIA_TOKEN": token_of(dimas)[1], "NO_PROXY": "*"}
    for example in EXAMPLES:
        run = ["bash", "-ec", example.text] if example.language == "shell" else [sys.executable, "-c", example.text]
        for _time in range(2):  # whoever tries an example twice must not be punished
            done = subprocess.run(run, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
            assert done.returncode == 0, f"{example.code}: {done.stdout}{done.stderr}"
    ratna = Customer.objects.get(number="K-1001")
    assert (ratna.name, ratna.region) == ("Ratna Dewi", "Bandung")
    assert Order.objects.get().total == 48000
    assert (
        "48000"
        in subprocess.run(
            [sys.executable, "-c", next(one.text for one in EXAMPLES if one.code == "walk-list")],
            capture_output=True,
            text=True,
            env=environment,
            check=True,
        ).stdout
    )
    assert Run.objects.filter(what="CUSTOMERS", state="QUEUED").exists()
