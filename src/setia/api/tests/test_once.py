"""Idempotency keys: a thing is done once for a key, however often and however fast it is asked for."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from setia.accounts.models import User
from setia.api.actions import forget_answers
from setia.api.models import KeptAnswer
from setia.api.tests.people import NOON, Program, Shop, token_of
from setia.customers.models import Customer
from setia.orders.models import Order
from setia.subscriptions.models import Subscription

ORDER = {"lines": [{"description": "Kopi susu", "quantity": 2, "unit_price": "18000"}], "channel": "Toko"}


class Once(Shop):
    def test_a_repeated_request_gets_the_same_answer_and_does_nothing(self) -> None:
        first = self.till.post("/orders", ORDER, Idempotency_Key="till-1-0001")
        second = self.till.post("/orders", ORDER, Idempotency_Key="till-1-0001")
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.content == second.content
        assert second.headers["Location"] == first.headers["Location"]
        assert second.headers["ETag"] == first.headers["ETag"]
        assert "Idempotency-Replayed" in second.headers
        assert "Idempotency-Replayed" not in first.headers
        assert Order.objects.count() == 1

    def test_a_changed_request_with_the_same_key_is_refused(self) -> None:
        self.till.post("/orders", ORDER, Idempotency_Key="k1")
        self.assert_problem(self.till.post("/orders", ORDER | {"note": "x"}, Idempotency_Key="k1"), 422, "key-reused")
        self.assert_problem(self.till.post("/customers", {"name": "A"}, Idempotency_Key="k1"), 422, "key-reused")
        assert Order.objects.count() == 1

    def test_a_refused_request_leaves_its_key_free(self) -> None:
        empty = ORDER | {"lines": []}
        self.assert_problem(self.till.post("/orders", empty, Idempotency_Key="k1"), 422, "invalid")
        assert self.till.post("/orders", ORDER, Idempotency_Key="k1").status_code == 201

    def test_two_programs_may_use_the_same_key(self) -> None:
        other = Program(token_of(self.rani)[1])
        assert self.till.post("/orders", ORDER, Idempotency_Key="k1").status_code == 201
        assert other.post("/orders", ORDER, Idempotency_Key="k1").status_code == 201
        assert Order.objects.count() == 2

    def test_a_key_is_short_and_plain(self) -> None:
        self.assert_problem(self.till.post("/orders", ORDER, Idempotency_Key="x" * 201), 422, "invalid")

    def test_answers_are_forgotten_after_two_days(self) -> None:
        self.till.post("/orders", ORDER, Idempotency_Key="k1")
        KeptAnswer.objects.update(created_at=NOON)
        assert forget_answers(at=NOON.replace(day=23)) == 0
        assert forget_answers(at=NOON.replace(day=25)) == 1


@pytest.fixture
def secret(transactional_db: None) -> str:
    """A token of Dimas, in a database that other connections see."""
    dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")
    return token_of(dimas, "orders.add", "orders.view", "customers.add", "customers.view")[1]


def _at_once(secret: str, count: int, path: str, body: Any, **headers: str) -> list[Any]:
    def send(_number: int) -> Any:
        try:
            return Program(secret).post(path, body, **headers)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=25) as pool:
        return list(pool.map(send, range(count)))


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_with_one_key_make_one_order(secret: str) -> None:
    answers = _at_once(secret, 50, "/orders", ORDER, Idempotency_Key="till-7-0042")
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_with_one_key_make_one_customer_and_one_subscription() -> None:
    dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo", role=User.Role.OWNER)
    secret = token_of(dimas)[1]
    plan = {"code": "beans", "name": "Beans", "price": "120000"}
    assert Program(secret).post("/plans", plan).status_code == 201
    start = {"customer_number": "C-1", "plan_code": "beans", "started_date": "2026-11-01"}
    for path, body in (("/customers", {"name": "Siti", "number": "C-1"}), ("/subscriptions", start)):
        answers = _at_once(secret, 50, path, body, Idempotency_Key=path)
        done = [answer for answer in answers if answer.status_code == 201]
        # On a machine that is busy some wait too long for the first, and are told to come again.
        assert {answer.json()["code"] for answer in answers if answer not in done} <= {"still-running"}
        assert len({answer.content for answer in [*done, Program(secret).post(path, body, Idempotency_Key=path)]}) == 1
    assert Customer.objects.count() == 1
    assert Subscription.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_with_changed_bodies_make_one_customer_at_most(secret: str) -> None:
    def send(number: int) -> Any:
        try:
            return Program(secret).post("/customers", {"name": f"Pembeli {number}"}, Idempotency_Key="k")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=25) as pool:
        statuses = sorted(answer.status_code for answer in pool.map(send, range(20)))
    assert statuses == [201] + [422] * 19
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_for_the_first_is_told_to_come_again(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from setia.api.models import Token
    from setia.core import once

    monkeypatch.setattr(once, "WAIT_SECONDS", 1)
    token = Token.objects.get()
    other = connection.copy()
    try:
        with other.cursor() as cursor:  # a first request that is still at it
            cursor.execute("BEGIN")
            cursor.execute(
                "INSERT INTO api_keptanswer (token_id, key, fingerprint, status, headers, body, created_at)"
                " VALUES (%s, 'slow', 'f', 0, '{}', '', %s)",
                [token.pk, NOON],
            )
        answer = Program(secret).post("/orders", ORDER, Idempotency_Key="slow")
        assert (answer.status_code, answer.json()["code"]) == (409, "still-running")
        assert answer.headers["Retry-After"] == "1"
    finally:
        other.close()  # its process dies: what it claimed is free again
    assert Program(secret).post("/orders", ORDER, Idempotency_Key="slow").status_code == 201
