"""A colleague who sees only their own customers tries to reach another's by requests no page offers them.

Sari and Budi both sell, each for their own customers. Sari knows the keys of Budi's: they are numbers, easily guessed.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from setia.accounts.actions import add_team
from setia.accounts.models import Role, User
from setia.api.models import Token
from setia.api.tests.people import Program, token_of
from setia.core import kept
from setia.core.permissions import every_verb
from setia.customers import actions
from setia.customers.models import (
    BulkRow,
    ContactPoint,
    Customer,
    CustomerFile,
    CustomerLink,
    LifeEvent,
    Mention,
    PreferredView,
    SavedView,
    TimelineEntry,
)
from setia.customers.queries import mentions_of
from setia.orders.models import Order
from setia.subscriptions.actions import add_plan
from setia.subscriptions.models import Subscription, Unit

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


def everything_of(customer: Customer) -> list[Any]:
    """All that is kept of a customer by the rooms a colleague tries to write to, row by row."""
    kept: list[Any] = [Customer.objects.filter(pk=customer.pk).values().get()]
    for model in (ContactPoint, TimelineEntry, LifeEvent, CustomerFile, Order, Subscription, Unit):
        kept += [model.__name__, *model.objects.filter(customer=customer).order_by("pk").values()]
    links = CustomerLink.objects.filter(customer=customer) | CustomerLink.objects.filter(other=customer)
    return [*kept, *links.values()]


def test_a_note_names_nobody_who_may_not_see_its_customer_and_goes_with_the_customer(
    client: Client, sari: User, budi: User, theirs: Customer, mine: Customer
) -> None:
    actions.note(by=budi, at=AT, customer=theirs, body="@Sari, Makmur pays late")
    actions.note(by=sari, at=AT, customer=mine, body="@Budi, the Warung grows")
    assert not Mention.objects.exists()
    wati = User.objects.create_user("wati@kopi.example", name="Wati", role=User.Role.MANAGER)
    actions.note(by=wati, at=AT, customer=mine, body="@Sari, Makmur asks for you")
    client.force_login(sari)
    assert b"Makmur asks" in client.get("/customers/mentions/").content
    # Handed over to Budi: what was written about the customer is out of her sight with the customer.
    actions.edit(by=wati, at=AT, customer=Customer.objects.get(pk=mine.pk), owner=budi)
    assert mentions_of(sari) == ([], None)
    assert b"Makmur" not in client.get("/customers/mentions/").content
    assert client.get(f"/customers/{mine.pk}/").status_code == 404


def test_facts_files_and_days_of_another_are_out_of_reach_through_ones_own_customer(
    client: Client, sari: User, budi: User, theirs: Customer, mine: Customer
) -> None:
    point = ContactPoint.objects.get(customer=theirs)
    event = LifeEvent.objects.create(customer=theirs, kind=LifeEvent.Kind.values[0], day=date(2020, 5, 1), at=AT)
    file = CustomerFile.objects.create(
        customer=theirs, name="rahasia.txt", kind="text/plain", size=6, sha256=kept.keep(b"Gayo!\n"), at=AT
    )
    partner = actions.add_field(by=_owner(), at=AT, label="Partner", type="REFERENCE", quick=False)
    client.force_login(sari)
    before, own = everything_of(theirs), everything_of(mine)
    for address, sent in (
        (f"/customers/{mine.pk}/contacts/{point.pk}/edit/", {"kind": "PHONE", "text": "0811 1111 111"}),
        (f"/customers/{mine.pk}/contacts/{point.pk}/remove/", {}),
        (f"/customers/{mine.pk}/contacts/{point.pk}/prefer/", {}),
        (f"/customers/{mine.pk}/files/{file.pk}/remove/", {}),
        (f"/customers/{mine.pk}/files/{file.pk}/restore/", {}),
        (f"/customers/{mine.pk}/days/{event.pk}/remove/", {}),
        (f"/customers/{theirs.pk}/facts/owner/", {"owner": sari.pk, "version": ""}),
        (f"/customers/{theirs.pk}/archive/", {}),
        (f"/customers/{theirs.pk}/note/", {"body": "I was here"}),
    ):
        assert client.post(address, sent).status_code == 404, address
    assert client.get(f"/customers/{mine.pk}/files/{file.pk}/").status_code == 404
    # A field that refers to a customer takes none its writer does not see, and does not say what it is called.
    fact = client.get(f"/customers/{mine.pk}/facts/{partner.key}/", headers={"HX-Request": "true"})
    version = re.search(r'name="version" value="([^"]*)"', fact.content.decode())
    assert version
    answer = client.post(
        f"/customers/{mine.pk}/facts/{partner.key}/",
        {f"own_{partner.key}": theirs.pk, "version": version[1]},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert b"Makmur" not in answer.content
    assert (everything_of(theirs), everything_of(mine)) == (before, own)


def test_a_view_shared_with_a_team_shows_each_their_own_customers_and_names_nobody_elses(
    client: Client, sari: User, budi: User, theirs: Customer, mine: Customer
) -> None:
    wati = User.objects.create_user("wati@kopi.example", name="Wati", role=User.Role.MANAGER)
    team = add_team(by=_owner(), at=AT, name="West", members=[sari, wati])
    Customer.objects.create(name="Pelanggan Makmur", owner=budi, recommended_by=theirs, created_at=AT, updated_at=AT)
    theirs_first = Client()
    theirs_first.force_login(wati)
    address = f"recommended_by={theirs.pk}&owner={budi.pk}&cols=owner,number"
    saved = theirs_first.post("/customers/views/new/", {"address": address, "name": "Budi's", "sharing": team.pk})
    assert saved.status_code == 302, saved.content.decode()
    view = SavedView.objects.get()
    assert view.team == team
    client.force_login(_with_every_verb(sari))
    for asked in (
        f"/customers/?view={view.pk}",
        f"/customers/?{address}&view={view.pk}",
        f"/customers/export/?{address}",
    ):
        answer = client.get(asked, follow=True)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert answer.status_code == 200, asked
        assert b"Makmur" not in body, asked
    for part in ("edit", "keep", "delete"):
        assert client.post(f"/customers/views/{view.pk}/{part}/", {"name": "Mine now"}).status_code == 404, part
    view.refresh_from_db()
    assert (view.name, view.deleted_at) == ("Budi's", None)


def test_a_program_with_her_token_reaches_nothing_of_his_by_keys_numbers_or_looks(
    sari: User, budi: User, theirs: Customer, mine: Customer
) -> None:
    sari = _with_every_verb(sari)
    Customer.objects.filter(pk=theirs.pk).update(number="B-1")
    plan = add_plan(by=_owner(), at=AT, code="BEANS", name="Beans", price=Decimal(120_000), period="MONTH")
    program = Program(token_of(sari)[1])
    before = everything_of(theirs)
    point = ContactPoint.objects.get(customer=theirs)
    line = [{"description": "Gayo", "unit_price": "10000"}]
    begun = {"plan_id": plan.pk, "started_date": "2026-11-20"}
    tries: list[tuple[str, Any]] = [
        ("/orders", {"customer_id": theirs.pk, "lines": line}),
        ("/orders", {"customer_number": "B-1", "lines": line}),
        ("/orders", {"customer_id": mine.pk, "agent_id": theirs.pk, "lines": line}),
        ("/subscriptions", {"customer_id": theirs.pk} | begun),
        ("/subscriptions", {"customer_number": "B-1"} | begun),
        ("/units", {"serial": "SN-1", "customer_id": theirs.pk}),
        ("/customers", {"name": "Joko", "recommended_by": theirs.pk}),
        ("/customers", {"name": "Joko", "number": "B-1"}),
        (f"/customers/{mine.pk}/contacts/{point.pk}/prefer", None),
        (f"/customers/{theirs.pk}/notes", {"text": "I was here"}),
    ]
    for path, body in tries:
        answer = program.post(path, body)
        assert answer.status_code in (403, 404, 409, 422), (path, answer.status_code, answer.content)
        assert b"Makmur" not in answer.content, path
        assert not re.search(rf'"id": ?{theirs.pk}\b', answer.content.decode()), (path, answer.content)
    assert program.patch(f"/customers/{mine.pk}", {"recommended_by": theirs.pk}).status_code in (404, 422)
    assert program.delete(f"/customers/{mine.pk}/contacts/{point.pk}").status_code == 404
    # One that looks like his is not shown to her as a candidate, and many at once are no way around it.
    twin = {"name": "Toko Rahasia Makmur", "contacts": [{"kind": "PHONE", "value": "0812 9988 7766"}]}
    for path, body in (
        ("/customers", twin),
        ("/customers/bulk", {"items": [twin | {"number": "B-1", "notes": "mine"}]}),
        ("/orders/bulk", {"items": [{"number": "K-9", "customer_number": "B-1", "lines": line}]}),
    ):
        answer = program.post(path, body)
        assert answer.status_code < 500, (path, answer.content)
        assert not re.search(rf'"id": ?{theirs.pk}\b', answer.content.decode()), (path, answer.content)
    assert everything_of(theirs) == before
    assert not Order.objects.exists()
    assert not Subscription.objects.exists()
    assert not Unit.objects.exists()


def test_a_token_that_may_read_changes_nothing_and_one_of_somebody_else_is_not_ones_own(
    client: Client, sari: User, budi: User, theirs: Customer, mine: Customer
) -> None:
    reading, secret = token_of(_with_every_verb(sari), "customers.view")
    his, _secret = token_of(_with_every_verb(budi))
    program = Program(secret)
    before = everything_of(mine)
    for path, body in (
        ("/customers", {"name": "Joko"}),
        ("/customers/bulk", {"items": [{"name": "Joko"}]}),
        (f"/customers/{mine.pk}/archive", None),
        (f"/customers/{mine.pk}/notes", {"text": "x"}),
        (f"/customers/{mine.pk}/contacts", {"kind": "PHONE", "value": "0811 1111 111"}),
        ("/orders", {"customer_id": mine.pk}),
    ):
        assert program.post(path, body).status_code == 403, path
    assert program.patch(f"/customers/{mine.pk}", {"notes": "x"}).status_code == 403
    assert program.delete(f"/customers/{mine.pk}").status_code == 403
    assert program.get("/orders").status_code == 403
    assert program.get(f"/customers/{theirs.pk}").status_code == 404
    assert program.get(f"/customers/{mine.pk}").status_code == 200
    assert everything_of(mine) == before
    User.objects.filter(pk=sari.pk).update(role="SALES")
    client.force_login(sari)
    assert client.post(f"/settings/api/{his.pk}/revoke/").status_code in (403, 404)
    assert Token.objects.get(pk=his.pk).revoked_at is None
    assert Token.objects.get(pk=reading.pk).scopes == ["customers.view"]


def test_nobody_hands_customers_over_without_the_right_to_and_nobody_gives_themselves_more(
    client: Client, sari: User, budi: User, theirs: Customer, mine: Customer
) -> None:
    client.force_login(sari)
    for address, sent in (
        (f"/settings/people/{budi.pk}/deactivate/", {"to": sari.pk, "heir": sari.pk, "owner": sari.pk}),
        (f"/settings/people/{sari.pk}/role/", {"role": "OWNER"}),
        ("/settings/teams/new/", {"name": "Mine", "members": [sari.pk, budi.pk]}),
        ("/settings/profile/", {"name": "Sari", "language": "en", "role": "OWNER"}),
    ):
        assert client.post(address, sent).status_code in (200, 302, 403, 404), address
    sari.refresh_from_db()
    budi.refresh_from_db()
    assert (sari.role_id, budi.is_active) == ("SALES", True)
    assert Customer.objects.get(pk=theirs.pk).owner == budi
    assert not sari.teams.exists()


def _with_every_verb(person: User) -> User:
    """The same person in a role that allows everything, on their own customers alone."""
    role, _made = Role.objects.get_or_create(code="everything-own", name="All verbs, own customers", sees="OWN")
    Role.objects.filter(pk=role.pk).update(verbs=sorted(every_verb()))
    User.objects.filter(pk=person.pk).update(role=role)
    return User.objects.get(pk=person.pk)


def _owner() -> User:
    return User.objects.filter(role="OWNER").first() or User.objects.create_user(
        "rani@kopi.example", name="Rani", role=User.Role.OWNER
    )
