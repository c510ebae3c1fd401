from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from setia.accounts.models import AuditEntry, User
from setia.customers import actions, queries
from setia.customers.actions.search_doubles import search_doubles
from setia.customers.actions.train_doubles import keep_training
from setia.customers.matching import BUILT_IN, Weights
from setia.customers.matching.score import encode
from setia.customers.matching.training import Trained
from setia.customers.models import Customer, DoubleGroup, DoubleSearch, DoubleTraining, Merge, NotDouble
from setia.customers.queries.weights import Deciding, latest_weights
from setia.customers.tests.people import LATER, LATER_STILL, NOON, People
from setia.customers.tests.test_matching import SURE_PAIR, _tally


class Found(People):
    """A search found that Siti was written down three times."""

    group: DoubleGroup
    again: Customer
    third: Customer
    search: DoubleSearch

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.again = actions.add(by=cls.dimas, at=LATER, name="Hj. Siti Nurhalisa", contacts=[("PHONE", "081220457781")])
        cls.third = actions.add(by=cls.dimas, at=LATER, name="Siti Nurhaliza", number="C-9")
        cls.search = DoubleSearch.objects.create(state="DONE", asked_at=NOON, finished_at=NOON, share=1)
        cls.group = cls.found(0.97, cls.siti, cls.again, cls.third)

    @classmethod
    def found(cls, certainty: float, *customers: Customer) -> DoubleGroup:
        keys = [one.pk for one in customers]
        pairs = [[keys[0], keys[1], certainty, 0, ""]]
        return DoubleGroup.objects.create(search=cls.search, certainty=certainty, members=keys, pairs=pairs)


