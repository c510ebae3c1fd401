"""Every figure opens as many customers as it counts."""

import pytest

from setia.accounts.models import User
from setia.customers.queries import customers_for
from setia.portraits.queries import figures, narrow
from setia.portraits.tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rani(refreshed: Shop) -> User:
    return User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)


def behind(rani: User, **params: str) -> set[str]:
    found, chips = narrow(customers_for(rani), params)
    assert len(chips) == len(params)
    return {customer.name.split()[0] for customer in found}


class TestNarrow:
    def test_each_stage_base_and_trait_opens_its_customers(self, rani: User) -> None:
        for row in figures("stages")["stages"]:
            assert len(behind(rani, stage=row["stage"])) == row["customers"]
            assert len(behind(rani, move=f".{row['stage']}")) == row["came"]
            assert len(behind(rani, move=f"{row['stage']}.")) == row["went"]
        for row in figures("base")["base"]:
            if row["class"] in {"BUYERS", "LOYAL", "GENERAL"}:
                assert len(behind(rani, base=row["class"])) == row["customers"]
        for row in figures("traits")["traits"]:
            assert len(behind(rani, trait=row["trait"])) == (row["customers"] or 0)

    def test_each_cell_of_the_cohort_table_opens_those_who_bought_and_those_who_did_not(self, rani: User) -> None:
        for row in figures("cohorts")["cohorts"]:
            month = row["cohort"][:7]
            assert len(behind(rani, cohort=f"{month}.{row['k']}")) == row["customers"]
            assert len(behind(rani, cohort=f"{month}.{row['k']}.not")) == row["size"] - row["customers"]
            assert len(behind(rani, cohort=month)) == row["size"]

    def test_new_and_returning_open_theirs_by_month_and_by_day(self, rani: User) -> None:
        for name, length in (("new-returning", 7), ("new-returning-days", 10)):
            for row in figures(name)[name]:
                if row["new"] or row["returning"]:
                    assert len(behind(rani, bought=f"{row['period'][:length]}.new")) == row["new"]
                    assert len(behind(rani, bought=f"{row['period'][:length]}.returning")) == row["returning"]

    def test_retention_opens_who_stayed_and_who_did_not_come_back(self, rani: User) -> None:
        for row in figures("retention")["retention"]:
            assert len(behind(rani, retention=f"{row['period']}.{row['as_of']}.kept")) == row["kept"]
            lost = behind(rani, retention=f"{row['period']}.{row['as_of']}.lost")
            assert len(lost) == row["earlier"] - row["kept"]

    def test_each_cell_and_group_of_the_map_opens_its_customers(self, rani: User) -> None:
        for row in figures("rfm")["rfm"]:
            assert len(behind(rani, rfm=f"{row['r']}.{row['f']}")) == row["customers"]
        for row in figures("rfm-cells")["rfm-cells"]:
            assert len(behind(rani, rfm=row["cell"])) == row["customers"]

    def test_those_who_spent_most_open_as_many_as_the_picture_counts(self, rani: User) -> None:
        for row in figures("concentration")["concentration"]:
            assert len(behind(rani, top=str(row["percent"]))) == row["customers"]

    def test_two_filters_narrow_together(self, rani: User) -> None:
        assert behind(rani, base="GENERAL", trait="NEW") == {"Kadek", "Bayu"}

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("stage", "LOYAL"), ("base", "CURRENT"), ("trait", "new"), ("leaving", "yes"), ("rfm", "6.1"),
            ("cohort", "2026-13"), ("cohort", "2026-01.1.maybe"), ("cohort", "9999-12.999"),
            ("bought", "2026-01.often"), ("stage", "'; DROP"),
            ("retention", "YEAR.2026-02-30.kept"), ("retention", "YEAR.0001-01-01.kept"), ("move", "."),
            ("move", "FIRST.FIRST"), ("value", "1"), ("value", "٣-٥"), ("top", "0"), ("top", "-1"),
        ],
    )  # fmt: skip
    def test_what_is_no_filter_narrows_nothing(self, rani: User, key: str, value: str) -> None:
        found, chips = narrow(customers_for(rani), {key: value})
        assert (found.count(), chips) == (7, [])
