"""The team board in a browser: it shows what was done without being loaded again, and nothing of another's."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from setia.accounts.models import User
from setia.core.models import Firm
from setia.customers import actions as customers
from setia.sales import actions
from tests.browser import Visit, ended_boards, shown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def watched(settings: Any) -> Iterator[None]:
    """A server that has threads for watchers, whose hub ends with the test."""
    settings.WATCHERS = 10
    with patch("setia.core.live._LINGER_SECONDS", 0.0):
        yield
        ended_boards()


def test_a_change_appears_without_loading_and_a_colleague_of_another_sight_sees_none_of_it(
    visit: Visit, settings: Any
) -> None:
    Firm.objects.update_or_create(pk=1, defaults={"language": "en"})
    owner = User.objects.create_user("ratna@kopi.id", None, name="Ratna", role=User.Role.OWNER, language="en")
    sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES, language="en")
    now = timezone.now()
    siti = customers.add(by=owner, at=now, name="Siti Nurhaliza", owner=owner)
    wide, narrow = visit(owner, language="en"), visit(sari, size="phone", language="en")
    for tab in (wide, narrow):
        tab.goto_watching("/sales/live/")
        shown(tab.page.locator("[data-live-state]"), "Live")
    wide.page.evaluate("window.__same = true")

    actions.log_activity(by=owner, at=now, kind="CALL", title="Ask about the grinder", customer=siti)
    shown(wide.page.locator(".s-live-deeds"), "Ask about the grinder · Siti Nurhaliza")
    shown(wide.page.locator("[data-live-said]"), "New on the board: Ratna Did an activity Ask about")
    actions.log_activity(by=sari, at=now + timedelta(seconds=1), kind="CALL", title="Her own call")
    shown(narrow.page.locator(".s-live-deeds"), "Her own call")
    assert "Siti" not in narrow.page.content()
    assert wide.page.evaluate("window.__same"), "the page was loaded again"

    wide.page.get_by_role("link", name="Full screen").click()
    wide.page.locator("[data-live].s-tv").wait_for()
    wide.page.keyboard.press("Escape")
    wide.page.locator("[data-live].s-tv").wait_for(state="detached")
    for tab in (wide, narrow):
        tab.check()

    settings.WATCHERS = 0  # as under a server that lends no threads to watchers
    narrow.page.goto(narrow.base + "/sales/live/")
    shown(narrow.page.locator("[data-live-state]"), "Looks every 20 seconds")
    narrow.calm()