class DecideTest(Found):
    def test_accepting_merges_the_group_into_its_oldest_record(self) -> None:
        done = actions.accept_double(by=self.rani, at=LATER, group=self.group)
        assert done.survivor == self.siti
        self.again.refresh_from_db()
        assert self.again.merged_into_id == self.siti.pk
        self.group.refresh_from_db()
        assert (self.group.state, self.group.decided_by) == ("ACCEPTED", self.rani)
        assert AuditEntry.objects.filter(verb="double.accepted", about_id=self.group.pk).exists()

    def test_a_merge_made_here_and_undone_lets_the_group_wait_again(self) -> None:
        done = actions.accept_double(by=self.rani, at=LATER, group=self.group)
        actions.unmerge(by=self.rani, at=LATER_STILL, merge=done)
        self.group.refresh_from_db()
        assert (self.group.state, self.group.decided_by, self.group.merge) == ("OPEN", None, None)
        actions.accept_double(by=self.rani, at=LATER_STILL, group=self.group)
        assert DoubleGroup.objects.get(pk=self.group.pk).state == "ACCEPTED"

    def test_the_record_chosen_stays(self) -> None:
        done = actions.accept_double(by=self.rani, at=LATER, group=self.group, survivor_id=self.third.pk)
        assert done.survivor == self.third

    def test_a_group_is_decided_once(self) -> None:
        actions.accept_double(by=self.rani, at=LATER, group=self.group)
        with pytest.raises(actions.Decided):
            actions.accept_double(by=self.rani, at=LATER_STILL, group=self.group)
        with pytest.raises(actions.Decided):
            actions.reject_double(by=self.rani, at=LATER_STILL, group=self.group)

    def test_a_group_of_which_one_is_left_cannot_be_accepted_and_stays_open(self) -> None:
        actions.merge(by=self.rani, at=LATER, survivor=self.siti, others=[self.again, self.third])
        with pytest.raises(actions.Decided):
            actions.accept_double(by=self.rani, at=LATER_STILL, group=self.group)
        self.group.refresh_from_db()
        assert self.group.state == "OPEN"

    def test_rejecting_remembers_every_pair_and_reopening_forgets_it(self) -> None:
        actions.reject_double(by=self.rani, at=LATER, group=self.group)
        assert NotDouble.objects.count() == 3
        actions.reopen_double(by=self.rani, at=LATER_STILL, group=DoubleGroup.objects.get(pk=self.group.pk))
        assert NotDouble.objects.count() == 0
        assert DoubleGroup.objects.get(pk=self.group.pk).state == "OPEN"

    def test_one_customer_taken_out_leaves_the_others_to_be_decided(self) -> None:
        actions.reject_double(by=self.rani, at=LATER, group=self.group, customer_id=self.third.pk)
        self.group.refresh_from_db()
        assert self.group.members == [self.siti.pk, self.again.pk]
        assert self.group.state == "OPEN"
        assert set(NotDouble.objects.values_list("low", "high")) == {
            (self.siti.pk, self.third.pk),
            (self.again.pk, self.third.pk),
        }

    def test_all_above_a_certainty_are_merged_and_the_rest_waits(self) -> None:
        ayu, ayu_again = (actions.add(by=self.dimas, at=LATER, name="Kadek Ayu") for _one in range(2))
        unsure = self.found(0.6, ayu, ayu_again)
        job = actions.ask_for_merges(by=self.rani, at=LATER, threshold=0.95)
        assert actions.merge_doubles(job.pk) == 1
        job.refresh_from_db()
        assert (job.state, job.groups, job.share) == ("DONE", 1, 1)
        assert DoubleGroup.objects.get(pk=self.group.pk).state == "ACCEPTED"
        assert DoubleGroup.objects.get(pk=unsure.pk).state == "OPEN"
        assert actions.merge_doubles(job.pk) == 0

    def test_nothing_uncertain_is_merged_in_bulk(self) -> None:
        with pytest.raises(ValueError, match=r"0\.5"):
            actions.ask_for_merges(by=self.rani, at=LATER, threshold=0.5)

    def test_one_search_at_a_time(self) -> None:
        first = actions.ask_for_search(by=self.rani, at=LATER)
        with pytest.raises(actions.SearchRunning) as running:
            actions.ask_for_search(by=self.rani, at=LATER)
        assert running.value.search == first

    def test_a_search_that_was_lost_does_not_stand_in_the_way_for_ever(self) -> None:
        lost = DoubleSearch.objects.create(state="RUNNING", asked_at=NOON, beat_at=NOON)
        with pytest.raises(actions.SearchRunning):
            actions.ask_for_search(by=self.rani, at=NOON + timedelta(hours=1))
        assert actions.ask_for_search(by=self.rani, at=NOON + timedelta(hours=7)).pk != lost.pk
        lost.refresh_from_db()
        assert lost.state == "FAILED"

    def test_a_lost_merging_of_all_does_not_stand_in_the_way_for_ever(self) -> None:
        DoubleSearch.objects.create(kind="MERGE", state="RUNNING", threshold=0.99, asked_at=NOON, beat_at=NOON)
        with pytest.raises(actions.SearchRunning):
            actions.ask_for_merges(by=self.rani, at=NOON + timedelta(hours=1), threshold=0.99)
        actions.ask_for_merges(by=self.rani, at=NOON + timedelta(hours=7), threshold=0.99)

    def test_somebody_who_may_not_merge_decides_nothing_and_sees_no_group(self) -> None:
        sales = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        for verb in (actions.accept_double, actions.reject_double):
            with pytest.raises(PermissionDenied):
                verb(by=sales, at=LATER, group=self.group)
        with pytest.raises(PermissionDenied):
            actions.ask_for_search(by=sales, at=LATER)
        assert not queries.doubles_for(sales).exists()


