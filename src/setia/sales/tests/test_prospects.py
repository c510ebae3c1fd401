"""Prospects: taken down once and only once, qualified with reasons, and customers from their first order on."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from setia.accounts.models import AuditEntry, Role, Team, User
from setia.core import keyset
from setia.core.outbox import emit
from setia.core.tests.pages import form_on
from setia.core.versions import ChangedMeanwhile, version_of
from setia.customers import actions as customers
from setia.customers.actions import KnownAlready
from setia.customers.models import ContactPoint, Customer, TimelineEntry
from setia.orders import actions as orders
from setia.orders.models import Order
from setia.orders.tests.shop import LATER, NOON, Shop
from setia.sales import actions, queries
from setia.sales.models import Prospect
from setia.sales.queries.quick import Quick
from setia.web.tests.test_customers import FewerThan


class ProspectTest(Shop):
    """Dimas sees all; Sari and Budi sell and see only their own."""

    sari: User
    budi: User

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.sari = User.objects.create_user("sari@kopi.id", None, name="Sari Lestari", role=User.Role.SALES)
        cls.budi = User.objects.create_user("budi@kopi.id", None, name="Budi Santoso", role=User.Role.SALES)

    def setUp(self) -> None:
        self.sign_in(self.dimas)

    def sign_in(self, user: User) -> None:
        self.client.force_login(user)
        self.client.cookies["setia_language"] = "en"

    def captured(self, name: str = "Wulan Ayu", by: User | None = None, **came: Any) -> Prospect:
        return actions.capture(by=by or self.dimas, at=came.pop("at", NOON), name=name, **came)

    def now(self, one: Prospect) -> Prospect:
        return Prospect.objects.get(pk=one.pk)


class CaptureTest(ProspectTest):
    def test_one_line_is_read_into_who_how_to_reach_them_whence_and_what_they_want(self) -> None:
        cases = {
            "Sari Wijaya 0812-3456-7890 Medan, from Instagram, wants a demo": Quick(
                "Sari Wijaya", [("WHATSAPP", "0812-3456-7890")], "Medan", "Instagram", "", "wants a demo"
            ),
            "PT Kopi Jaya, beli@kopijaya.co.id, dari pameran #lebaran, di Bandung Barat": Quick(
                "PT Kopi Jaya", [("EMAIL", "beli@kopijaya.co.id")], "Bandung Barat", "pameran", "lebaran", ""
            ),
            "Rina @rina.kopi": Quick("Rina", [("INSTAGRAM", "rina.kopi")]),
            "0812 3456 7890": Quick("", [("WHATSAPP", "0812 3456 7890")]),
            "Budi, 12 kg sebulan": Quick("Budi", [], note="12 kg sebulan"),
            "  ,;, ": Quick(),
            "<b>Ani</b>": Quick("<b>Ani</b>"),
        }
        for text, quick in cases.items():
            assert queries.read_quick(text) == quick, text

    def test_a_prospect_goes_along_with_whoever_their_customer_is_handed_to(self) -> None:
        one = self.captured(by=self.sari)
        assert self.seen(self.sari) == {one.pk}
        customers.edit(by=self.dimas, at=LATER, customer=one.customer, owner=self.budi)
        assert (self.seen(self.sari), self.seen(self.budi)) == (set(), {one.pk})
        survivor = customers.add(by=self.dimas, at=NOON, name="Wulan Ayu Lestari", owner=self.sari)
        done = customers.merge(by=self.dimas, at=LATER, survivor=survivor, others=[one.customer])
        assert (self.seen(self.sari), self.seen(self.budi)) == ({one.pk}, set())
        customers.unmerge(by=self.dimas, at=LATER, merge=done)
        assert (self.seen(self.sari), self.seen(self.budi)) == (set(), {one.pk})
        Customer.objects.filter(pk=one.customer_id).update(owner=self.sari)  # as a file's statements do
        emit("import.done", at=LATER, run_id=1, what="PROSPECTS")
        assert (self.seen(self.sari), self.seen(self.budi)) == ({one.pk}, set())

    def seen(self, person: User) -> set[int]:
        return set(queries.prospects_for(User.objects.get(pk=person.pk)).values_list("pk", flat=True))

    def test_a_line_typed_above_the_list_is_a_prospect_of_whoever_typed_it(self) -> None:
        self.sign_in(self.sari)
        sent = {"line": "Wulan Ayu 0812-3456-7890 Medan, from instagram, wants a demo"}
        assert self.client.post(reverse("add_prospect"), sent).status_code == 302
        one = Prospect.objects.select_related("customer").get()
        assert (one.customer.name, one.customer.owner, one.customer.region) == ("Wulan Ayu", self.sari, "Medan")
        assert (one.source, one.note, one.status, one.how) == ("Instagram", "wants a demo", "NEW", "HAND")
        self.assertContains(self.client.get(reverse("prospects")), "Wulan Ayu")
        told = TimelineEntry.objects.get(kind="PROSPECT_CAPTURED")
        assert told.data["note"] == "wants a demo"
        written = AuditEntry.objects.get(verb="customer.prospect_captured")
        assert "note" not in written.data

    def test_a_line_with_a_mistake_comes_back_as_a_form_that_says_so(self) -> None:
        page = self.client.post(reverse("add_prospect"), {"line": " , "})
        self.assertContains(page, "Give a name, or a way to reach them.", status_code=422)
        assert not Prospect.objects.exists()

    def test_somebody_who_is_here_already_is_shown_before_anything_is_saved(self) -> None:
        self.captured("Wulan Ayu", contacts=[("WHATSAPP", "081234567890")])
        sent = {"line": "Wulan Ayu +62 812-3456-7890"}
        page = self.client.post(reverse("add_prospect"), sent)
        self.assertContains(page, "This customer may be here already.", status_code=409)
        assert Prospect.objects.count() == 1
        again = {"name": "Wulan Ayu", "whatsapp": "+62 812-3456-7890", "anyway": "1"}
        assert self.client.post(reverse("add_prospect"), again).status_code == 302
        assert Prospect.objects.count() == 2

    def test_a_rep_who_meets_a_colleagues_prospect_is_told_whose_it_is_and_sees_nothing_else(self) -> None:
        self.captured("Wulan Ayu", by=self.budi, contacts=[("WHATSAPP", "081234567890")], note="Rahasia besar")
        self.sign_in(self.sari)
        page = self.client.post(reverse("add_prospect"), {"line": "Wulan Ayu 0812-3456-7890"})
        self.assertContains(page, "A colleague looks after this customer already: Budi Santoso.", status_code=409)
        self.assertContains(page, "Ask Budi Santoso", status_code=409)
        assert "Rahasia" not in page.content.decode()
        with pytest.raises(KnownAlready) as told:
            self.captured("Wulan Ayu", by=self.sari, contacts=[("WHATSAPP", "081234567890")])
        assert told.value.twins == []
        assert told.value.elsewhere is not None
        assert told.value.elsewhere.who == self.budi

    def test_a_customer_who_is_here_becomes_one_unless_they_have_bought(self) -> None:
        one = actions.start(by=self.dimas, at=NOON, customer=self.maria, source="Fair")
        assert (one.customer, one.source) == (self.maria, "Fair")
        with pytest.raises(actions.ProspectAlready):
            actions.start(by=self.dimas, at=LATER, customer=self.maria)
        self.sell(self.siti)
        with pytest.raises(actions.BuysAlready):
            actions.start(by=self.dimas, at=LATER, customer=self.siti)
        page = self.client.post(reverse("start_prospect", args=[self.siti.pk]), {"source": ""})
        self.assertContains(page, "They have bought already", status_code=409)
        self.assertNotContains(self.client.get(reverse("standing", args=[self.siti.pk])), "Make a prospect")

    def test_sources_are_spelled_one_way(self) -> None:
        self.captured("A", source="Pameran Kopi")
        assert self.captured("B", source="pameran kopi").source == "Pameran Kopi"
        assert self.captured("C", source="tiktok").source == "TikTok"
        assert queries.sources() == ["Pameran Kopi", "TikTok"]

    def test_a_number_of_the_fixed_line_is_a_telephone_and_a_wrong_one_is_named(self) -> None:
        sent = {"name": "Toko Roti", "whatsapp": "(021) 5794 0000", "email": "toko@"}
        self.assertContains(self.client.post(reverse("add_prospect"), sent), "toko@", status_code=422)
        assert self.client.post(reverse("add_prospect"), {**sent, "email": ""}).status_code == 302
        assert ContactPoint.objects.get().kind == "PHONE"


class QualifyTest(ProspectTest):
    def test_a_status_has_its_reason_and_the_latest_step_can_be_taken_back(self) -> None:
        one = self.captured()
        actions.qualify(by=self.dimas, at=LATER, prospect=one, status="QUALIFIED", reason="HAS_BUDGET", note="Rp20 jt")
        with pytest.raises(actions.ReasonNeeded):
            actions.qualify(by=self.dimas, at=LATER, prospect=one, status="UNQUALIFIED")
        actions.qualify(by=self.dimas, at=LATER, prospect=one, status="UNQUALIFIED", reason="LATER")
        closed = self.now(one)
        assert (closed.status, closed.reason, closed.closed_at) == ("UNQUALIFIED", "LATER", LATER)
        actions.undo_qualifying(by=self.dimas, at=LATER, prospect=one)
        back = self.now(one)
        assert (back.status, back.reason, back.closed_at) == ("QUALIFIED", "HAS_BUDGET", None)
        kinds = list(TimelineEntry.objects.filter(customer=one.customer).order_by("id").values_list("kind", flat=True))
        assert kinds[1:] == ["PROSPECT_CAPTURED", "PROSPECT_STEPPED", "PROSPECT_STEPPED", "PROSPECT_STEP_UNDONE"]

    def test_nothing_is_there_to_take_back_of_somebody_new(self) -> None:
        with pytest.raises(actions.NothingToTakeBack):
            actions.undo_qualifying(by=self.dimas, at=LATER, prospect=self.captured())

    def test_the_same_status_again_writes_nothing(self) -> None:
        one = self.captured()
        actions.qualify(by=self.dimas, at=LATER, prospect=one, status="NEW")
        assert one.steps.count() == 1

    def test_the_second_of_two_who_qualify_at_once_is_told(self) -> None:
        one = self.captured()
        version = version_of(one.updated_at)
        actions.qualify(by=self.dimas, at=LATER, prospect=one, status="WORKING", version=version)
        with pytest.raises(ChangedMeanwhile):
            actions.qualify(by=self.dimas, at=LATER, prospect=one, status="QUALIFIED", version=version)
        sent = {"status": "QUALIFIED", "reason": "", "note": "x", "version": version}
        page = self.client.post(reverse("qualify_prospect", args=[one.pk]), sent)
        self.assertContains(page, "Somebody else changed this", status_code=409)
        assert self.client.post(reverse("qualify_prospect", args=[one.pk]), form_on(page)).status_code == 302
        assert self.now(one).status == "QUALIFIED"

    def test_not_suitable_without_a_reason_comes_back_with_the_question(self) -> None:
        one = self.captured()
        page = self.client.post(reverse("qualify_prospect", args=[one.pk]), {"status": "UNQUALIFIED"})
        self.assertContains(page, "Say why they are not suitable.", status_code=422)

    def test_the_first_touch_stops_the_clock_and_later_ones_do_not_move_it(self) -> None:
        one = self.captured()
        actions.touch(by=self.dimas, at=LATER, prospect=one)
        assert not actions.touched(customer_id=one.customer_id, by=self.dimas, at=LATER + timedelta(hours=2))
        told = self.now(one)
        assert (told.first_touch_at, told.status) == (LATER, "WORKING")
        assert told.moved_at == LATER + timedelta(hours=2)
        assert not actions.touched(customer_id=self.siti.pk, by=self.dimas, at=LATER), "Siti is no prospect"

    def test_a_visit_told_of_after_the_order_it_brought_is_the_first_answer_all_the_same(self) -> None:
        one = self.captured()
        Prospect.objects.filter(pk=one.pk).update(status="WON", closed_at=LATER)
        assert actions.touched(customer_id=one.customer_id, by=self.dimas, at=LATER + timedelta(hours=1))
        told = self.now(one)
        assert (told.first_touch_at, told.status, told.closed_at) == (LATER, "WON", LATER)
        assert not actions.touched(customer_id=one.customer_id, by=self.dimas, at=NOON)

    def test_a_call_that_reached_them_is_a_touch_and_one_that_did_not_is_none(self) -> None:
        one = self.captured()
        for outcome, status in (("UNREACHED", "NEW"), ("REACHED", "WORKING")):
            call = actions.plan_activity(by=self.dimas, at=NOON, kind="CALL", title="Ring", customer=one.customer)
            actions.finish_activity(by=self.dimas, at=LATER, activity=call, outcome=outcome)
            assert self.now(one).status == status
        assert self.now(one).first_touch_at == LATER

    def test_the_record_shows_how_they_stand_and_takes_a_step_back(self) -> None:
        one = self.captured(note="wants a demo")
        self.client.post(reverse("touch_prospect", args=[one.pk]))
        page = self.client.get(reverse("standing", args=[one.customer_id]))
        self.assertContains(page, "In talks")
        self.assertContains(page, "wants a demo")
        self.client.post(reverse("undo_qualifying", args=[one.pk]))
        assert self.now(one).status == "NEW"


class WonTest(ProspectTest):
    def test_the_first_order_makes_a_prospect_a_customer_and_its_end_takes_that_back(self) -> None:
        one = self.captured()
        actions.qualify(by=self.dimas, at=NOON, prospect=one, status="QUALIFIED", reason="SOON")
        order = self.sell(one.customer, at=LATER)
        won = self.now(one)
        assert (won.status, won.closed_at) == ("WON", LATER)
        with pytest.raises(actions.WonByOrder):
            actions.qualify(by=self.dimas, at=LATER, prospect=one, status="WORKING")
        orders.move(by=self.dimas, at=LATER, orders=[Order.objects.get(pk=order.pk)], customer=self.siti)
        assert self.now(one).status == "QUALIFIED"
        assert self.now(one).closed_at is None

    def test_nobody_becomes_won_by_hand(self) -> None:
        with pytest.raises(actions.WonByOrder):
            actions.qualify(by=self.dimas, at=LATER, prospect=self.captured(), status="WON")

    def test_after_an_import_all_stand_as_their_purchases_say_however_often_it_is_asked(self) -> None:
        one, other = self.captured("Wulan Ayu"), self.captured("Joko Susilo")
        order = self.sell(self.siti)
        Order.objects.filter(pk=order.pk).update(customer=one.customer)
        assert actions.settle_all(at=LATER) == 1
        assert actions.settle_all(at=LATER) == 0
        assert (self.now(one).status, self.now(other).status) == ("WON", "NEW")
        Order.objects.filter(pk=order.pk).update(customer=self.siti)
        assert actions.settle_all(at=LATER) == 1
        assert self.now(one).status == "NEW"

    def test_a_merge_leaves_one_prospect_and_an_unmerge_gives_both_back(self) -> None:
        one, other = self.captured("Wulan Ayu"), self.captured("Wulan A.")
        User.objects.filter(pk=self.dimas.pk).update(role=User.Role.MANAGER)
        dimas = User.objects.get(pk=self.dimas.pk)
        merge = customers.merge(by=dimas, at=LATER, survivor=one.customer, others=[other.customer])
        assert [seen.pk for seen in queries.prospects_for(dimas)] == [one.pk]
        customers.unmerge(by=dimas, at=LATER, merge=merge)
        assert queries.prospects_for(dimas).count() == 2

    def test_a_prospect_merged_into_somebody_who_buys_is_won(self) -> None:
        one = self.captured("Siti N.")
        self.sell(self.siti)
        User.objects.filter(pk=self.dimas.pk).update(role=User.Role.MANAGER)
        dimas = User.objects.get(pk=self.dimas.pk)
        customers.merge(by=dimas, at=LATER, survivor=self.siti, others=[one.customer])
        assert (self.now(one).customer, self.now(one).status) == (self.siti, "WON")


class ListTest(ProspectTest):
    def test_a_teams_list_is_asked_of_each_of_its_people_and_shows_the_same(self) -> None:
        for name, by, hours in (("Wulan", self.dimas, 1), ("Joko", self.budi, 2), ("Ani", self.dimas, 3)):
            self.captured(name, by=by, at=NOON - timedelta(hours=hours))
        Team.objects.create(name="Barat").members.set([self.dimas, self.budi])
        role = Role.objects.create(
            code="ketua", name="Ketua", sees=Role.Sees.TEAM, verbs=["sales.view", "customers.view"]
        )
        User.objects.filter(pk=self.dimas.pk).update(role=role)
        leader = User.objects.get(pk=self.dimas.pk)
        owners = queries.team_of(leader, {})
        assert owners == sorted([self.dimas.pk, self.budi.pk])
        assert queries.team_of(leader, {"owner": "me"}) == queries.team_of(self.budi, {}) == []
        rows = queries.of_status(queries.prospects_for(leader), "")
        legs = queries.prospect_legs(rows, sort="", owners=owners)
        first = keyset.page(legs, size=2)
        assert [one.customer.name for one in first.rows] == ["Wulan", "Joko"]
        assert [one.customer.name for one in keyset.page(legs, size=2, cursor=first.later).rows] == ["Ani"]

    def test_who_waits_is_counted_as_without_an_order_and_each_source_is_told_once(self) -> None:
        for name, source in (("Wulan", "Fair"), ("Joko", "Google"), ("Ani", "Fair"), ("Budi", "")):
            self.captured(name, source=source)
        actions.touch(by=self.dimas, at=LATER, prospect=Prospect.objects.get(customer__name="Joko"))
        waiting = queries.prospects_for(self.dimas).filter(first_touch_at=None, closed_at=None)
        counts = queries.counts_by_status(waiting, waiting=True)
        assert counts == queries.counts_by_status(waiting)
        assert {code: one.number for code, one in counts.items() if one.number} == {"NEW": 3}
        assert queries.sources() == ["Fair", "Google"]

    def found(self, user: User | None = None, **params: str) -> list[str]:
        user = user or self.dimas
        people = dict(queries.prospect_choices(user=user)["owner"])
        rows, _chips = queries.narrow_prospects(user, queries.prospects_for(user), params, people)
        rows = queries.of_status(rows, params.get("status", ""))
        legs = queries.prospect_legs(rows, sort=params.get("sort", ""))
        return [one.customer.name for leg in legs for one in leg.rows.order_by(*[by.expression() for by in leg.by])]

    def test_the_list_is_narrowed_by_the_address_and_counts_each_status(self) -> None:
        old = self.captured("Wulan", at=NOON - timedelta(days=2), source="Fair")
        self.captured("Joko", by=self.budi, source="Google")
        actions.qualify(by=self.dimas, at=LATER, prospect=self.captured("Ani"), status="UNQUALIFIED", reason="SPAM")
        Prospect.objects.filter(pk=old.pk).update(fit=80)
        assert self.found() == ["Joko", "Wulan"]
        assert self.found(status="UNQUALIFIED") == ["Ani"]
        assert set(self.found(status="ALL")) == {"Joko", "Wulan", "Ani"}
        assert self.found(source="Fair") == ["Wulan"]
        assert self.found(owner=str(self.budi.pk)) == ["Joko"]
        assert self.found(owner="me") == ["Wulan"]
        assert self.found(owner="none") == []
        assert self.found(owner="x'; DROP", status="x", sort="x") == ["Joko", "Wulan"]
        assert self.found(q="wul") == ["Wulan"]
        assert self.found(sort="waiting") == ["Wulan", "Joko"]
        assert self.found(sort="fit") == ["Wulan", "Joko"]
        assert self.found(fit="1") == ["Wulan"]
        actions.touch(by=self.dimas, at=LATER, prospect=old)
        assert self.found(waiting="1") == ["Joko"]
        counts = queries.counts_by_status(queries.prospects_for(self.dimas))
        assert {code: one.number for code, one in counts.items()} == {
            "NEW": 1,
            "WORKING": 1,
            "QUALIFIED": 0,
            "UNQUALIFIED": 1,
            "WON": 0,
        }

    def test_the_page_asks_few_questions_whatever_it_is_asked(self) -> None:
        for number in range(60):
            self.captured(f"Pelanggan {number:02}", source="Fair")
        self.client.get(reverse("prospects"))
        with self.assertNumQueries(FewerThan(9)):
            page = self.client.get(reverse("prospects") + "?owner=me&source=Fair&q=pelanggan&sort=waiting")
        self.assertContains(page, "Pelanggan 49")
        self.assertNotContains(page, "Pelanggan 50")
        with self.assertNumQueries(FewerThan(9)):
            self.client.get(reverse("prospects"))

    def test_whoever_sees_only_their_own_meets_nobody_elses(self) -> None:
        one = self.captured("Joko", by=self.budi)
        mine = self.captured("Wulan", by=self.sari)
        assert self.found(self.sari) == ["Wulan"]
        self.sign_in(self.sari)
        for name in ("qualify_prospect", "undo_qualifying", "touch_prospect"):
            assert self.client.post(reverse(name, args=[one.pk])).status_code == 404, name
        assert self.client.get(reverse("standing", args=[one.customer_id])).status_code == 404
        assert self.client.get(reverse("standing", args=[mine.customer_id])).status_code == 200

    def test_archived_and_erased_customers_stand_in_no_list(self) -> None:
        one = self.captured("Wulan", note="Alamat rumahnya")
        customers.archive(by=self.dimas, at=LATER, customer=one.customer)
        assert self.found(status="ALL") == []

    def test_a_role_without_the_verb_takes_nobody_down(self) -> None:
        mira = User.objects.create_user("mira@kopi.id", None, role=User.Role.ANALYST)
        with pytest.raises(PermissionDenied):
            self.captured(by=mira)
        self.sign_in(mira)
        assert self.client.get(reverse("prospects")).status_code == 200
        assert self.client.get(reverse("add_prospect")).status_code == 403
        assert not Customer.objects.filter(name="Wulan Ayu").exists()
