"""Two people change one record in the same moment, each through the pages and on a connection of their own.

Whoever comes second is answered in words; nobody meets an error page, and nothing is half-done.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from threading import Barrier
from time import sleep
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from psycopg.errors import DeadlockDetected

from setia.accounts.models import User
from setia.core import versions
from setia.customers.actions import (
    add,
    add_contact,
    delete,
    edit_contact,
    prefer_contact,
    remove_contact,
    tag_customer,
)
from setia.customers.models import ContactPoint, Customer, CustomerTag
from setia.customers.tests.people import NOON
from setia.customers.tests.test_merge_together import at_once
from setia.orders.models import Order
from setia.sales.actions import NotTheirOrder, add_opportunity, add_pipeline, win_opportunity
from setia.sales.actions.opportunities import close
from setia.sales.models import Opportunity

pytestmark = pytest.mark.django_db(transaction=True)

Request = Callable[[Client], int]


@pytest.fixture
def two() -> tuple[Client, Client]:
    """The owner and a colleague, both signed in."""
    people = [
        User.objects.create_user(f"{name}@kopi.id", None, name=name, role=User.Role.OWNER)
        for name in ("ratna", "bagus")
    ]
    clients = Client(raise_request_exception=False), Client(raise_request_exception=False)
    for client, user in zip(clients, people, strict=True):
        client.force_login(user)
    return clients


@pytest.fixture
def siti(two: tuple[Client, Client]) -> Customer:
    by = User.objects.get(email="ratna@kopi.id")
    customer = add(by=by, at=NOON, name="Siti Nurhaliza", contacts=[("PHONE", "0812 3456 7890"), ("EMAIL", "s@x.id")])
    tag_customer(by=by, at=NOON, customer=customer, name="Grosir")
    return customer


def together(two: tuple[Client, Client], first: Request, second: Request) -> list[int]:
    """Both requests at the same moment; answers the two status codes."""
    ready = Barrier(2)

    def one(client: Client, request: Request) -> int:
        try:
            ready.wait()
            return request(client)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, two, [first, second]))


def post(page: str, /, *keys: int, **data: str) -> Request:
    """A POST to the page of this name, as its form sends it."""
    return lambda client: client.post(reverse(page, args=keys), data).status_code


def changes(customer: Customer) -> dict[str, Request]:
    """What a person may be doing to a customer in the moment another deletes it."""
    phone = ContactPoint.objects.get(customer=customer, kind="PHONE")
    tag = CustomerTag.objects.get(customer=customer).tag_id
    version = versions.version_of(customer.updated_at)
    return {
        "edit": post("edit_customer", customer.pk, name="Siti Kusuma", kind="PERSON", role="EXTERNAL", version=version),
        "note": post("add_note", customer.pk, body="Minta katalog"),
        "tag": post("tag_customer", customer.pk, name="Langganan"),
        "untag": post("untag_customer", customer.pk, tag),
        "contact": post("add_contact", customer.pk, kind="EMAIL", text="siti@kusuma.id"),
        "edit contact": post("edit_contact", customer.pk, phone.pk, kind="PHONE", text="0812 1111 2222"),
        "remove contact": post("remove_contact", customer.pk, phone.pk),
        "prefer": post("prefer_contact", customer.pk, phone.pk),
        "day": post("add_life_event", customer.pk, kind="WEDDING", day="2020-02-01"),
        "archive": post("archive_customer", customer.pk),
        "erase": post("erase_customer", customer.pk, confirm="1"),
        "delete": post("delete_customer", customer.pk),
    }


def test_one_deletes_a_customer_while_another_works_on_it(two: tuple[Client, Client], siti: Customer) -> None:
    by = User.objects.get(email="ratna@kopi.id")
    for what in changes(siti):
        customer = add(by=by, at=NOON, name="Siti Kedua")
        add_contact(by=by, at=NOON, customer=customer, kind="PHONE", text="0812 3456 7890")
        tag_customer(by=by, at=NOON, customer=customer, name="Grosir")
        ended = together(two, post("delete_customer", customer.pk), changes(customer)[what])
        assert max(ended) < 500, (what, ended)


def test_deleting_a_customer_and_working_on_its_contacts_take_the_rows_in_one_order(siti: Customer) -> None:
    by = User.objects.get(email="ratna@kopi.id")
    for _round in range(10):
        customer = add(by=by, at=NOON, name="Siti Kedua")
        phone = add_contact(by=by, at=NOON, customer=customer, kind="PHONE", text="0812 3456 7890")
        mail = add_contact(by=by, at=NOON, customer=customer, kind="EMAIL", text="siti@kusuma.id")
        ended = at_once(
            partial(delete, by=by, at=NOON, customer=customer),
            partial(prefer_contact, by=by, at=NOON, contact=phone),
            partial(edit_contact, by=by, at=NOON, contact=mail, kind="EMAIL", text="s@kusuma.id"),
            partial(remove_contact, by=by, at=NOON, contact=phone),
        )
        assert {type(one) for one in ended} <= {
            type(None),
            ContactPoint,
            Customer.DoesNotExist,
            ContactPoint.DoesNotExist,
        }


def test_whoever_collides_is_asked_to_send_again(two: tuple[Client, Client], siti: Customer) -> None:
    deadlock = OperationalError("deadlock detected")
    deadlock.__cause__ = DeadlockDetected()
    with mock.patch("setia.customers.actions.note", side_effect=deadlock):
        answer = two[0].post(reverse("add_note", args=[siti.pk]), {"body": "Minta katalog"})
        assert answer.status_code == 409
    with mock.patch("setia.customers.actions.note", side_effect=OperationalError("connection lost")):
        assert two[0].post(reverse("add_note", args=[siti.pk]), {"body": "Minta katalog"}).status_code == 500


def test_two_save_the_same_form_and_one_of_them_is_told(two: tuple[Client, Client], siti: Customer) -> None:
    version = versions.version_of(siti.updated_at)
    for_one, for_two = (
        post("edit_customer", siti.pk, name=name, kind="PERSON", role="EXTERNAL", version=version)
        for name in ("Siti A", "Siti B")
    )
    assert sorted(together(two, for_one, for_two)) == [302, 409]


def test_two_add_the_same_number_and_the_same_contact(two: tuple[Client, Client], siti: Customer) -> None:
    ended = together(
        two, *[post("add_customer", name="Toko Baru", kind="COMPANY", role="EXTERNAL", number="K-7", anyway="1")] * 2
    )
    assert max(ended) < 500
    assert Customer.objects.filter(number="K-7").count() == 1
    ended = together(two, *[post("add_contact", siti.pk, kind="WHATSAPP", text="0813 5555 6666")] * 2)
    assert max(ended) < 500
    assert ContactPoint.objects.filter(customer=siti, kind="WHATSAPP").count() == 1
    ended = together(two, *[post("tag_customer", siti.pk, name="Baru Sekali")] * 2)
    assert max(ended) < 500
    assert CustomerTag.objects.filter(tag__name="Baru Sekali").count() == 1


def test_a_purchase_is_taken_back_once(two: tuple[Client, Client], siti: Customer) -> None:
    bought = Order.objects.create(
        number="P-1", customer=siti, ordered_at=NOON, day=NOON.date(), kind="PURCHASE", total=50_000, created_at=NOON
    )
    ended = together(two, *[post("give_back", bought.pk, reason="Pecah")] * 2)
    assert max(ended) < 500
    assert Order.objects.filter(reverses=bought).count() == 1


def test_two_opportunities_are_not_won_by_one_order(two: tuple[Client, Client], siti: Customer) -> None:
    by = User.objects.get(email="ratna@kopi.id")
    bought = Order.objects.create(
        number="P-1", customer=siti, ordered_at=NOON, day=NOON.date(), kind="PURCHASE", total=50_000, created_at=NOON
    )
    stage = add_pipeline(by=by, at=NOON, name="Toko").stages.order_by("position")[0]
    hopes = [
        add_opportunity(
            by=by,
            at=NOON,
            customer=siti,
            title=title,
            stage=stage,
            owner=by,
            expected_date=NOON.date(),
            amount=Decimal(1),
        )
        for title in ("Mesin", "Gilingan")
    ]

    def slowly(*given: Any, **named: Any) -> None:
        sleep(0.2)  # so that the other comes meanwhile
        close(*given, **named)

    with mock.patch("setia.sales.actions.win.close", slowly):
        ended = at_once(
            *[partial(win_opportunity, by=by, at=NOON, opportunity=one, order=False, ordered=bought) for one in hopes]
        )
    assert [type(one) for one in ended if isinstance(one, Exception)] == [NotTheirOrder]
    assert Opportunity.objects.filter(order=bought, status="WON").count() == 1
