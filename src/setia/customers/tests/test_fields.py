"""The firm's own fields: their definitions, the values customers hold, and what the database itself refuses."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction

from setia.accounts.models import AuditEntry
from setia.core.chips import Chip
from setia.core.queries import firm
from setia.core.versions import ChangedMeanwhile, version_of
from setia.customers import actions, queries, typed
from setia.customers.models import Customer, CustomField, FieldOption
from setia.customers.tests.people import LATER, LATER_STILL, NOON, People


class Fields(People):
    """Kopi Nusantara keeps a target, a credit limit, the day of the contract, a tier, a nickname and who sells."""

    target: CustomField
    limit: CustomField
    contract: CustomField
    tier: CustomField
    taste: CustomField
    seller: CustomField
    budi: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        firm()
        for name, label, kind, options in (
            ("target", "Target", "NUMBER", ()),
            ("limit", "Credit limit", "MONEY", ()),
            ("contract", "Contract until", "DATE", ()),
            ("tier", "Tier", "CHOICE", ("Gold", "Silver")),
            ("taste", "Taste", "TEXT", ()),
            ("seller", "Sold by", "REFERENCE", ()),
        ):
            setattr(
                cls, name, actions.add_field(by=cls.rani, at=NOON, label=label, type=kind, options=options, quick=False)
            )
        cls.budi = actions.add(by=cls.dimas, at=NOON, name="Budi Santoso")
        cls.gold, cls.silver = FieldOption.objects.filter(field=cls.tier)

    gold: FieldOption
    silver: FieldOption

    def set(self, **values: object) -> Customer:
        """Set Siti's values as Dimas; she as she is then."""
        return actions.set_values(by=self.dimas, at=LATER, customer=self.siti, values=values)


