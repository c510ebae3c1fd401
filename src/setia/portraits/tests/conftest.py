"""The shop of these tests, as it stands and with its portraits computed."""

import pytest

from setia.portraits import actions
from setia.portraits.tests.shop import NOON, Shop


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def refreshed(shop: Shop) -> Shop:
    actions.refresh(by=None, at=NOON)
    return shop