class DoublesPageTest(Found):
    def setUp(self) -> None:
        self.sign_in(self.rani)

    def test_the_queue_shows_who_with_what_and_asks_few_questions(self) -> None:
        with CaptureQueriesContext(connection) as asked:
            answer = self.client.get(reverse("doubles"))
        assert len(asked) <= 15
        self.assertContains(answer, "97% certain")
        self.assertContains(answer, "0812-2045-7781")
        self.assertContains(answer, "1 group waits")

    def test_merging_from_the_page(self) -> None:
        answer = self.client.post(
            reverse("accept_double", args=[self.group.pk]), {"survivor": self.third.pk}, follow=True
        )
        self.assertContains(answer, "Merged into Siti Nurhaliza")
        self.assertContains(answer, reverse("unmerge_customers", args=[Merge.objects.get().pk]))
        self.siti.refresh_from_db()
        assert self.siti.merged_into_id == self.third.pk

    def test_saying_no_and_taking_it_back_from_the_page(self) -> None:
        answer = self.client.post(reverse("reject_double", args=[self.group.pk]), follow=True)
        self.assertContains(answer, "no later search offers them together again")
        self.assertContains(self.client.get(reverse("doubles"), {"show": "rejected"}), "Decide again")
        self.client.post(reverse("reopen_double", args=[self.group.pk]))
        assert DoubleGroup.objects.get(pk=self.group.pk).state == "OPEN"

    def test_searching_and_merging_in_bulk_are_followed(self) -> None:
        self.client.post(reverse("search_doubles"))
        self.assertContains(self.client.get(reverse("follow_doubles")), 'role="progressbar"')
        DoubleSearch.objects.update(state="DONE", finished_at=timezone.now())
        assert self.client.get(reverse("follow_doubles"))["HX-Refresh"] == "true"
        self.client.post(reverse("merge_doubles"), {"threshold": "0.95"})
        assert DoubleSearch.objects.get(kind="MERGE").threshold == 0.95
        self.client.post(reverse("merge_doubles"), {"threshold": "0.1"})
        assert DoubleSearch.objects.filter(kind="MERGE").count() == 1

    def test_a_group_that_is_not_there_is_not_found(self) -> None:
        assert self.client.post(reverse("accept_double", args=[999_999])).status_code == 404


class TrainingTest(Found):
    """Weights learnt are used only when what people decided speaks for them."""

    def learn(self) -> DoubleTraining | None:
        return keep_training(search=self.search, tally=_tally(2_000), at=LATER_STILL)

    def decide(self, count: int, *, are_doubles: bool, code: int = SURE_PAIR) -> None:
        state = DoubleGroup.State.ACCEPTED if are_doubles else DoubleGroup.State.REJECTED
        DoubleGroup.objects.bulk_create(
            DoubleGroup(
                search=self.search, certainty=0.97, members=[1, 2], pairs=[[1, 2, 0.97, code, ""]],
                state=state, decided_by=self.rani, decided_at=LATER,
            )
            for _one in range(count)
        )  # fmt: skip

    def test_without_decisions_what_was_learnt_is_kept_and_not_used(self) -> None:
        training = self.learn()
        assert training is not None
        assert (training.state, training.pairs, training.decided) == ("HELD", 2_500, 0)
        assert latest_weights() == BUILT_IN
        with pytest.raises(actions.NotBetter):
            actions.use_training(by=self.rani, at=LATER_STILL, training=training)

    def test_with_decisions_that_speak_for_it_it_is_used_until_somebody_goes_back(self) -> None:
        self.decide(30, are_doubles=True)
        training = self.learn()
        assert training is not None
        assert training.state == "USED"
        assert latest_weights().as_json() == training.weights
        newer = self.learn()
        assert newer is not None
        assert DoubleTraining.objects.get(pk=training.pk).state == "REPLACED"
        actions.set_training_aside(by=self.rani, at=LATER_STILL)
        assert latest_weights() == BUILT_IN
        after = self.learn()
        assert after is not None
        assert after.state == "HELD"
        actions.use_training(by=self.rani, at=LATER_STILL, training=after)
        assert latest_weights().as_json() == after.weights
        verbs = list(AuditEntry.objects.filter(about="double_training").order_by("id").values_list("verb", flat=True))
        assert verbs == ["double.training_aside", "double.training_used"]

    def test_a_training_that_fits_the_decisions_worse_replaces_nothing(self) -> None:
        only_the_birthday = encode(
            (None, None, "same", "different", "different", None, "same", None, None, "different", None)
        )
        self.decide(30, are_doubles=False, code=only_the_birthday)
        with patch("setia.customers.actions.train_doubles.train") as train:
            train.return_value = Trained(Weights(BUILT_IN.chances, doubles=0.5), 10, 10)
            training = self.learn()
        assert training is not None
        assert (training.state, training.is_no_worse) == ("HELD", False)
        assert latest_weights() == BUILT_IN

    def test_groups_merged_unseen_are_no_evidence(self) -> None:
        job = actions.ask_for_merges(by=self.rani, at=LATER, threshold=0.95)
        actions.merge_doubles(job.pk)
        assert queries.decided_about_sure() == Deciding(0, 0)
        self.decide(3, are_doubles=True)
        self.decide(1, are_doubles=False)
        assert queries.decided_about_sure() == Deciding(4, 3)
        assert Deciding(4, 3).percent == 75

    def test_the_page_says_which_weights_are_in_use_and_goes_back(self) -> None:
        self.sign_in(self.rani)
        self.assertContains(self.client.get(reverse("doubles")), "Setia's own weights")
        self.decide(30, are_doubles=True)
        training = self.learn()
        assert training is not None
        answer = self.client.get(reverse("doubles"))
        self.assertContains(answer, "weights learnt from your own customers")
        self.assertContains(answer, "2,500")
        self.client.post(reverse("set_training_aside"))
        training.refresh_from_db()
        assert training.state == "ASIDE"
        self.client.post(reverse("use_training", args=[training.pk]))
        training.refresh_from_db()
        assert training.state == "USED"
        sales = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        self.sign_in(sales)
        assert self.client.post(reverse("set_training_aside")).status_code == 403
        assert self.client.post(reverse("use_training", args=[training.pk])).status_code == 404


