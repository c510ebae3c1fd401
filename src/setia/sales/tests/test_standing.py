"""The tallies of prospects and activities: right after every change, whichever code makes it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from random import Random
from threading import Barrier
from typing import Any

from django.db import connection
from django.db.models import F, Sum
from django.test import TransactionTestCase
from procrastinate.contrib.django.models import ProcrastinateJob

from setia.accounts.models import User
from setia.core.actions import change_firm
from setia.core.models import Firm
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.sales import actions, queries
from setia.sales.models import Activity, DoneTally, FunnelTally, Opportunity, Pipeline, Prospect, Stage
from setia.sales.queries.reporting import _whole_months
from setia.sales.tests.selling import NOON, Selling

FIGURES = queries.Funnel._fields
DAYS = {"first": date(2026, 1, 1), "final": date(2026, 12, 31)}


def standing() -> dict[str, Any]:
    """What the tallies come to, by place; none that come to nothing."""
    funnel = FunnelTally.objects.values_list("day", "source", "how").annotate(*(Sum(name) for name in FIGURES))
    done = DoneTally.objects.values_list("month", "owner_id", "kind").annotate(Sum("number"))
    return {
        "funnel": {place[:3]: place[3:] for place in funnel if any(place[3:])},
        "done": {place[:3]: place[3] for place in done if place[3]},
    }


class StandingTest(Selling):
    def check(self) -> dict[str, Any]:
        """The tallies as triggers left them, which are those counted anew. Answers them."""
        before = standing()
        actions.put_together()
        assert standing() == before
        assert FunnelTally.objects.count() == len(before["funnel"])
        actions.count_standing()
        assert standing() == before
        return before

    def prospect(self, name: str, **facts: Any) -> Prospect:
        return actions.capture(by=self.dimas, at=facts.pop("at", NOON), name=name, **facts)

    def test_each_change_is_counted_whichever_code_makes_it(self) -> None:
        random = Random(11)
        sources, statuses = ("Instagram", "", "Google"), Prospect.Status.values
        people = [self.prospect(f"Pelanggan {n}", source=sources[n % 3]) for n in range(8)]
        for _step in range(60):
            some = Prospect.objects.filter(pk__in=random.sample([one.pk for one in people], 3))
            chosen = random.choice(people)
            match random.randrange(8):
                case 0:
                    status = random.choice(statuses)
                    some.update(status=status, closed_at=NOON if status in ("WON", "UNQUALIFIED") else None)
                case 1:
                    some.update(source=random.choice(sources), captured_at=F("captured_at") - timedelta(hours=5))
                case 2:
                    some.update(first_touch_at=random.choice((NOON, None)))
                case 3:
                    self.chance(chosen.customer)
                case 4:
                    Opportunity.objects.filter(customer=chosen.customer).update(customer=random.choice(people).customer)
                case 5:
                    Opportunity.objects.filter(customer__in=some.values("customer")).delete()
                case 6:
                    into = random.choice((None, self.siti))
                    Customer.objects.filter(pk__in=some.values("customer")).update(merged_into=into)
                case 7:
                    Prospect.objects.filter(pk=chosen.pk).delete()
                    chosen.pk, chosen.id = None, None
                    chosen.save(force_insert=True)
            self.check()
        assert self.check()["funnel"]

    def test_whoever_sees_all_is_told_what_counting_tells(self) -> None:
        """Against the question that others are asked, by somebody who sees just those customers."""
        seller = User.objects.create_user("ayu@kopi.id", None, name="Ayu", role=User.Role.SALES)
        for n in range(9):
            at = datetime(2026, 3, 1, 16, 59, tzinfo=UTC) + timedelta(minutes=n, days=40 * (n % 3))
            one = self.prospect(f"Pelanggan {n}", source=("Google", "")[n % 2], at=at)
            if n % 3 == 0:
                self.chance(one.customer, by=self.dimas)
            if n % 4 == 0:
                actions.qualify(by=self.dimas, at=NOON, prospect=one, status="UNQUALIFIED", reason="NO_NEED")
        Customer.objects.update(owner=seller)
        actions.follow_owners(None)
        for what in ("source", "how"):
            for days in (DAYS, {"first": date(2026, 3, 2), "final": date(2026, 3, 2)}):
                told = queries.funnel_by(self.dimas, what, **days)
                assert told == queries.funnel_by(seller, what, **days)
                assert sum(one.captured for one in told.values()) == (9 if days is DAYS else 2)

    def test_what_was_done_is_told_from_months_and_the_days_beside_them(self) -> None:
        for n in range(40):
            at = datetime(2026, 5, 20, 16, 30, tzinfo=UTC) + timedelta(days=4 * n, minutes=10 * n)
            one = actions.plan_activity(
                by=self.dimas,
                at=NOON,
                kind=("CALL", "VISIT")[n % 2],
                title="Ask",
                owner=(self.dimas, self.sari)[n % 3 > 0],
            )
            Activity.objects.filter(pk=one.pk).update(done_at=at, due_date=at.date())
        self.check()
        for first, final in (("05-01", "11-30"), ("05-20", "10-13"), ("06-01", "06-30"), ("06-02", "06-29")):
            days = {"first": date.fromisoformat(f"2026-{first}"), "final": date.fromisoformat(f"2026-{final}")}
            told = queries.done_by_person(self.dimas, **days)
            expected: dict[int, dict[str, int]] = {}
            for one in Activity.objects.all():
                assert one.done_at is not None
                day = one.done_at.astimezone(Firm.objects.get().tz).date()
                if days["first"] <= day <= days["final"]:
                    kinds = expected.setdefault(one.owner_id, {})
                    kinds[one.kind] = kinds.get(one.kind, 0) + 1
            assert told == expected
            assert set(queries.done_by_person(self.sari, **days)) == {self.sari.pk}
            assert queries.done_by_person(self.sari, **days)[self.sari.pk] == expected[self.sari.pk]
        Activity.objects.update(done_at=None)
        assert self.check()["done"] == {}

    def test_whole_months_and_the_days_beside_them_are_all_days_once(self) -> None:
        for first in (date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)):
            for length in (0, 26, 27, 28, 60, 364, 800):
                final = first + timedelta(days=length)
                months, others = _whole_months(first, final)
                days = [begin + timedelta(days=n) for begin, end in others for n in range((end - begin).days + 1)]
                for month in months:
                    days += [day for n in range(31) if (day := month + timedelta(days=n)).month == month.month]
                assert sorted(days) == [first + timedelta(days=n) for n in range(length + 1)]

    def test_days_begin_at_another_hour_once_the_firm_says_so(self) -> None:
        # Half past ten in the evening in Jakarta, half past midnight in Jayapura.
        self.prospect("Malam", at=datetime(2026, 11, 1, 15, 30, tzinfo=UTC))
        assert [day for day, _source, _how in standing()["funnel"]] == [date(2026, 11, 1)]
        change_firm(at=NOON, zone=Firm.Zone.WIT)
        assert ProcrastinateJob.objects.filter(task_name="sales.count_standing").exists()
        actions.count_standing()
        assert [day for day, _source, _how in standing()["funnel"]] == [date(2026, 11, 2)]
        self.check()

    def test_a_merge_and_its_undoing_count_once(self) -> None:
        one, other = self.prospect("Wulan Ayu", source="Google"), self.prospect("Wulan Ayuningtyas", source="Instagram")
        self.chance(other.customer)
        before = self.check()
        merge = customers.merge(by=self.dimas, at=NOON, survivor=one.customer, others=[other.customer])
        assert self.check() != before
        customers.unmerge(by=self.dimas, at=NOON, merge=merge)
        assert self.check() == before


class TogetherTest(TransactionTestCase):
    """Two at the same time, each in a transaction of its own."""

    def test_two_first_opportunities_of_one_customer_are_one_chance(self) -> None:
        Firm.objects.update_or_create(pk=1, defaults={"language": "en"})
        actions.make_first_pipeline(at=NOON)
        dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas", role=User.Role.OWNER)
        prospects = [actions.capture(by=dimas, at=NOON, name=f"Pelanggan {n}") for n in range(12)]
        stage, pipeline, start = Stage.objects.order_by("position")[0], Pipeline.objects.get(), Barrier(2)

        def enter(merged: bool) -> None:
            try:
                for one in prospects:
                    start.wait()
                    if merged and one.pk % 3 == 0:
                        Customer.objects.filter(pk=one.customer_id).update(merged_into=prospects[-1].customer_id)
                        continue
                    Opportunity.objects.create(
                        customer=one.customer,
                        owner=dimas,
                        pipeline=pipeline,
                        stage=stage,
                        title="Machines",
                        entered_at=NOON,
                        created_at=NOON,
                        updated_at=NOON,
                    )
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(enter, (False, True)))
        told = standing()
        actions.count_standing()
        assert standing() == told
        (figures,) = told["funnel"].values()
        captured, chances = figures[0], figures[3]
        assert captured == chances == 12 - sum(one.pk % 3 == 0 for one in prospects)
