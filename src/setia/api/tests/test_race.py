"""The same new prospect through every door in the same moment: one record, and whoever is late is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.urls import reverse

from setia.accounts.models import User
from setia.api.tests.people import NOON, Program, token_of
from setia.customers.models import Customer
from setia.sales import actions
from setia.sales.models import Prospect, Submission

PEOPLE = (
    ("Wulan Ayu", "812-3456-7890"),
    ("Joko Prabowo", "857-1122-3344"),
    ("Hotma Siregar", "821-9988-7766"),
    ("Ketut Sudiarta", "878-5544-3322"),
)


def _rep(who: str) -> tuple[User, Client]:
    user = User.objects.create_user(f"{who.lower()}@kopi.id", None, name=who, role=User.Role.SALES)
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    client.force_login(user)
    return user, client


@pytest.mark.django_db(transaction=True)
def test_two_reps_a_program_and_a_visitor_make_one_record_and_the_late_ones_are_told() -> None:
    cache.clear()
    dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas", role=User.Role.OWNER)
    reps = {who: _rep(who) for who in ("Sari", "Budi")}
    program = Program(token_of(dimas)[1])
    form = actions.make_form(
        by=dimas,
        at=NOON,
        title="Demo",
        kind="DEMO",
        language="en",
        source="Website",
        fields={"name": "MUST", "whatsapp": "MUST", "message": "MAY"},
    )
    for name, number in PEOPLE:
        told = _together(_doors(name, f"0{number}", reps, program, form.slug))
        made = Prospect.objects.select_related("customer__owner").get(customer__name=name)
        assert made.customer.contact_points.get().value == "+62" + number.replace("-", "")
        _all_told(told, made)
    assert Customer.objects.count() == Prospect.objects.count() == len(PEOPLE)
    assert Submission.objects.count() == len(PEOPLE), "what a visitor wrote is kept, whoever was quicker"


def _doors(
    name: str, number: str, reps: dict[str, tuple[User, Client]], program: Program, slug: str
) -> dict[str, Callable[[], Any]]:
    add = reverse("add_prospect")
    visitor = Client(raise_request_exception=False, headers={"accept-language": "en"})
    body = {"name": name, "contacts": [{"kind": "WHATSAPP", "value": number}]}
    return {
        "Sari": lambda: reps["Sari"][1].post(add, {"line": f"{name} {number}"}),
        "Budi": lambda: reps["Budi"][1].post(add, {"name": name, "whatsapp": number}),
        "API": lambda: program.post("/prospects", body),
        "web": lambda: visitor.post(reverse("web_form", args=[slug]), {"name": name, "whatsapp": number}),
    }


def _together(doors: dict[str, Callable[[], Any]]) -> dict[str, Any]:
    """What each door answers, when all are opened in the same moment."""
    ready = Barrier(len(doors))

    def through(door: Callable[[], Any]) -> Any:
        try:
            ready.wait(10)
            return door()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(doors)) as pool:
        return dict(zip(doors, pool.map(through, doors.values()), strict=True))


def _all_told(told: dict[str, Any], made: Prospect) -> None:
    """One door made the record. Reps and programs who came later are told that it is here; a visitor never learns."""
    assert told["web"].status_code == 200
    owner = made.customer.owner
    by_hand = {who: told[who].status_code for who in ("Sari", "Budi", "API")}
    first = [who for who, code in by_hand.items() if code in (201, 302)]
    assert {code for who, code in by_hand.items() if who not in first} <= {409}, by_hand
    assert len(first) <= 1, by_hand
    assert first or made.how == Prospect.How.FORM
    for who in {"Sari", "Budi"} - set(first):
        page = told[who].content.decode()
        if owner and owner.name != who:
            assert f"A colleague looks after this customer already: {owner.name}." in page
        else:
            assert "here already" in page
    if "API" not in first:
        assert told["API"].json()["code"] == "twins"
