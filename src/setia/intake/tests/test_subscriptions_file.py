"""What a file of subscriptions becomes: their past, their terms, their customers and plans; again, changed, undone."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from setia.accounts.models import User
from setia.core.sheets import csv_lines
from setia.customers.models import Customer
from setia.intake.actions import Unreadable, execute, start_draft, undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.intake.reading.words import REJECT
from setia.intake.tests.helping import draft, take_in
from setia.subscriptions.actions import cancel, roll_over, start
from setia.subscriptions.models import Plan, RevenueMove, RevenueTotal, Subscription
from setia.subscriptions.queries import exported_subscriptions, revenue_months
from setia.subscriptions.terms import months_later

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC)
TODAY = (NOW + timedelta(hours=7)).date()
HEAD = "Nomor langganan,No pelanggan,Nama pelanggan,Paket,Harga,Jumlah,Periode,Mulai,Masa coba sampai,Berakhir,Alasan\n"
THREE = HEAD + (
    "L1,7,Siti Rahma,KOPI,120000,2,bulanan,31/01/2025,,,\n"
    "L2,8,Budi Santoso,KOPI,120000,1,bulanan,15/03/2025,,20/06/2025,terlalu mahal\n"
    "L3,7,Siti Rahma,RAWAT,2400000,1,tahunan,01/02/2025,15/02/2025,,\n"
)


def _in(folder: Path, text: str, **more: Any) -> Run:
    return take_in(folder, text, what="SUBSCRIPTIONS", name="langganan.csv", **more)


def _one(number: str) -> Subscription:
    return Subscription.objects.select_related("plan", "customer").get(number=number)


def test_a_file_makes_subscriptions_with_their_customers_plans_and_past(tmp_path: Path) -> None:
    run = _in(tmp_path, THREE)
    assert (run.state, run.rejected, run.problem) == ("DONE", 0, None)
    assert run.counts["subscriptions"] == {"created": 3, "updated": 0, "unchanged": 0}
    assert run.counts["plans"]["created"] == 2
    assert run.counts["customers"]["created"] == 2
    coffee = _one("L1")
    assert (coffee.status, coffee.customer.number, coffee.monthly) == ("ACTIVE", "7", Decimal(240_000))
    assert coffee.from_date is not None
    assert coffee.until_date is not None
    assert coffee.from_date <= TODAY < coffee.until_date
    assert coffee.until_date == months_later(date(2025, 1, 31), coffee.anchor_count + 1), "the last day of each month"
    assert coffee.due_date == coffee.until_date
    left = _one("L2")
    assert (left.status, left.reason, left.ended_date, left.monthly) == (
        "CANCELLED",
        "PRICE",
        date(2025, 6, 20),
        Decimal(0),
    )
    assert list(left.steps.order_by("id").values_list("kind", "day")) == [
        ("STARTED", date(2025, 3, 15)),
        ("CANCELLED", date(2025, 6, 20)),
    ]
    care = _one("L3")
    assert list(care.steps.order_by("id").values_list("kind", "monthly")) == [
        ("STARTED", Decimal(0)),
        ("TRIAL_ENDED", Decimal(200_000)),
    ]
    assert care.periods.count() == 1, "what earlier periods cost is not known"


def test_what_comes_in_is_what_entering_it_by_hand_makes(tmp_path: Path) -> None:
    _in(tmp_path, THREE)
    dimas = User.objects.create_user("dimas@kopi.id", None, role="OWNER")
    for number, trial in (("L1", 0), ("L3", 14)):
        one = _one(number)
        by_hand = start(
            by=dimas, at=NOW, customer=one.customer, plan=one.plan, started_date=one.started_date, price=one.price,
            quantity=one.quantity, trial_days=trial,
        )  # fmt: skip
        for name in ("status", "monthly", "anchor_date", "anchor_count", "from_date", "until_date", "due_date"):
            assert getattr(by_hand, name) == getattr(one, name), name


def test_revenue_follows_the_days_of_the_file(tmp_path: Path) -> None:
    _in(tmp_path, THREE)
    months = {one.month: one for one in revenue_months(today=TODAY, months=36)}
    assert months[date(2025, 1, 1)].after == 240_000
    assert months[date(2025, 2, 1)].moves["EXPANSION"].amount == 200_000
    assert months[date(2025, 6, 1)].moves["CHURN"].amount == -120_000
    assert months[date(2025, 6, 1)].customers == 1


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    _in(tmp_path, THREE)
    before = business_checksum()
    again = _in(tmp_path, THREE)
    assert business_checksum() == before
    assert all(row["created"] == row["updated"] == 0 for row in again.counts.values())


def test_a_newer_file_changes_terms_from_today_and_undo_puts_them_back(tmp_path: Path) -> None:
    _in(tmp_path, THREE)
    before, moves = business_checksum(), list(RevenueTotal.objects.order_by("month", "kind").values_list("amount"))
    newer = THREE.replace("L1,7,Siti Rahma,KOPI,120000,2", "L1,7,Siti Rahma,KOPI,150000,2")
    second = _in(tmp_path, newer)
    assert second.counts["subscriptions"] == {"created": 0, "updated": 1, "unchanged": 2}
    coffee = _one("L1")
    step = coffee.steps.order_by("-id")[0]
    assert (step.kind, step.day, step.changes) == ("CHANGED", TODAY, {"price": ["120000", "150000"]})
    assert coffee.monthly == 300_000
    assert RevenueMove.objects.get(month=TODAY.replace(day=1)).kind == "EXPANSION"
    undo(second, by=None, at=NOW)
    assert business_checksum() == before
    assert list(RevenueTotal.objects.filter(people__gt=0).order_by("month", "kind").values_list("amount")) == moves


def test_a_newer_file_ends_a_subscription_and_a_file_without_the_day_does_not_begin_it_again(tmp_path: Path) -> None:
    _in(tmp_path, THREE)
    yesterday = TODAY - timedelta(days=1)
    _in(tmp_path, HEAD + f"L1,7,Siti Rahma,KOPI,,,,31/01/2025,,{yesterday:%d/%m/%Y},jarang dipakai\n")
    assert (_one("L1").status, _one("L1").ended_date, _one("L1").due_date) == ("CANCELLED", yesterday, None)
    again = _in(tmp_path, THREE)
    assert again.counts["subscriptions"]["updated"] == 0
    assert again.warnings[0]["code"] == "subscription_over"


def test_an_end_to_come_is_planned(tmp_path: Path) -> None:
    soon = TODAY + timedelta(days=9)
    _in(tmp_path, HEAD + f"L9,9,Made,KOPI,100,1,bulanan,01/02/2025,,{soon:%d/%m/%Y},\n")
    one = _one("L9")
    assert (one.status, one.ends_date, one.ended_date) == ("ACTIVE", soon, None)
    roll_over(at=NOW + timedelta(days=10))
    assert _one("L9").status == "EXPIRED"


def test_undo_leaves_everything_as_before(tmp_path: Path) -> None:
    empty = business_checksum()
    run = _in(tmp_path, THREE)
    report = undo(run, by=None, at=NOW)
    assert business_checksum() == empty
    assert report["removed"]["subscriptions_subscription"] == 3
    assert report["removed"]["subscriptions_plan"] == 2
    assert not RevenueMove.objects.exists()
    assert not RevenueTotal.objects.exclude(people=0, amount=0).exists()


def test_undo_leaves_what_a_person_changed_since_with_its_plan_and_customer(tmp_path: Path) -> None:
    run = _in(tmp_path, THREE)
    dimas = User.objects.create_user("dimas@kopi.id", None, role="OWNER")
    cancel(by=dimas, at=NOW, subscription=_one("L3"), reason="OTHER")
    report = undo(run, by=None, at=NOW)
    assert [one.number for one in Subscription.objects.all()] == ["L3"]
    assert report["left"] == {"subscriptions_subscription": 1, "subscriptions_plan": 1, "customers_customer": 1}


def test_undo_of_customers_leaves_those_who_subscribe(tmp_path: Path) -> None:
    people = take_in(tmp_path, "customer no,name\n7,Siti Rahma\n8,Budi Santoso\n", what="CUSTOMERS")
    _in(tmp_path, THREE.splitlines()[0] + "\n" + THREE.splitlines()[1] + "\n")
    report = undo(people, by=None, at=NOW)
    assert report["left"] == {"customers_customer": 1}
    assert Customer.objects.get().number == "7"


WRONG = {
    "W1,7,Siti,KOPI,100,0,bulanan,01/02/2025,,,": "above_zero",
    "W2,7,Siti,KOPI,-5,1,bulanan,01/02/2025,,,": "below_zero",
    "W3,7,Siti,KOPI,99999999999999,9999999999,bulanan,01/02/2025,,,": "amount_too_large",
    "W4,7,Siti,KOPI,100,1,bulanan,01/02/1950,,,": "too_early",
    "W5,7,Siti,KOPI,100,1,bulanan,01/02/2025,,01/01/2025,": "day_order",
    "W6,7,Siti,KOPI,100,1,bulanan,01/02/2025,01/01/2025,,": "day_order",
    "W7,7,Siti,LAIN,,1,bulanan,01/02/2025,,,": "plan_unknown",
    "W8,7,Siti,,100,1,bulanan,01/02/2025,,,": "plan_missing",
    "W9,,-,KOPI,100,1,bulanan,01/02/2025,,,": "nobody",
    ",7,Siti,KOPI,100,1,bulanan,01/02/2025,,,": "missing",
    "W11,7,Siti,KOPI,banyak,1,bulanan,01/02/2025,,,": "number",
    "W12,7,Siti,KOPI,100,1,harian,01/02/2025,,,": "period_days",
}


def test_rows_that_cannot_be_are_rejected_each_with_its_reason(tmp_path: Path) -> None:
    run = _in(tmp_path, HEAD + "OK,1,Ibu Ani,KOPI,100000,1,bulanan,01/02/2025,,,\n" + "\n".join(WRONG) + "\n")
    assert (run.state, run.accepted, run.rejected) == ("DONE", 1, len(WRONG))
    assert [one.number for one in Subscription.objects.all()] == ["OK"]
    assert Customer.objects.count() == 1, "a rejected row makes no customer"
    with Path(run.rejects_path).open(encoding="utf-8-sig", newline="") as file:
        told = {row[0]: row[-1] for row in csv.reader(file)}
    for row, code in WRONG.items():
        with translation.override("en"):
            words = max(re.split(r"{\w+}", str(REJECT[code])), key=len).strip()
        assert words in told[row.split(",")[0]], (row, told)


def test_a_number_of_somebody_else_and_a_plan_of_another_period_are_refused(tmp_path: Path) -> None:
    _in(tmp_path, THREE)
    before = business_checksum()
    wrong = HEAD + "L1,8,Budi,KOPI,120000,2,bulanan,31/01/2025,,,\nL3,7,Siti,KOPI,1,1,,01/02/2025,,,\n"
    run = _in(tmp_path, wrong + "Z1,1,A,KOPI,1,1,,01/02/2025,,,\nZ1,2,B,KOPI,1,1,,01/02/2025,,,\n")
    assert (run.accepted, run.rejected) == (0, 4)
    assert business_checksum() == before


def test_what_setia_exports_it_takes_in_again_unchanged(tmp_path: Path) -> None:
    _in(tmp_path, THREE)
    head = "Number,Customer number,Customer,Plan,Status,Quantity,Price each period,Discount in percent,Period,Days"
    more = "A month,First day,Trial until,Renews on,First day without it,Why it was cancelled,Note"
    rows = exported_subscriptions(Subscription.objects.all())
    text = "".join(csv_lines([*head.split(","), *more.split(",")], rows))
    before = business_checksum()
    again = _in(tmp_path, text)
    assert (again.rejected, again.counts["subscriptions"]["unchanged"]) == (0, 3)
    assert business_checksum() == before


def test_prices_in_another_currency_are_refused(tmp_path: Path) -> None:
    run = _in(tmp_path, HEAD.replace("Alasan", "Mata uang") + "L1,7,Siti,KOPI,10,1,bulanan,01/02/2025,,,USD\n")
    assert (run.state, run.problem) == ("FAILED", {"code": "foreign_currency", "found": "USD", "ours": "IDR"})
    assert not Plan.objects.exists()


def test_who_may_not_enter_subscriptions_may_not_import_them(tmp_path: Path) -> None:
    made = User.objects.create_user("made@kopi.id", None, role="MARKETER")
    with pytest.raises(Unreadable, match="Your role may not import this"):
        start_draft(by=made, at=NOW, what="SUBSCRIPTIONS", file_name="a.csv", upload=_file(tmp_path))
    run = draft(tmp_path, THREE, what="SUBSCRIPTIONS", name="b.csv")
    Run.objects.filter(pk=run.pk).update(by=made)
    assert execute(run.pk).problem == {"code": "not_your_kind"}
    agent = User.objects.create_user("ayu@kopi.id", None, role="AGENT")
    with pytest.raises(PermissionDenied):
        start_draft(by=agent, at=NOW, what="SUBSCRIPTIONS", file_name="a.csv", upload=_file(tmp_path))


def _file(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text(THREE)
    return path
