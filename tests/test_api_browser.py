"""The pages of programs in a real browser: readable by everybody, calm, and no wider than a phone."""

import os
from pathlib import Path

import pytest

from setia.accounts.models import User
from setia.api.actions import make_token
from setia.api.models import Delivery, Endpoint
from setia.api.tests.people import NOON
from tests.browser import Visit

SHOTS = os.environ.get("SETIA_SHOTS", "")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("size", "language"), [("desk", "id"), ("phone", "en")])
def test_tokens_webhooks_and_documentation_read_well(visit: Visit, size: str, language: str) -> None:
    rani = User.objects.create_user("rani@kopi.id", "kopi-susu-gula-aren", name="Rani Wulandari", role="OWNER")
    make_token(by=rani, at=NOON, name="Till 2", scopes=["customers.view", "orders.add", "orders.view"])
    endpoint = Endpoint.objects.create(
        name="Books",
        url="https://books.example/hooks/setia",
        events=["order.added"],
        secret_sealed="x",
        created_at=NOON,
    )
    for state, status, trouble in (("DONE", 204, ""), ("DEAD", 500, "STATUS"), ("WAITING", None, "TIMEOUT")):
        Delivery.objects.create(
            endpoint=endpoint,
            event_id=7,
            event="order.added",
            payload={},
            happened_at=NOON,
            state=state,
            due_at=NOON,
            status=status,
            trouble=trouble,
            milliseconds=85,
            attempts=1,
        )
    tab = visit(rani, size=size, language=language)
    for name, path in (
        ("tokens", "/settings/api/"),
        ("endpoints", "/settings/webhooks/"),
        ("endpoint", f"/settings/webhooks/{endpoint.pk}/"),
        ("api_docs", "/api/docs/"),
    ):
        tab.goto(path)
        if SHOTS:
            tab.page.screenshot(path=Path(SHOTS) / f"{name}-{size}-{language}.png", full_page=name != "api_docs")
        tab.check()
    tab.page.locator("#list_customers > summary").click()
    tab.check()
