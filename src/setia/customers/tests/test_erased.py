"""The record of somebody erased is closed: no verb, page, program, file or statement writes on it again."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from setia.accounts.models import User
from setia.api.tests.people import token_of
from setia.customers import actions
from setia.customers.models import ContactPoint, Customer, CustomerFile, LifeEvent, TimelineEntry
from setia.customers.tests.people import LATER, LATER_STILL, NOON, People
from setia.intake.tests.helping import ORDERS, take_in
from setia.orders import actions as orders
from setia.orders.lines import Line
from setia.orders.models import Order

CUP = Line(product=None, quantity=Decimal(1), unit_price=Decimal(100), discount=Decimal(0), description="Cup")


class ErasedRecord(People):
    maria: Customer
    order: Order

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.maria = actions.add(by=cls.rani, at=NOON, name="Maria Goretti", number="C-2")
        cls.order = orders.add(by=cls.rani, at=NOON, lines=[CUP], customer=cls.siti)
        actions.erase(by=cls.rani, at=LATER, customer=cls.siti)
        cls.siti.refresh_from_db()

    def verbs(self) -> dict[str, Callable[[], Any]]:
        """Every verb that says something of a customer, each about Siti."""
        who: dict[str, Any] = {"by": self.rani, "at": LATER_STILL, "customer": self.siti}
        both: dict[str, Any] = {"by": self.rani, "at": LATER_STILL}
        day = date(2020, 5, 1)
        return {
            "edit": lambda: actions.edit(**who, name="Siti Nurhaliza"),
            "edit her number": lambda: actions.edit(**who, number="C-1"),
            "set values": lambda: actions.edit(**who, recommended_by=self.maria),
            "add a contact": lambda: actions.add_contact(**who, kind="PHONE", text="0812-2045-7781"),
            "note": lambda: actions.note(**who, body="It was Siti."),
            "tag": lambda: actions.tag_customer(**who, name="Siti N."),
            "file": lambda: actions.add_file(**who, name="siti.pdf", content=b"%PDF-1.7\n%%EOF\n"),
            "life event": lambda: actions.add_life_event(**who, kind=LifeEvent.Kind.values[0], day=day, words="Siti"),
            "link": lambda: actions.link(**who, other=self.maria, kind="FAMILY"),
            "link from another": lambda: actions.link(**both, customer=self.maria, other=self.siti, kind="FAMILY"),
            "consent": lambda: actions.grant(**who, purpose="MARKETING", channels=["WHATSAPP"], evidence="Siti"),
            "restore": lambda: actions.restore(**who),
            "request": lambda: actions.take_request(**both, kind="ACCESS", customer=self.siti, note="Siti asks"),
            "merge into her": lambda: actions.merge(**both, survivor=self.siti, others=[self.maria]),
            "merge her away": lambda: actions.merge(**both, survivor=self.maria, others=[self.siti]),
            "order": lambda: orders.add(**both, lines=[CUP], customer=self.siti),
            "note of an order": lambda: orders.edit(**both, order=self.order, lines=[CUP], note="For Siti"),
        }

    def test_every_verb_refuses_in_plain_words_and_writes_nothing(self) -> None:
        before = _told(self.siti)
        for name, verb in self.verbs().items():
            with pytest.raises(actions.RecordErased) as refused, transaction.atomic():
                verb()
            assert "was erased" in str(refused.value.plain), name
            assert _told(self.siti) == before, name

    def test_an_order_of_hers_stays_open_to_corrections_of_the_books(self) -> None:
        two = Line(product=None, quantity=Decimal(2), unit_price=Decimal(100), discount=Decimal(0), description="Cup")
        orders.edit(by=self.rani, at=LATER_STILL, order=self.order, lines=[two])
        self.order.refresh_from_db()
        assert self.order.total == 200

    def test_the_database_refuses_what_comes_by_another_way(self) -> None:
        for fact in ("name", "notes", "region", "call_name", "tax_number"):
            with pytest.raises(IntegrityError, match="erased_stays_empty"), transaction.atomic():
                Customer.objects.filter(pk=self.siti.pk).update(**{fact: "1" * 16})
        with pytest.raises(IntegrityError, match="erased_stays_empty"), transaction.atomic():
            Customer.objects.filter(pk=self.siti.pk).update(archived_at=None)

    def test_the_page_says_so_offers_nothing_and_answers_who_tries(self) -> None:
        self.sign_in(self.rani)
        page = self.client.get(reverse("customer", args=[self.siti.pk]))
        self.assertContains(page, "This person was erased.")
        for verb in ("edit_customer", "add_contact", "add_note", "restore_customer", "tag_customer"):
            self.assertNotContains(page, reverse(verb, args=[self.siti.pk]))
        answer = self.client.post(reverse("add_note", args=[self.siti.pk]), {"body": "It was Siti."})
        self.assertContains(answer, "their record stays empty", status_code=403)

    def test_a_program_is_told_so(self) -> None:
        _token, secret = token_of(self.rani)
        headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
        one = f"/api/v1/customers/{self.siti.pk}"
        answer = self.client.patch(one, {"name": "Siti"}, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "erased")

    def test_people_erased_before_this_lock_was_there_are_emptied_and_locked_by_the_migration(self) -> None:
        from importlib import import_module

        lock = import_module("setia.customers.migrations.0020_erased")
        Customer.objects.filter(pk=self.siti.pk).update(erased_at=None)
        Customer.objects.filter(pk=self.siti.pk).update(name="Siti again")
        with connection.cursor() as cursor:
            cursor.execute(lock._LOCK)
        self.siti.refresh_from_db()
        assert (self.siti.name, self.siti.erased_at) == ("", LATER)
        self.maria.refresh_from_db()
        assert (self.maria.name, self.maria.erased_at) == ("Maria Goretti", None)


@pytest.mark.django_db(transaction=True)
class TestFiles:
    """A file made from an export after the erasure names her by her pseudonym."""

    @pytest.fixture
    def siti(self) -> Customer:
        rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role=User.Role.OWNER)
        siti = actions.add(by=rani, at=NOON, name="Siti Nurhaliza", number="C-1")
        actions.erase(by=rani, at=LATER, customer=siti)
        siti.refresh_from_db()
        return siti

    def still_empty(self, siti: Customer) -> None:
        siti.refresh_from_db()
        assert (siti.name, siti.region, siti.notes) == ("", "", "")
        assert not ContactPoint.objects.filter(customer=siti).exists()

    def test_of_customers_her_row_is_refused_and_says_why(self, siti: Customer, tmp_path: Path) -> None:
        text = f"number,name,phone\n{siti.number},Siti,0812-2045-7781\nC-9,Kadek,0812-1111-2222\n"
        run = take_in(tmp_path, text, what="CUSTOMERS", name="people.csv")
        assert (run.state, run.accepted, run.rejected) == ("DONE", 1, 1)
        assert "dihapus" in Path(run.rejects_path).read_text(encoding="utf-8")
        self.still_empty(siti)

    def test_of_orders_it_brings_the_order_and_nothing_of_her(self, siti: Customer, tmp_path: Path) -> None:
        header = ORDERS.strip().replace("product", "phone,note,product")
        run = take_in(
            tmp_path, f"{header}\nX-1,2026-03-01 09:00,{siti.number},Siti,0812-2045-7781,For Siti,gayo,1,85000\n"
        )
        assert run.state == "DONE"
        order = Order.objects.get(number="X-1")
        assert (order.customer_id, order.note) == (siti.pk, "")
        self.still_empty(siti)


def _told(customer: Customer) -> tuple[Any, ...]:
    """All that is kept of a customer, to compare."""
    return (
        list(Customer.objects.filter(pk=customer.pk).values()),
        list(ContactPoint.objects.filter(customer=customer).values()),
        list(CustomerFile.objects.filter(customer=customer).values()),
        list(TimelineEntry.objects.filter(customer=customer).order_by("pk").values()),
        list(Order.objects.filter(customer=customer).order_by("pk").values("pk", "note", "total")),
    )
