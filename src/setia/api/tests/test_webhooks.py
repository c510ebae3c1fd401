"""Webhooks: told what happened, signed, tried again, given up, sent again; never into the firm's own network."""

import json
import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from setia.accounts.actions import release_outgoing
from setia.accounts.models import AuditEntry
from setia.api import actions, sending
from setia.api.actions.deliver import LEASE, WAITS_SECONDS
from setia.api.events import EVENTS
from setia.api.examples import CHECKING
from setia.api.models import Delivery, Endpoint
from setia.api.sending import NotAllowed, is_public, send
from setia.api.tests.people import NOON, Shop
from setia.api.tests.receiver import Receiver
from setia.core.actions import pause_outgoing


class Told(Shop):
    def setUp(self) -> None:
        super().setUp()
        self.books = Receiver()
        self.addCleanup(self.books.close)
        allowed = override_settings(WEBHOOK_ALLOW=frozenset({("127.0.0.1", self.books.port)}))
        allowed.enable()
        self.addCleanup(allowed.disable)
        self.endpoint, self.secret_of_books = actions.add_endpoint(
            by=self.rani, at=NOON, name="Books", url=self.books.url, events=["customer.added", "order.added"]
        )

    def test_it_is_told_what_it_wants_to_hear_and_nothing_else(self) -> None:
        key = self.till.post("/customers", {"name": "Budi"}).json()["id"]
        self.till.patch(f"/customers/{key}", {"region": "Bogor"})
        self.till.post("/orders", {"customer_id": key, "lines": [{"description": "Kopi", "unit_price": 9}]})
        assert actions.deliver_due() == 2
        assert sorted(self.books.types) == ["customer.added", "order.added"]
        told = next(body for _headers, body in self.books.got if b"customer.added" in body)
        assert "Budi" not in told.decode()
        told = json.loads(told)
        assert told["data"]["customer_id"] == key
        assert told["data"]["links"]["customer"].endswith(f"/api/v1/customers/{key}")
        assert set(Delivery.objects.values_list("state", flat=True)) == {"DONE"}
        assert actions.deliver_due() == 0

    def test_a_restored_copy_tells_nobody_until_it_is_released_and_then_all_that_waited(self) -> None:
        pause_outgoing(at=NOON)
        self.till.post("/customers", {"name": "Budi"})
        assert actions.deliver_due() == 0
        assert self.books.types == []
        assert actions.send_test(by=self.rani, at=NOON, endpoint=self.endpoint).trouble == "PAUSED"
        assert (self.books.types, Delivery.objects.filter(event="webhook.test").count()) == ([], 0)
        release_outgoing(by=self.rani, at=NOON)
        assert actions.deliver_due() == 1
        assert self.books.types == ["customer.added"]

    def test_the_documented_check_takes_our_signature_and_no_other(self) -> None:
        self.till.post("/customers", {"name": "Budi"})
        actions.deliver_due()
        headers, body = self.books.got[0]
        there: dict[str, Any] = {}
        exec(CHECKING.text, there)
        assert there["is_ours"](self.secret_of_books, headers, body)
        assert not there["is_ours"](self.secret_of_books, headers, body + b" ")
        assert not there["is_ours"](sending.fresh_secret(), headers, body)
        assert not there["is_ours"](self.secret_of_books, headers | {"webhook-timestamp": "1"}, body)

    def test_after_a_new_secret_both_sign_for_a_day(self) -> None:
        fresh = actions.renew_secret(by=self.rani, at=timezone.now(), endpoint=self.endpoint)
        self.till.post("/customers", {"name": "Budi"})
        actions.deliver_due()
        there: dict[str, Any] = {}
        exec(CHECKING.text, there)
        headers, body = self.books.got[0]
        assert there["is_ours"](self.secret_of_books, headers, body)
        assert there["is_ours"](fresh, headers, body)
        Endpoint.objects.update(former_until=timezone.now())
        self.till.post("/customers", {"name": "Ani"})
        actions.deliver_due()
        headers, body = self.books.got[1]
        assert there["is_ours"](fresh, headers, body)
        assert not there["is_ours"](self.secret_of_books, headers, body)

    def test_the_secret_lies_sealed_and_is_in_no_audit_line(self) -> None:
        row = Endpoint.objects.values().get()
        assert self.secret_of_books not in str(row)
        assert not AuditEntry.objects.filter(data__icontains="whsec").exists()

    def test_what_is_rolled_back_is_told_to_nobody(self) -> None:
        body = {"items": [{"name": "Budi"}, {"notes": "nobody"}]}
        assert self.till.post("/customers/bulk?all_or_nothing=true", body).status_code == 422
        assert not Delivery.objects.exists()

    def test_a_failure_is_tried_again_later_each_time_then_given_up_and_sent_again_by_hand(self) -> None:
        self.books.status = 500
        self.till.post("/customers", {"name": "Budi"})
        now = timezone.now()
        waits = []
        for _attempt in range(len(WAITS_SECONDS)):
            assert actions.deliver_due(at=now) == 1
            one = Delivery.objects.get()
            assert (one.state, one.status, one.trouble) == ("WAITING", 500, "STATUS")
            waits.append((one.due_at - now).total_seconds())
            assert actions.deliver_due(at=now) == 0  # not before it is due
            now = one.due_at
        for wait, usual in zip(waits, WAITS_SECONDS, strict=True):
            assert 0.79 * usual <= wait <= 1.21 * usual
        assert actions.deliver_due(at=now) == 1
        one = Delivery.objects.get()
        assert (one.state, one.attempts) == ("DEAD", len(WAITS_SECONDS) + 1)
        ids = {headers["webhook-id"] for headers, _body in self.books.got}
        assert ids == {f"evt_{one.event_id}"}
        self.books.status = 200
        assert actions.send_again(by=self.rani, at=now, endpoint=self.endpoint) == 1
        assert actions.deliver_due(at=now) == 1
        one.refresh_from_db()
        assert one.state == "DONE"
        self.endpoint.refresh_from_db()
        assert self.endpoint.failing_since is None

    def test_who_asks_for_time_gets_it(self) -> None:
        self.books.status, self.books.headers = 429, {"Retry-After": "3600"}
        self.till.post("/customers", {"name": "Budi"})
        now = timezone.now()
        actions.deliver_due(at=now)
        assert Delivery.objects.get().due_at == now + timedelta(hours=1)

    def test_an_address_that_is_gone_is_paused_and_what_happens_waits(self) -> None:
        self.books.status = 410
        self.till.post("/customers", {"name": "Budi"})
        actions.deliver_due()
        self.endpoint.refresh_from_db()
        assert self.endpoint.paused_why == "GONE"
        self.till.post("/customers", {"name": "Ani"})
        assert actions.deliver_due() == 0
        self.books.status = 200
        actions.resume_endpoint(by=self.rani, at=NOON, endpoint=self.endpoint)
        assert actions.deliver_due() == 1

    def test_who_fails_for_days_is_paused(self) -> None:
        self.books.status = 500
        self.till.post("/customers", {"name": "Budi"})
        now = timezone.now()
        Delivery.objects.update(attempts=len(WAITS_SECONDS))
        Endpoint.objects.update(failing_since=now - timedelta(days=6))
        actions.deliver_due(at=now)
        self.endpoint.refresh_from_db()
        assert self.endpoint.paused_why == "FAILING"

    def test_what_a_dead_worker_had_claimed_is_sent_by_the_next(self) -> None:
        self.till.post("/customers", {"name": "Budi"})
        now = timezone.now()
        Delivery.objects.update(state="SENDING", lease_until=now + LEASE)
        assert actions.deliver_due(at=now) == 0
        assert actions.deliver_due(at=now + LEASE + timedelta(seconds=1)) == 1
        assert Delivery.objects.get().state == "DONE"

    def test_a_redirect_is_not_followed(self) -> None:
        self.books.status, self.books.headers = 302, {"Location": "http://127.0.0.1:1/"}
        outcome = actions.send_test(by=self.rani, at=NOON, endpoint=self.endpoint)
        assert (outcome.trouble, len(self.books.got)) == ("REDIRECT", 1)

    def test_a_server_that_drips_its_answer_is_hung_up_on(self) -> None:
        def drips(handler: Any) -> None:
            for _byte in range(200):
                try:
                    handler.wfile.write(b"H")
                except OSError:
                    return
                time.sleep(0.05)

        self.books.answers = drips
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sending, "SECONDS", 1)
            outcome = actions.send_test(by=self.rani, at=NOON, endpoint=self.endpoint)
        assert outcome.trouble in ("TIMEOUT", "BROKE_OFF")
        assert outcome.milliseconds < 8000

    def test_old_deliveries_are_forgotten(self) -> None:
        self.till.post("/customers", {"name": "Budi"})
        actions.deliver_due()
        now = timezone.now()
        assert actions.forget_deliveries(at=now + timedelta(days=13)) == 0
        assert actions.forget_deliveries(at=now + timedelta(days=15)) == 1

    def test_an_event_nobody_wants_costs_one_statement(self) -> None:
        from setia.core.models import Event

        event = Event.objects.create(name="product.added", payload={}, at=NOON)
        with self.assertNumQueries(1):
            assert actions.announce(event) == 0
        unknown = Event.objects.create(name="firm.changed", payload={}, at=NOON)
        with self.assertNumQueries(0):
            assert actions.announce(unknown) == 0

    def test_only_who_may_choose_addresses_does(self) -> None:
        for verb in (
            lambda: actions.add_endpoint(by=self.dimas, at=NOON, name="x", url=self.books.url, events=[]),
            lambda: actions.remove_endpoint(by=self.dimas, at=NOON, endpoint=self.endpoint),
            lambda: actions.renew_secret(by=self.dimas, at=NOON, endpoint=self.endpoint),
            lambda: actions.send_test(by=self.dimas, at=NOON, endpoint=self.endpoint),
        ):
            with pytest.raises(Exception, match=r"api\.webhooks"):
                verb()


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "::7f00:1",
        "2001:db8::1",
    ],
)
def test_what_lies_inside_is_never_public(place: str) -> None:
    assert not is_public(place)