class SetValuesTest(Fields):
    def test_every_type_is_kept_as_what_it_is_and_read_back_the_same(self) -> None:
        self.set(
            target="1.250.000",
            credit_limit="Rp 2.500.000,75",
            contract_until="2027-03-31",
            tier="gold",
            taste="  manis  ",
            sold_by=self.budi.pk,
        )
        siti = Customer.objects.get(pk=self.siti.pk)
        values = {field.code: value for field, value in queries.held(siti, queries.custom_fields())}
        assert values == {
            "target": Decimal(1250000),
            "credit_limit": Decimal("2500000.75"),
            "contract_until": date(2027, 3, 31),
            "tier": self.gold.pk,
            "taste": "manis",
            "sold_by": self.budi.pk,
        }
        with connection.cursor() as cursor:
            cursor.execute("SELECT extra ->> %s FROM customers_customer WHERE id = %s", [self.limit.key, siti.pk])
            assert cursor.fetchone() == ("2500000.75",)

    def test_the_timeline_tells_each_change_in_words_that_outlive_the_field(self) -> None:
        self.set(tier="Gold", sold_by=self.budi.pk, target=12)
        kind, data = self.told(self.siti)[-1]
        keys = self.tier.key, self.seller.key, self.target.key
        assert kind == "EDITED"
        assert data == {
            "changes": {keys[0]: ["", "Gold"], keys[1]: ["", "Budi Santoso"], keys[2]: ["", "12"]},
            "labels": {keys[0]: "Tier", keys[1]: "Sold by", keys[2]: "Target"},
        }
        assert AuditEntry.objects.filter(verb="customer.edited").latest("id").data == {"fields": sorted(keys)}

    def test_who_sets_another_field_keeps_it_and_a_version_cannot_be_used_twice(
        self,
    ) -> None:
        seen = version_of(self.siti.updated_at)
        actions.set_values(by=self.dimas, at=LATER, customer=self.siti, values={"target": 5}, version=seen)
        actions.set_values(by=self.rani, at=LATER_STILL, customer=self.siti, values={"taste": "pahit"})
        assert Customer.objects.get(pk=self.siti.pk).extra == {self.target.key: 5, self.taste.key: "pahit"}
        with pytest.raises(ChangedMeanwhile):
            actions.set_values(by=self.dimas, at=LATER_STILL, customer=self.siti, values={"target": 6}, version=seen)

    def test_nothing_clears_a_value_and_an_equal_one_leaves_no_trace(self) -> None:
        self.set(target=5)
        before = len(self.told(self.siti))
        self.set(target="5,0")
        assert len(self.told(self.siti)) == before
        self.set(target="")
        assert Customer.objects.get(pk=self.siti.pk).extra == {}

    def test_what_does_not_fit_its_field_is_refused_with_the_field_and_the_reason(self) -> None:
        cases = {
            "target": "many",
            "credit_limit": "1,00001",
            "contract_until": "2027-02-30",
            "tier": "Bronze",
            "taste": "x" * 501,
            "sold_by": 10**15,
            "nothing": 1,
        }
        for name, given in cases.items():
            with pytest.raises(actions.BadValue) as refused:
                self.set(**{name: given})
            assert refused.value.field in (name, self.seller.key)
            assert refused.value.words
        assert Customer.objects.get(pk=self.siti.pk).extra == {}

    def test_a_customer_cannot_refer_to_itself(self) -> None:
        with pytest.raises(actions.BadValue):
            self.set(sold_by=self.siti.pk)

    def test_who_is_deleted_is_forgotten_by_those_who_referred_to_them(self) -> None:
        self.set(sold_by=self.budi.pk, target=3)
        actions.delete(by=self.rani, at=LATER, customer=self.budi)
        assert Customer.objects.get(pk=self.siti.pk).extra == {self.target.key: 3}

    def test_the_name_of_who_is_referred_to_is_told_only_to_who_may_see_them(self) -> None:
        fields = [replace(one, ready=True) for one in queries.custom_fields()]
        everybody, key = Customer.objects.all(), self.seller.key
        assert queries.names_for(self.dimas, [self.budi.pk]) == {self.budi.pk: "Budi Santoso"}
        assert queries.names_for(self.bayu, [self.budi.pk]) == {}
        sent = {key: str(self.budi.pk)}
        assert queries.narrow_by_own(everybody, sent, fields, user=self.dimas)[1] == [
            Chip("Sold by", "Budi Santoso", key)
        ]
        assert queries.narrow_by_own(everybody, sent, fields, user=self.bayu)[1] == []

    def test_who_referred_to_one_merged_away_refers_to_the_survivor(self) -> None:
        twin = actions.add(by=self.dimas, at=NOON, name="Budi S.")
        self.set(sold_by=twin.pk)
        actions.merge(by=self.rani, at=LATER, survivor=self.budi, others=[twin])
        assert queries.names_for(self.dimas, [twin.pk]) == {twin.pk: "Budi Santoso"}

    def test_a_new_customer_may_come_with_values(self) -> None:
        ani = actions.add(by=self.dimas, at=NOON, name="Ani", extra={"tier": "Silver", "target": ""})
        assert Customer.objects.get(pk=ani.pk).extra == {self.tier.key: self.silver.pk}


