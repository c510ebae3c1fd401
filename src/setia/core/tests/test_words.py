"""Every verb and every job has a name in both languages; what has none is still readable."""

import re
from pathlib import Path

import pytest
from django.utils import translation
from procrastinate.contrib.django import app

import setia
from setia.core import permissions
from setia.core.words import job_name, verb_name

ROOMS = Path(setia.__file__).parent


def verbs() -> set[str]:
    """The verbs that are written down literally somewhere in the code."""
    found: set[str] = set()
    for path in ROOMS.rglob("*.py"):
        if "tests" not in path.parts:
            found |= set(re.findall(r'verb="([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    return found - permissions.every_verb()  # what may be allowed has words of its own


def test_what_nobody_named_is_readable() -> None:
    assert verb_name("customer.lost_and_found") == "Customer lost and found"
    assert job_name("attic.sweep_floor") == "Sweep floor"


def test_every_verb_of_the_code_is_named() -> None:
    assert verbs()
    with translation.override("en"):
        assert [
            verb for verb in sorted(verbs()) if verb_name(verb) == verb.replace("_", " ").replace(".", " ").capitalize()
        ] == []


def test_every_job_is_named() -> None:
    names = {name for name in app.tasks if "procrastinate" not in name}
    assert names
    with translation.override("en"):
        assert [n for n in sorted(names) if job_name(n) == n.rsplit(".", 1)[-1].replace("_", " ").capitalize()] == []


@pytest.mark.parametrize("verb", ["user.invited", "firm.changed", "mail_server.tested"])
def test_names_are_in_the_readers_language(verb: str) -> None:
    with translation.override("en"):
        english = verb_name(verb)
    with translation.override("id"):
        assert verb_name(verb) != english
