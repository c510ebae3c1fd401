"""The people and programs of these tests: Rani owns the shop, Dimas is on the team, the till is a program of his."""

import json
from datetime import UTC, datetime
from typing import Any

from django.test import Client, TestCase

from setia.accounts.models import User
from setia.api import actions
from setia.api.models import Token
from setia.api.scopes import codes_offered_to
from setia.customers import actions as customers
from setia.customers.models import Customer

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Program:
    """Something that speaks to the interface with a token."""

    def __init__(self, secret: str, *, language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {secret}", "Accept-Language": language}

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.headers | headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.client.delete(f"/api/v1{path}", headers=self.headers | headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self._send("patch", path, body, headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        send = getattr(self.client, method)
        return send(f"/api/v1{path}", data, content_type="application/json", headers=self.headers | named)


def token_of(user: User, *scopes: str, **options: Any) -> tuple[Token, str]:
    """A token of this person with these scopes; all they may give when none is named."""
    if not scopes:
        scopes = tuple(codes_offered_to(user))
    return actions.make_token(by=user, at=NOON, name="Till", scopes=scopes, **options)


class Shop(TestCase):
    """Rani owns the shop, Dimas is on the team, Siti buys; `till` may do all that Dimas may."""

    rani: User
    dimas: User
    siti: Customer
    secret: str

    @classmethod
    def setUpTestData(cls) -> None:
        cls.rani = User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)
        cls.dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")
        cls.siti = customers.add(
            by=cls.dimas, at=NOON, name="Siti Nurhaliza", contacts=[("WHATSAPP", "0812-2045-7781")], number="C-1"
        )
        cls.secret = token_of(cls.dimas)[1]

    def setUp(self) -> None:
        self.till = Program(self.secret)

    def assert_problem(self, answer: Any, status: int, code: str) -> dict[str, Any]:
        """The answer is a problem of this code that says what is wrong, where and what to do; answers it."""
        assert answer.status_code == status, answer.content
        assert answer.headers["Content-Type"] == "application/problem+json"
        told: dict[str, Any] = answer.json()
        assert told["code"] == code, told
        assert told["status"] == status
        assert all(told[name] for name in ("detail", "todo", "title", "instance"))
        return told
