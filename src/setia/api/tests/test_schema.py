"""The interface against its own description: whatever is sent, the answer is one of those described, and never a 5xx.

`SETIA_API_EXAMPLES` asks for more examples an operation than the few of every run.
"""

import os
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from setia.accounts.models import User
from setia.api.models import Token
from setia.api.tests.people import NOON, token_of
from setia.catalogue import actions as catalogue
from setia.customers import actions as customers
from setia.orders import actions as orders
from setia.subscriptions import actions as subscriptions

EXAMPLES = int(os.environ.get("SETIA_API_EXAMPLES", "6"))
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def _operations() -> list[tuple[str, str]]:
    from setia.api.description import described

    return [(method.upper(), path) for path, operations in described()["paths"].items() for method in operations]


@pytest.fixture
def headers(db: None) -> Iterator[dict[str, str]]:
    """A token of Rani, who may do everything, in a shop with one of each."""
    # The test's own transaction is the connection's; a real request would end by closing it.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    rani = User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)
    siti = customers.add(by=rani, at=NOON, name="Siti", number="C-1", contacts=[("EMAIL", "siti@kopi.id")])
    product = catalogue.add(by=rani, at=NOON, code="KS", name="Kopi susu")
    orders.add(by=rani, at=NOON, customer=siti, lines=[orders.Line(product, 1, 18000)])  # type: ignore[arg-type]
    plan = subscriptions.add_plan(by=rani, at=NOON, code="BEANS", name="Beans", price=Decimal(120_000), period="MONTH")
    subscriptions.start(by=rani, at=NOON, customer=siti, plan=plan, started_date=NOON.date())
    subscriptions.add_unit(by=rani, at=NOON, product=product, serial="SN-1", customer=siti, installed_date=NOON.date())
    token, secret = token_of(rani)
    Token.objects.filter(pk=token.pk).update(per_minute=1_000_000)
    yield {"Authorization": f"Bearer {secret}"}
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize(("method", "path"), _operations(), ids=lambda one: str(one))
def test_every_operation_keeps_its_word(method: str, path: str, headers: dict[str, str]) -> None:
    operation = _schema()[path][method]
    known = [{"pk": 1}, {}]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES < 50,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), place=st.sampled_from(known))
    def holds(case: Any, place: dict[str, int]) -> None:
        if place and "pk" in (case.path_parameters or {}):
            case.path_parameters["pk"] = _first(path)
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    holds()


@cache
def _schema() -> Any:
    """The description as the interface itself gives it out: the same for every operation, so asked for once."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def _first(path: str) -> int:
    """The key of a record that is there, so that not every request is about nothing."""
    from setia.catalogue.models import Product
    from setia.customers.models import Customer
    from setia.orders.models import Order
    from setia.sales.models import Prospect
    from setia.subscriptions.models import Plan, Subscription, Unit

    models = {"products": Product, "orders": Order, "subscriptions": Subscription, "plans": Plan, "units": Unit}
    models["prospects"] = Prospect
    model: Any = next((found for name, found in models.items() if f"/{name}" in path), Customer)
    key = model.objects.order_by("id").values_list("pk", flat=True).first()
    return int(key or 1)
