from datetime import date

from django.utils import translation

from setia.customers import actions
from setia.customers.models import Customer, NameKey
from setia.customers.queries import Draft, twins_of
from setia.customers.tests.people import LATER, NOON, People


class TwinsTest(People):
    budi: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.budi = actions.add(
            by=cls.dimas,
            at=NOON,
            name="Muhammad Budi Santoso",
            contacts=[("WHATSAPP", "0812-1111-2222"), ("EMAIL", "budi.santoso@gmail.com")],
            birthday=date(1988, 3, 14),
            region="Kota Bandung",
        )

    def setUp(self) -> None:
        english = translation.override("en")
        english.__enter__()
        self.addCleanup(english.__exit__, None, None, None)

    def test_a_phone_written_another_way_and_a_shortened_name_find_the_customer_with_the_reasons(self) -> None:
        (twin,) = twins_of(self.dimas, Draft(name="Bpk. Moh. Budi Santoso", contacts=[("PHONE", "+62 812 1111 2222")]))
        assert twin.customer == self.budi
        assert twin.is_certain
        assert {"The same name", "The same telephone"} <= set(twin.reasons)

    def test_mail_dots_and_a_tag_are_the_same_mailbox(self) -> None:
        (twin,) = twins_of(self.dimas, Draft(name="Budi Santoso", contacts=[("EMAIL", "budisantoso+kopi@gmail.com")]))
        assert twin.customer == self.budi
        assert twin.is_certain

    def test_a_namesake_of_the_same_town_is_shown_and_never_certain(self) -> None:
        (twin,) = twins_of(self.dimas, Draft(name="Muhammad Budi Santoso", region="Bandung"))
        assert twin.customer == self.budi
        assert not twin.is_certain
        assert "Nothing but the name says so: they may be namesakes." in twin.reasons

    def test_the_wife_on_the_same_phone_is_not_a_certain_twin(self) -> None:
        twins = twins_of(self.dimas, Draft(name="Rina Wulandari", contacts=[("PHONE", "0812-1111-2222")]))
        assert not any(twin.is_certain for twin in twins)

    def test_the_son_of_the_same_name_with_another_birthday_is_not_a_certain_twin(self) -> None:
        draft = Draft(name="Muhammad Budi Santoso", contacts=[("PHONE", "0812-1111-2222")], birthday=date(2011, 7, 2))
        (twin,) = twins_of(self.dimas, draft)
        assert not twin.is_certain
        assert "Two birthdays are usually two people, such as father and son." in twin.reasons

    def test_a_stranger_has_no_twin(self) -> None:
        assert twins_of(self.dimas, Draft(name="Maria Goretti", contacts=[("PHONE", "0813-9999-0000")])) == []
        assert twins_of(self.dimas, Draft()) == []

    def test_the_customer_itself_is_left_out_when_it_is_edited(self) -> None:
        assert twins_of(self.dimas, Draft(name=self.budi.name, pk=self.budi.pk)) == []

    def test_somebody_who_left_the_firm_is_told_of_nobody(self) -> None:
        assert twins_of(self.bayu, Draft(name="x", contacts=[("PHONE", "0812-1111-2222")])) == []

    def test_a_customer_merged_away_is_no_twin_and_the_survivor_is(self) -> None:
        again = actions.add(by=self.dimas, at=LATER, name="Budi Santoso", contacts=[("PHONE", "0812-1111-2222")])
        actions.merge(by=self.rani, at=LATER, survivor=self.budi, others=[again])
        twins = twins_of(self.dimas, Draft(name="Budi Santoso", contacts=[("PHONE", "0812-1111-2222")]))
        assert [twin.customer for twin in twins] == [self.budi]

    def test_looking_costs_three_queries_however_many_candidates_there_are(self) -> None:
        for number in range(5):
            actions.add(by=self.dimas, at=LATER, name="Budi Santoso", number=f"B-{number}")
        with self.assertNumQueries(3):
            twins_of(self.dimas, Draft(name="Budi Santoso", contacts=[("PHONE", "0812-1111-2222")]))


class NameKeysTest(People):
    def test_a_name_is_folded_when_it_is_added_and_when_it_changes(self) -> None:
        assert NameKey.objects.get(customer=self.siti).key == "nurhalisa siti"
        actions.edit(by=self.dimas, at=LATER, customer=self.siti, name="Hj. Siti Djubaedah")
        assert NameKey.objects.get(customer=self.siti).key == "jubaeda siti"

    def test_names_that_came_in_another_way_are_folded_by_the_worker_once(self) -> None:
        Customer.objects.create(name="Moh. Rizky", created_at=NOON, updated_at=NOON)
        Customer.objects.filter(pk=self.siti.pk).update(name="Siti Aminah")
        assert actions.keep_name_keys() == 2
        assert actions.keep_name_keys() == 0
        assert set(NameKey.objects.values_list("key", flat=True)) == {"amina siti", "muhamad riski"}
