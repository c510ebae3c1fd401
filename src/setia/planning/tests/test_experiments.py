"""Experiments as this room keeps them; how they are weighed is tested where they are counted."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from setia.accounts.models import User
from setia.customers.models import Customer
from setia.orders.tests.shop import NOON, Shop
from setia.planning import actions, queries
from setia.planning.models import Enrolment


class ExperimentTest(Shop):
    """Sari tries the new way, Dimas sells as before; each looks after one customer."""

    def test_by_person_a_customer_goes_the_way_of_who_looks_after_them(self) -> None:
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        Customer.objects.filter(pk=self.siti.pk).update(owner=sari)
        Customer.objects.filter(pk=self.maria.pk).update(owner=self.dimas)
        facts: dict[str, Any] = {"name": "Kopi gratis", "method": "Ajak ngopi", "drawn_by": "PERSON"}
        facts |= {"success": "AMOUNT", "from_date": date(2026, 11, 1), "until_date": date(2026, 12, 1)}
        with pytest.raises(actions.TwoGroups):
            actions.begin_experiment(by=self.dimas, at=NOON, people=[sari], tries=[sari], **facts)
        one = actions.begin_experiment(by=self.dimas, at=NOON, people=[self.dimas], tries=[sari], **facts)
        drawn = dict(Enrolment.objects.values_list("customer", "treated"))
        assert drawn == {self.siti.pk: True, self.maria.pk: False}
        assert queries.sizes(one) == (1, 1)
        assert queries.experiments_due(today=date(2026, 12, 14)) == [one]
        assert queries.experiments_due(today=date(2026, 12, 16)) == []
        assert list(queries.experiments_for(sari)) == [one]
        self.client.force_login(sari)
        for name in ("experiments", "experiment", "add_experiment", "end_experiment"):
            address = reverse(name, args=[one.pk] if name in ("experiment", "end_experiment") else [])
            answer = self.client.post(address) if name == "end_experiment" else self.client.get(address)
            assert answer.status_code == (403 if name.endswith("_experiment") else 200)
