"""Plans: made, changed, put away."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from setia.core.versions import version_of
from setia.subscriptions import actions, queries
from setia.subscriptions.models import Plan
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery


class PlanTest(Roastery):
    def test_a_code_is_one_however_it_is_written(self) -> None:
        with pytest.raises(actions.PlanCodeTaken) as taken:
            actions.add_plan(by=self.dimas, at=NOON, code=" BEANS", name="x", price=Decimal(1))
        assert taken.value.plan == self.beans

    def test_who_has_a_plan_keeps_the_terms_agreed_when_it_changes(self) -> None:
        one = self.subscribe(self.siti, TODAY)
        actions.edit_plan(by=self.dimas, at=NOON, plan=self.beans, price=Decimal(140_000), period="QUARTER")
        one.refresh_from_db()
        assert (one.price, one.period) == (Decimal(120_000), "MONTH")
        self.beans.refresh_from_db()
        assert self.subscribe(self.maria, TODAY).price == Decimal(140_000)

    def test_the_second_of_two_is_told(self) -> None:
        seen = version_of(self.beans.updated_at)
        actions.edit_plan(by=self.dimas, at=NOON.replace(hour=6), plan=self.beans, name="Biji", version=seen)
        with pytest.raises(actions.ChangedMeanwhile):
            actions.edit_plan(by=self.dimas, at=NOON.replace(hour=7), plan=self.beans, name="Bean", version=seen)

    def test_an_archived_plan_is_no_longer_offered(self) -> None:
        actions.archive_plan(by=self.dimas, at=NOON, plan=self.beans)
        assert list(queries.offered()) == [self.yearly]
        actions.restore_plan(by=self.dimas, at=NOON, plan=self.beans)
        assert queries.offered().count() == 2

    def test_only_who_may_makes_plans(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.add_plan(by=self.sari, at=NOON, code="x", name="x", price=Decimal(1))
        assert Plan.objects.count() == 2
