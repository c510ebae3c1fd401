"""A colleague who sees only their own customers tries to reach another's by requests no page offers them.

Sari and Budi both sell, each for their own customers. Sari knows the keys of Budi's: they are numbers, easily guessed.
"""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from setia.accounts.models import User
from setia.customers import actions
from setia.customers.models import BulkRow, Customer, CustomerLink, PreferredView, SavedView
from setia.orders.models import Order

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def sari() -> User:
    return User.objects.create_user("sari@kopi.example", name="Sari", role=User.Role.SALES)


@pytest.fixture
def budi() -> User:
    return User.objects.create_user("budi@kopi.example", name="Budi", role=User.Role.SALES)


@pytest.fixture
def theirs(budi: User) -> Customer:
    customer = Customer.objects.create(name="Toko Rahasia Makmur", owner=budi, created_at=AT, updated_at=AT)
    actions.add_contact(by=budi, at=AT, customer=customer, kind="PHONE", text="0812 9988 7766")
    return customer


@pytest.fixture
def mine(sari: User) -> Customer:
    return Customer.objects.create(name="Warung Sari", owner=sari, created_at=AT, updated_at=AT)


def test_no_question_a_colleague_can_ask_by_hand_names_anothers_customer(
    client: Client, sari: User, theirs: Customer, mine: Customer
) -> None:
    client.force_login(sari)
    for address in (
        "/customers/?q=Rahasia",
        f"/customers/?recommended_by={theirs.pk}",
        "/find/?palette=Rahasia",
        "/find/?palette=081299887766",
        "/customers/search/?field=customer&customer_q=Rahasia",
        f"/customers/export/?id={theirs.pk}&id={mine.pk}",
        f"/customers/merge/?ids={theirs.pk},{mine.pk}",
        f"/orders/?customer={theirs.pk}",
        f"/orders/new/?customer={theirs.pk}",
        f"/orders/new/?agent={theirs.pk}",
        f"/orders/move/?from={theirs.pk}&to={mine.pk}",
        f"/customers/privacy/new/?customer={theirs.pk}",
        f"/subscriptions/new/?customer={theirs.pk}",
        f"/subscriptions/units/new/?customer={theirs.pk}",
        f"/customers/bulk/new/?id={theirs.pk}",
    ):
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert answer.status_code in (200, 302, 403, 404), address
        assert not re.search(rb"Makmur|9988.?7766(?<!081299887766)", body), address


def test_no_change_made_by_hand_reaches_anothers_customer(
    client: Client, sari: User, theirs: Customer, mine: Customer
) -> None:
    client.force_login(sari)
    before = Customer.objects.filter(pk=theirs.pk).values().get()
    for address, sent in (
        ("/customers/archive/", {"id": theirs.pk}),
        ("/customers/bulk/new/", {"id": theirs.pk, "verb": "ARCHIVE"}),
        ("/customers/bulk/new/", {"id": theirs.pk, "verb": "ASSIGN", "owner": sari.pk}),
        ("/customers/merge/", {"ids": f"{theirs.pk},{mine.pk}", "survivor": mine.pk}),
        (f"/customers/{mine.pk}/links/add/", {"kind": "FAMILY", "other": theirs.pk, "customer": theirs.pk}),
        (f"/customers/{mine.pk}/edit/", {"name": "Warung Sari", "recommended_by": theirs.pk, "version": "0"}),
        ("/orders/new/", {"number": "K-1", "customer": theirs.pk, "ordered_at": "2026-11-20T10:00"}),
        ("/orders/new/", {"number": "K-2", "customer": mine.pk, "agent": theirs.pk, "ordered_at": "2026-11-20T10:00"}),
    ):
        assert client.post(address, sent).status_code in (302, 403, 404, 422), address
    mine.refresh_from_db()
    assert Customer.objects.filter(pk=theirs.pk).values().get() == before
    assert mine.recommended_by_id is None
    assert not CustomerLink.objects.exists()
    assert not BulkRow.objects.exists()
    assert not Order.objects.exists()


def test_a_colleagues_own_view_is_neither_changed_nor_preferred_by_its_key(
    client: Client, sari: User, budi: User
) -> None:
    client.force_login(sari)
    view = SavedView.objects.create(maker=budi, name="Punya Budi", params={"q": "Rahasia"}, made_at=AT)
    for part in ("edit", "keep", "move", "prefer", "delete", "restore"):
        assert client.post(f"/customers/views/{view.pk}/{part}/", {"on": "1", "name": "x"}).status_code == 404, part
    view.refresh_from_db()
    assert (view.name, view.deleted_at) == ("Punya Budi", None)
    assert not PreferredView.objects.exists()
    assert b"Punya Budi" not in client.get("/customers/views/").content
