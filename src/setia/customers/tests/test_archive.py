import pytest
from django.core.exceptions import PermissionDenied

from setia.customers import actions
from setia.customers.tests.people import LATER, LATER_STILL, People


class ArchiveTest(People):
    def test_an_archived_customer_comes_back_as_it_was(self) -> None:
        actions.archive(by=self.dimas, at=LATER, customer=self.siti)
        self.siti.refresh_from_db()
        assert self.siti.archived_at == LATER
        actions.restore(by=self.rani, at=LATER_STILL, customer=self.siti)
        self.siti.refresh_from_db()
        assert self.siti.archived_at is None
        assert [kind for kind, _ in self.told(self.siti)] == ["ADDED", "ARCHIVED", "RESTORED"]

    def test_archiving_twice_is_told_once(self) -> None:
        actions.archive(by=self.dimas, at=LATER, customer=self.siti)
        actions.archive(by=self.rani, at=LATER_STILL, customer=self.siti)
        self.siti.refresh_from_db()
        assert self.siti.archived_at == LATER
        assert len(self.told(self.siti)) == 2

    def test_restoring_who_was_never_archived_changes_nothing(self) -> None:
        actions.restore(by=self.dimas, at=LATER, customer=self.siti)
        assert len(self.told(self.siti)) == 1

    def test_somebody_who_left_the_firm_archives_nobody(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.archive(by=self.bayu, at=LATER, customer=self.siti)
