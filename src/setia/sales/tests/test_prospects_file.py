"""What a file of prospects becomes: customers once, prospects where nobody bought, given out by the rules, undone."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from setia.accounts.models import User
from setia.catalogue import actions as catalogue
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.intake.actions import undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.intake.reading import Unreadable
from setia.intake.tests.helping import draft, take_in
from setia.orders import actions as orders
from setia.orders.lines import Line
from setia.sales import actions
from setia.sales.models import Prospect, ProspectStep

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
FILE = (
    "Nama,WhatsApp,Kota,Sumber,Kampanye,Kebutuhan\n"
    "Wulan Ayu,0812-3456-7890,Medan,instagram,lebaran,Mesin espresso untuk dua cabang\n"
    "Joko Prabowo,0857-1122-3344,Binjai,Pameran Kopi,,\n"
    "Wulan Ayu,0812-3456-7890,Medan,Instagram,,\n"
    "Ketut Sudiarta,0878-5544-3322,Denpasar,pameran kopi,,Langganan biji\n"
)


def _in(folder: Path, text: str = FILE, **more: Any) -> Run:
    return take_in(folder, text, what="PROSPECTS", name="prospek.csv", **more)


@pytest.fixture
def dimas() -> User:
    return User.objects.create_user("dimas@kopi.id", None, name="Dimas", role=User.Role.OWNER)


@pytest.fixture
def reps(dimas: User) -> list[User]:
    return [
        User.objects.create_user(f"{name.lower()}@kopi.id", None, name=name, role=User.Role.SALES)
        for name in ("Sari", "Budi")
    ]


def test_each_person_of_the_file_is_a_prospect_once_with_source_and_wish(tmp_path: Path, dimas: User) -> None:
    empty = business_checksum()
    run = _in(tmp_path)
    assert (run.state, run.rejected) == ("DONE", 0)
    assert run.counts["prospects"] == {"created": 3, "updated": 0, "unchanged": 0}
    wulan = Prospect.objects.select_related("customer").get(customer__name="Wulan Ayu")
    assert (wulan.how, wulan.source, wulan.campaign) == ("FILE", "Instagram", "lebaran")
    assert (wulan.note, wulan.status, wulan.customer.region) == ("Mesin espresso untuk dua cabang", "NEW", "Medan")
    assert wulan.steps.get().after == "NEW"
    assert {one.casefold() for one in Prospect.objects.values_list("source", flat=True)} == {
        "instagram",
        "pameran kopi",
    }
    before = business_checksum()
    again = _in(tmp_path)
    assert business_checksum() == before
    assert again.counts["prospects"] == {"created": 0, "updated": 0, "unchanged": 3}
    undo(again, by=None, at=NOON)
    undo(run, by=None, at=NOON)
    assert business_checksum() == empty


def test_who_has_bought_is_no_prospect_and_who_is_one_stays_as_they_are(tmp_path: Path, dimas: User) -> None:
    buyer = customers.add(by=dimas, at=NOON, name="Joko Prabowo", contacts=[("WHATSAPP", "085711223344")])
    gayo = catalogue.add(by=dimas, at=NOON, code="GAYO", name="Gayo", price=Decimal(50_000))
    orders.add(by=dimas, at=NOON, customer=buyer, lines=[Line(gayo, Decimal(1), Decimal(50_000))])
    known = actions.capture(by=dimas, at=NOON, name="Wulan Ayu", contacts=[("WHATSAPP", "081234567890")], source="Web")
    run = _in(tmp_path)
    assert run.counts["prospects"] == {"created": 1, "updated": 0, "unchanged": 1}
    assert {"code": "bought_already", "field": "", "count": 1} in run.warnings
    known.refresh_from_db()
    assert (known.source, known.how) == ("Web", "HAND")
    assert not Prospect.objects.filter(customer=buyer).exists()


def test_the_rules_give_them_out_in_the_same_moment_and_the_undo_takes_that_back(
    tmp_path: Path, dimas: User, reps: list[User]
) -> None:
    actions.set_rule(by=dimas, at=NOON, rule=None, people=reps, name="All", way="TURN")
    here = customers.add(by=None, at=NOON, name="Ketut Sudiarta", contacts=[("WHATSAPP", "087855443322")])
    before = business_checksum()
    run = _in(tmp_path)
    owners = Prospect.objects.order_by("customer_id").values_list("customer__owner", flat=True)
    assert set(owners) == {one.pk for one in reps}
    here.refresh_from_db()
    assert here.owner in reps
    undo(run, by=None, at=NOON)
    assert business_checksum() == before
    here.refresh_from_db()
    assert here.owner is None


def test_who_was_talked_to_since_stays_when_the_file_is_taken_back(tmp_path: Path, dimas: User) -> None:
    run = _in(tmp_path)
    wulan = Prospect.objects.get(customer__name="Wulan Ayu")
    actions.qualify(by=dimas, at=NOON, prospect=wulan, status="QUALIFIED", reason="HAS_BUDGET")
    report = undo(run, by=None, at=NOON)
    assert report["left"]["sales_prospect"] == 1
    assert report["removed"]["sales_prospect"] == 2
    assert [row["label"] for row in report["left_rows"] if row["table"] == "sales_prospect"] == ["Wulan Ayu"]
    assert Customer.objects.get(name="Wulan Ayu")
    assert ProspectStep.objects.filter(prospect=wulan).count() == 2


def test_the_check_says_what_becomes_of_them_and_a_rep_may_bring_a_file_only_with_the_right(
    tmp_path: Path, dimas: User, client: Client
) -> None:
    waiting = draft(tmp_path, FILE, what="PROSPECTS", name="prospek.csv")
    Run.objects.update(state=Run.State.DRAFT)
    client.force_login(dimas)
    page = client.get(reverse("import_run", args=[waiting.pk]), headers={"accept-language": "en"}).content.decode()
    assert "Who has not bought yet becomes a prospect" in page
    assert "What they want" in page
    clerk = User.objects.create_user("gudang@kopi.id", None, name="Gudang", role=User.Role.FINANCE)
    with pytest.raises(Unreadable, match="Your role may not import this"):
        _in(tmp_path, by=clerk)
    assert not Customer.objects.exists()
