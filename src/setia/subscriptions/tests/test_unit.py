"""Installed units: entering, correcting, service, the end."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from setia.accounts.models import AuditEntry, User
from setia.subscriptions import actions, queries
from setia.subscriptions.queries import base_keys, units_for
from setia.subscriptions.tests.firm import NOON, TODAY, Roastery


class UnitTest(Roastery):
    def test_a_serial_number_is_one_per_product_however_it_is_written(self) -> None:
        first = self.install(self.siti, " ab-77 ")
        assert first.serial == "AB-77"
        with pytest.raises(actions.SerialTaken) as taken:
            self.install(self.maria, "AB-77")
        assert taken.value.unit == first

    def test_the_next_service_follows_from_the_interval_until_somebody_says_otherwise(self) -> None:
        unit = self.install(self.siti, "A1", installed_date=date(2026, 8, 31), service_every_months=6)
        assert unit.next_service_date == date(2027, 2, 28)
        actions.add_service(by=self.dimas, at=NOON, unit=unit, day=TODAY, done="Ganti segel")
        unit.refresh_from_db()
        assert unit.next_service_date == date(2027, 5, 19)
        actions.add_service(by=self.dimas, at=NOON, unit=unit, day=date(2026, 9, 1), done="Kunjungan lama")
        unit.refresh_from_db()
        assert unit.next_service_date == date(2027, 5, 19)
        assert [one.done for one in queries.services_of(unit)] == ["Ganti segel", "Kunjungan lama"]
        with pytest.raises(actions.WrongDay):
            actions.add_service(by=self.dimas, at=NOON, unit=unit, day=TODAY, done="x", next_service_date=TODAY)

    def test_a_unit_out_of_use_is_no_longer_in_the_base_and_can_come_back(self) -> None:
        unit = self.install(self.siti, "A1")
        assert base_keys("INSTALLED", TODAY) == [self.siti.pk]
        actions.retire_unit(by=self.dimas, at=NOON, unit=unit, day=TODAY)
        assert base_keys("INSTALLED", TODAY) == []
        assert base_keys("INSTALLED", date(2026, 7, 1)) == [self.siti.pk]
        with pytest.raises(actions.Retired):
            actions.retire_unit(by=self.dimas, at=NOON, unit=unit, day=TODAY)
        actions.unretire_unit(by=self.dimas, at=NOON, unit=unit)
        assert base_keys("INSTALLED", TODAY) == [self.siti.pk]
        with pytest.raises(actions.WrongDay):
            actions.retire_unit(by=self.dimas, at=NOON, unit=unit, day=date(2020, 1, 1))

    def test_a_unit_that_moves_to_another_customer_is_told_by_key_alone(self) -> None:
        unit = self.install(self.siti, "A1")
        actions.edit_unit(by=self.dimas, at=NOON, unit=unit, customer=self.maria, place="Dapur rumah Maria")
        data = AuditEntry.objects.get(verb="unit.edited").data
        assert data == {"changes": {"customer": [f"#{self.siti.pk}", f"#{self.maria.pk}"]}, "fields": ["place"]}

    def test_whoever_sees_only_their_own_customers_sees_no_other_s_units(self) -> None:
        self.install(self.siti, "A1")
        assert units_for(self.dimas).count() == 1
        assert not units_for(self.sari).exists()

    def test_somebody_who_may_not_enters_no_unit(self) -> None:
        wati = User.objects.create_user("wati@kopi.id", None, role="ANALYST")
        with pytest.raises(PermissionDenied):
            actions.add_unit(
                by=wati, at=NOON, product=self.machine, serial="X", customer=self.siti, installed_date=TODAY
            )