class EntryTest(People):
    def setUp(self) -> None:
        self.sign_in()

    def test_while_typing_the_likely_twin_is_named_with_the_reason(self) -> None:
        answer = self.client.post(reverse("find_twins"), {"name": "Siti Nurhalisa", "phone": "081220457781"})
        self.assertContains(answer, reverse("customer", args=[self.siti.pk]))
        self.assertContains(answer, "The same telephone")
        assert (
            self.client.post(reverse("find_twins"), {"name": "Maria", "birthday": "2026-99-99"}).content.strip() == b""
        )

    def test_saving_a_twin_asks_first_and_saves_when_told_anyway(self) -> None:
        typed = {"kind": "PERSON", "role": "EXTERNAL", "name": "Siti Nurhalisa", "whatsapp": "081220457781"}
        answer = self.client.post(reverse("add_customer"), typed)
        self.assertContains(answer, "Save anyway", status_code=409)
        self.assertContains(answer, 'value="Siti Nurhalisa"', status_code=409)
        assert Customer.objects.count() == 1
        self.client.post(reverse("add_customer"), typed | {"anyway": "1"})
        assert Customer.objects.count() == 2


class SearchTest(TransactionTestCase):
    """The whole way: committed customers, compared in DuckDB, groups in the queue."""

    def setUp(self) -> None:
        self.rani = User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)

    def add(self, name: str, phone: str = "", **facts: object) -> Customer:
        contacts = [("PHONE", phone)] if phone else []
        return actions.add(by=self.rani, at=NOON, name=name, contacts=contacts, **facts)  # type: ignore[arg-type]

    def run_search(self) -> list[list[int]]:
        search = actions.ask_for_search(by=self.rani, at=LATER)
        search_doubles(search.pk)
        search.refresh_from_db()
        assert search.state == "DONE"
        return [sorted(one.members) for one in DoubleGroup.objects.filter(state="OPEN").order_by("-certainty", "-id")]

    def test_doubles_are_found_families_are_not_and_a_no_is_remembered(self) -> None:
        born = date(1988, 3, 14)
        budi = self.add("Muhammad Budi Santoso", "0812-1111-2222", birthday=born)
        again = self.add("Moh. Budi Santosso", "+62 812 1111 2222", birthday=born)
        self.add("Rina Wulandari", "0812-1111-2222")
        self.add("Siti Aminah", "0813-5555-6666", birthday=date(1990, 1, 2))
        assert self.run_search() == [[budi.pk, again.pk]]
        group = DoubleGroup.objects.get(state="OPEN")
        assert group.certainty > 0.95
        actions.reject_double(by=self.rani, at=LATER_STILL, group=group)
        assert self.run_search() == []

    def test_a_no_follows_the_customer_into_a_merge(self) -> None:
        born = date(1988, 3, 14)
        budi = self.add("Budi Santoso", "0812-1111-2222", birthday=born)
        again = self.add("Budi Santoso", "0812-1111-2222", birthday=born)
        self.run_search()
        actions.reject_double(by=self.rani, at=LATER, group=DoubleGroup.objects.get(state="OPEN"))
        older = self.add("Toko Budi Santoso")
        actions.merge(by=self.rani, at=LATER, survivor=older, others=[budi])
        assert all(not {older.pk, again.pk} <= set(members) for members in self.run_search())

    def test_a_firm_without_customers_has_no_doubles(self) -> None:
        assert self.run_search() == []