@pytest.mark.parametrize("place", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_the_open_internet_is_public(place: str) -> None:
    assert is_public(place)


@pytest.fixture
def inside() -> Iterator[Receiver]:
    """Something inside the firm's network that nobody should be able to reach."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:{port}/",
        "https://localhost:{port}/",
        "https://2130706433:{port}/",
        "https://0x7f.1:{port}/",
        "https://0177.0.0.1:{port}/",
        "https://[::1]:{port}/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "http://127.0.0.1:{port}/",
        "http://8.8.8.8/",
        "https://169.254.169.254/latest/meta-data/",
        "https://user@127.0.0.1:{port}/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "https:///nothing",
        "",
    ],
)
def test_no_address_leads_inside(address: str, inside: Receiver) -> None:
    with pytest.raises(NotAllowed):
        sending.checked(address.format(port=inside.port))
    outcome = send(address.format(port=inside.port), message_id="evt_1", body=b"{}", keys=[sending.fresh_secret()])
    assert outcome.trouble in sending.TROUBLES
    assert inside.got == []


def test_a_name_that_changes_its_mind_is_asked_once_and_taken_at_its_word(
    inside: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when looked at, inside when connected to. The connection goes where was looked."""
    asked: list[str] = []
    connected: list[str] = []

    def looks_up(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append(host)
        place = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(2, 1, 6, "", (place, port))]

    def connects(place: tuple[str, int], **_options: Any) -> Any:
        connected.append(place[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", looks_up)
    monkeypatch.setattr(socket, "create_connection", connects)
    outcome = send("https://rebind.example/", message_id="evt_1", body=b"{}", keys=[sending.fresh_secret()])
    assert outcome.trouble == "REFUSED"
    assert (len(asked), connected) == (1, ["93.184.216.34"])


def test_one_address_inside_among_several_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: both)
    with pytest.raises(NotAllowed, match="INSIDE"):
        sending.checked("https://both.example/")


def test_every_event_on_offer_is_sent_by_somebody() -> None:
    import ast
    from pathlib import Path

    import setia

    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(setia.__file__).parent.rglob("actions/**/*.py")
        if ast.parse(path.read_text(encoding="utf-8"))
    )
    text += (Path(setia.__file__).parent / "catalogue/actions.py").read_text(encoding="utf-8")
    for name in EVENTS:
        noun, verb = name.split(".")
        said = verb.removeprefix("prospect_")  # put before it where the room writes it down
        told = rf'(?:record(?:_\w+)?\(\s*|_tell\(|_told\(\s*|= )"(?:{verb}|{said})"'
        assert f'"{name}"' in text or re.search(told, text), name
        assert f'"{name}"' in text or f'f"{noun}.{{verb}}"' in text, name
