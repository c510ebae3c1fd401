"""An erasure outlives the backups made before it: `setia restore` erases again."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_ADD = """
from django.utils import timezone
from setia.accounts.models import User
from setia.customers import actions
rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role=User.Role.OWNER)
for name in ("Siti Nurhaliza", "Maria Ulfa"):
    actions.add(by=rani, at=timezone.now(), name=name, contacts=[("EMAIL", name.split()[0] + "@contoh.id")])
"""
_ERASE = """
from django.utils import timezone
from setia.customers import actions
from setia.customers.models import Customer
actions.erase(by=None, at=timezone.now(), customer=Customer.objects.get(name="Siti Nurhaliza"))
"""
_WHO = """
from setia.customers.models import ContactPoint, Customer
print("|".join(one.name or one.number for one in Customer.objects.order_by("id")), ContactPoint.objects.count())
"""


def _setia(home: Path, *words: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"SETIA_HOME": str(home), "LANG": "C", "SETIA_LANGUAGE": "en"}
    done = subprocess.run([sys.executable, "-m", "setia", *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_who_was_erased_does_not_come_back_with_an_older_backup(place: Path, lay_home: Callable[[Path], Path]) -> None:
    old, new = place / "old", place / "new"
    lay_home(old)
    _setia(old, "manage", "shell", "-v", "0", "-c", _ADD)
    dump = Path(_setia(old, "backup").splitlines()[0])
    _setia(old, "manage", "shell", "-v", "0", "-c", _ERASE)
    ledger = dump.parent / "erased.jsonl"
    assert "Siti" not in ledger.read_text()
    assert ledger.stat().st_mode & 0o077 == 0

    _setia(new, "restore", str(dump))
    who = _setia(new, "manage", "shell", "-v", "0", "-c", _WHO).strip()
    assert who.startswith("ERASED-")
    assert who.endswith("|Maria Ulfa 1")
    assert (new / "backups" / "erased.jsonl").read_text() == ledger.read_text()