class DatabaseTest(Fields):
    def test_the_database_refuses_a_value_of_another_type_whoever_writes_it(self) -> None:
        wrong = [
            {"n1": "12"},
            {"n1": 1e16},
            {"m1": 1.00001},
            {"d1": "2027-02-30"},
            {"d1": "31-03-2027"},
            {"c1": "Gold"},
            {"c1": 1.5},
            {"r1": 0},
            {"t1": ""},
            {"t1": 5},
            {"x1": "a"},
            {"n0": 1},
            [],
        ]
        for extra in wrong:
            refused = pytest.raises((IntegrityError, DataError))
            with self.subTest(extra=extra), refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE customers_customer SET extra = %s::jsonb WHERE id = %s", [json.dumps(extra), self.siti.pk]
                )

    def test_an_index_serves_the_filter_of_its_field(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an index cannot be made while a check is due
        for field in (self.target, self.limit, self.contract, self.tier, self.taste, self.seller):
            CustomField.objects.filter(pk=field.pk).update(index="BUILDING")
            assert actions.index_field(field_id=field.pk)
            assert not actions.index_field(field_id=field.pk), "once is enough"
            value = {"t": "manis", "d": "2027-01-01"}.get(field.key[0], 7)
            rows = Customer.objects.alias(own=typed.expression(field.key)).filter(archived_at=None, own=value)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                plan = rows.order_by("sort_name", "id").explain()
            assert f"customers_extra_{field.key}" in plan, plan
            assert "Sort" not in plan, plan
        assert {one.code for one in queries.custom_fields() if one.ready} == {
            "target", "credit_limit", "contract_until", "tier", "taste", "sold_by"
        }  # fmt: skip


class ArrangeTest(Fields):
    def test_a_hidden_field_comes_back_with_what_customers_hold(self) -> None:
        self.set(target=5)
        actions.hide_field(by=self.rani, at=LATER, field=self.target)
        assert "target" not in {one.code for one in queries.custom_fields()}
        assert "target" in {one.code for one in queries.custom_fields(hidden=True)}
        actions.restore_field(by=self.rani, at=LATER, field=self.target)
        assert Customer.objects.get(pk=self.siti.pk).extra == {self.target.key: 5}

    def test_a_field_is_hidden_before_it_is_deleted_and_takes_its_values_along(self) -> None:
        self.set(target=5, taste="manis")
        with pytest.raises(actions.NotHidden):
            actions.delete_field(by=self.rani, at=LATER, field=self.target)
        actions.hide_field(by=self.rani, at=LATER, field=self.target)
        actions.delete_field(by=self.rani, at=LATER, field=self.target)
        assert "target" not in {one.code for one in queries.custom_fields(hidden=True)}
        again = actions.add_field(by=self.rani, at=LATER, label="Target", type="NUMBER", quick=False)
        assert actions.remove_field(field_id=self.target.pk) == 1
        assert Customer.objects.get(pk=self.siti.pk).extra == {self.taste.key: "manis"}
        assert again.code == "target"

    def test_a_renamed_choice_reads_anew_everywhere_without_touching_a_customer(self) -> None:
        siti = self.set(tier="Gold")
        actions.rename_option(by=self.rani, at=LATER_STILL, option=self.gold, label="Emas")
        field = next(one for one in queries.custom_fields() if one.code == "tier")
        fresh = Customer.objects.get(pk=siti.pk)
        assert queries.in_words(field, field.of(fresh)) == "Emas"
        assert fresh.updated_at == siti.updated_at

    def test_two_fields_in_use_cannot_have_one_name_in_any_case(self) -> None:
        with pytest.raises(actions.FieldNameTaken):
            actions.add_field(by=self.rani, at=NOON, label="TARGET", type="TEXT")
        actions.hide_field(by=self.rani, at=NOON, field=self.target)
        other = actions.add_field(by=self.rani, at=NOON, label="TARGET", type="TEXT", quick=False)
        assert other.code == "target_2"
        with pytest.raises(actions.FieldNameTaken):
            actions.restore_field(by=self.rani, at=NOON, field=self.target)

    def test_fields_are_kept_by_the_firms_word_until_it_changes(self) -> None:
        word = firm().lists_version
        before = queries.custom_fields(version=word)
        with self.assertNumQueries(0):
            assert queries.custom_fields(version=word) == before
        actions.move_field(by=self.rani, at=LATER, field=self.limit, up=True)
        assert firm().lists_version != word
        after = queries.custom_fields(version=firm().lists_version)
        assert [one.code for one in after[:2]] == ["credit_limit", "target"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1250000", "1250000"),
        ("1.250.000", "1250000"),
        ("1,250,000.50", "1250000.50"),
        ("1.250.000,5", "1250000.5"),
        ("Rp 25.000", "25000"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("12,5", "12.5"),
        ("-3", "-3"),
        ("12 500", "12500"),
    ],
)
def test_a_number_is_read_as_people_here_write_it(text: str, value: str) -> None:
    assert typed.number(text, places=6) == Decimal(value)


@pytest.mark.parametrize("text", ["", "dua", "1-2", "1e5", "--1", "10000000000000000", "1,0000001"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        typed.number(text, places=6)
