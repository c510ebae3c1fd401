"""Opportunities move from stage to stage; every step is kept, and can be taken back while it is the latest."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.core.models import Event
from setia.core.outbox import emit
from setia.core.tests.pages import form_on
from setia.core.versions import ChangedMeanwhile
from setia.customers import actions as customers
from setia.customers.models import Customer, TimelineEntry
from setia.planning.models import Claim, Rival, RivalPrice
from setia.sales import actions, queries
from setia.sales.actions import Offered
from setia.sales.models import Opportunity, Pipeline, StageChange
from setia.sales.tests.selling import IN_A_MONTH, LATER, NEXT_DAY, NOON, TODAY, Selling
from setia.web.tests.test_customers import FewerThan


class MovingTest(Selling):
    def test_a_move_keeps_from_where_since_when_by_whom_and_at_what_worth(self) -> None:
        one = self.chance()
        actions.move_opportunity(by=self.dimas, at=LATER, opportunity=one, to=self.need, seen=self.talk.pk)
        one.refresh_from_db()
        assert (one.stage, one.entered_at) == (self.need, LATER)
        first, second = StageChange.objects.filter(opportunity=one).order_by("id")
        assert (first.before, first.after, first.since, first.by) == (None, self.talk, None, self.dimas)
        assert (second.before, second.after, second.since, second.at) == (self.talk, self.need, NOON, LATER)
        assert second.amount == Decimal(10_000_000)
        assert [one.name for one in Event.objects.filter(name__startswith="opportunity.").order_by("id")] == [
            "opportunity.added",
            "opportunity.moved",
        ]
        told = TimelineEntry.objects.filter(customer=self.siti, kind="OPPORTUNITY_MOVED").get()
        assert told.data["stage"] == self.need.name
        audited = AuditEntry.objects.get(verb="opportunity.moved")
        assert audited.data["changes"] == {"stage": [self.talk.name, self.need.name]}

    def test_what_a_stage_needs_is_asked_for_before_and_saved_with_the_move(self) -> None:
        one = self.chance(expected_date=None, amount=None)
        with pytest.raises(actions.NeedsMore) as more:
            actions.move_opportunity(by=self.dimas, at=LATER, opportunity=one, to=self.offer)
        assert more.value.needs == ["EXPECTED_DATE", "AMOUNT"]
        one.refresh_from_db()
        assert one.stage == self.talk
        moved = actions.move_opportunity(
            by=self.dimas, at=LATER, opportunity=one, to=self.offer, amount=Decimal(5), expected_date=IN_A_MONTH
        )
        moved.refresh_from_db()
        assert (moved.stage, moved.amount, moved.expected_date) == (self.offer, Decimal(5), IN_A_MONTH)

    def test_of_two_who_move_the_same_one_the_second_is_told_who_was_first(self) -> None:
        one = self.chance()
        actions.move_opportunity(by=self.dimas, at=LATER, opportunity=one, to=self.need, seen=self.talk.pk)
        with pytest.raises(actions.StandsElsewhere) as elsewhere:
            actions.move_opportunity(by=self.dimas, at=LATER, opportunity=one, to=self.offer, seen=self.talk.pk)
        assert (elsewhere.value.opportunity.stage, elsewhere.value.by) == (self.need, self.dimas)

    def test_a_step_taken_back_puts_it_where_it_was_since_when_it_was(self) -> None:
        one = self.chance()
        actions.move_opportunity(by=self.dimas, at=LATER, opportunity=one, to=self.need)
        step = StageChange.objects.latest("id")
        actions.undo_step(by=self.dimas, at=NEXT_DAY, opportunity=one, step=step.pk)
        one.refresh_from_db()
        assert (one.stage, one.entered_at, one.is_open) == (self.talk, NOON, True)
        with pytest.raises(actions.NothingToUndo):
            actions.undo_step(by=self.dimas, at=NEXT_DAY, opportunity=one, step=step.pk)

    def test_a_lost_one_says_why_and_goes_on_later_in_its_stage(self) -> None:
        rival = Rival.objects.create(name="Kopi Sebelah", created_at=NOON, updated_at=NOON)
        one = self.chance()
        actions.lose_opportunity(
            by=self.dimas, at=LATER, opportunity=one, reason=self.reason, note=" Lebih murah ", lost_to=rival
        )
        one.refresh_from_db()
        assert (one.status, one.lost_reason, one.lost_note, one.closed_at) == (
            "LOST",
            self.reason,
            "Lebih murah",
            LATER,
        )
        assert queries.rivals_met(one) == [rival]
        with pytest.raises(actions.StandsElsewhere):
            actions.move_opportunity(by=self.dimas, at=LATER, opportunity=one, to=self.need)
        actions.reopen_opportunity(by=self.dimas, at=NEXT_DAY, opportunity=one)
        one.refresh_from_db()
        assert (one.status, one.stage, one.lost_reason, one.lost_note) == ("OPEN", self.talk, None, "")

    def test_its_lines_say_its_amount_and_are_replaced_as_a_whole(self) -> None:
        lines = [
            actions.Offered(self.gayo, Decimal(3), Decimal(385_000)),
            actions.Offered(None, Decimal(1), Decimal(5), "Ongkir"),
        ]
        one = self.chance(lines=lines, amount=Decimal(1))
        assert one.amount == Decimal(1_155_005)
        actions.edit_opportunity(by=self.dimas, at=LATER, opportunity=one, lines=lines[:1], amount=Decimal(2))
        one.refresh_from_db()
        assert (one.amount, one.lines.count()) == (Decimal(1_155_000), 1)

    def test_who_saves_over_a_change_they_have_not_seen_is_told(self) -> None:
        one = self.chance()
        with pytest.raises(ChangedMeanwhile):
            actions.edit_opportunity(by=self.dimas, at=LATER, opportunity=one, version="older", note="x")

    def test_a_merged_customers_opportunities_are_the_survivors(self) -> None:
        one = self.chance(self.maria)
        customers.merge(by=self.dimas, at=LATER, survivor=self.siti, others=[self.maria])
        one.refresh_from_db()
        assert one.customer == self.siti


class SeeingTest(Selling):
    def test_somebody_sees_their_customers_opportunities_and_those_they_work_on(self) -> None:
        others, hers = self.chance(title="Theirs"), self.chance(self.wayan, title="Hers")
        given = self.chance(title="Given to her", owner=self.sari)
        assert set(queries.opportunities_for(self.sari)) == {hers, given}
        with pytest.raises(Http404):
            queries.get_opportunity_for(self.sari, others.pk)
        self.client.force_login(self.sari)
        for name in ("board", "opportunities"):
            page = self.client.get(reverse(name)).content.decode()
            assert "Theirs" not in page
            assert "Given to her" in page
        columns = queries.board_for(self.sari, queries.pipelines()[0], {}, sort="moved", today=TODAY).columns
        assert columns[0].count == 2
        assert self.client.post(reverse("lose_opportunity", args=[others.pk])).status_code == 404

    def test_who_may_only_look_changes_nothing(self) -> None:
        analyst = type(self.dimas).objects.create_user("a@kopi.id", None, name="A", role="ANALYST")
        with pytest.raises(PermissionDenied):
            actions.move_opportunity(by=analyst, at=LATER, opportunity=self.chance(), to=self.need)

    def test_the_board_counts_and_sums_all_and_shows_the_first_of_each_column(self) -> None:
        for number in range(23):
            self.chance(title=f"Deal {number:02}", at=NOON + timedelta(minutes=number), amount=Decimal(100 + number))
        self.chance(title="Further", stage=self.need, amount=None)
        with self.assertNumQueries(FewerThan(10)):
            page = self.client.get(reverse("board"))
        text = page.content.decode()
        assert text.index("Deal 22") < text.index("Deal 03")
        assert "Deal 02" not in text
        board = queries.board_for(self.dimas, queries.pipelines()[0], {}, sort="moved", today=TODAY)
        assert (board.columns[0].count, board.columns[0].amount) == (23, Decimal(sum(range(100, 123))))
        assert board.sums.weighted == board.columns[0].amount / 10
        more = self.client.get(reverse("column", args=[self.talk.pk]), {"page": board.columns[0].rest})
        assert [title for title in ("Deal 02", "Deal 01", "Deal 00", "Deal 03") if title in more.content.decode()] == [
            "Deal 02",
            "Deal 01",
            "Deal 00",
        ]
        text = self.client.get(reverse("board"), {"sort": "amount"}).content.decode()
        assert text.index("Deal 22") < text.index("Deal 05")
        by_amount = queries.board_for(self.dimas, queries.pipelines()[0], {}, sort="amount", today=TODAY).columns[0]
        assert [one.amount for one in by_amount.cards[:2]] == [Decimal(122), Decimal(121)]
        rest = self.client.get(reverse("column", args=[self.talk.pk]), {"page": by_amount.rest, "sort": "amount"})
        assert "Deal 00" in rest.content.decode()

    def test_the_list_narrows_sums_and_turns_its_pages(self) -> None:
        aged = self.chance(title="Aged", at=NOON - timedelta(days=400), expected_date=TODAY - timedelta(days=300))
        self.chance(title="Fresh", amount=None, expected_date=None, owner=None)
        with self.assertNumQueries(FewerThan(9)):
            self.client.get(reverse("opportunities"))
        both, _none = queries.narrow_opportunities(self.dimas, {}, today=TODAY)
        assert queries.sums_of(both) == queries.Sums(2, Decimal(10_000_000), Decimal(1_000_000))
        for params in ({"aged": "1"}, {"late": "1"}, {"owner": "me"}, {"q": "age"}, {"to": "2026-01-31"}):
            found, _chips = queries.narrow_opportunities(self.dimas, params, today=TODAY)
            assert list(found) == [aged], params
        for sort in queries.SORTS:
            page = self.client.get(reverse("opportunities"), {"sort": sort}).content.decode()
            assert ("Aged" in page, "Fresh" in page) == (True, True), sort
        lost = self.chance(title="Gone")
        actions.lose_opportunity(by=self.dimas, at=LATER, opportunity=lost, reason=self.reason)
        self.assertContains(self.client.get(reverse("opportunities"), {"status": "LOST"}), "Gone")

    def test_the_export_holds_what_the_list_holds(self) -> None:
        self.chance(title="=cmd()")
        answer = self.client.get(reverse("export_opportunities"))
        text = answer.getvalue().decode()
        assert "Siti Nurhaliza" in text
        assert "'=cmd()" in text


class PageTest(Selling):
    def test_one_is_entered_with_its_lines_and_its_page_shows_path_and_history(self) -> None:
        add = reverse("add_opportunity") + f"?customer={self.siti.pk}"
        sent = form_on(self.client.get(add)) | {
            "title": "<b>Bar</b>",
            "line-0-product": str(self.gayo.pk),
            "line-0-quantity": "2",
        }
        assert self.client.post(add, sent | {"title": " "}).status_code == 422
        self.assertContains(self.client.post(add, sent | {"do": "add"}), 'name="line-1-quantity"')
        assert self.client.post(add, sent).status_code == 302
        one = Opportunity.objects.get()
        assert (one.amount, one.customer) == (Decimal(770_000), self.siti)
        with self.assertNumQueries(FewerThan(15)):
            page = self.client.get(reverse("opportunity", args=[one.pk]))
        self.assertContains(page, "&lt;b&gt;Bar&lt;/b&gt;")
        self.assertContains(page, "Negotiation")
        edit = reverse("edit_opportunity", args=[one.pk])
        changed = form_on(self.client.get(edit)) | {"next_step": "Telepon Senin"}
        assert self.client.post(edit, changed).status_code == 302
        assert self.client.post(edit, changed).status_code == 409

    def test_its_page_asks_for_the_cards_of_the_brands_met_with_prices_of_what_is_offered(self) -> None:
        senja = Rival.objects.create(name="Kopi Senja", created_at=NOON, updated_at=NOON)
        Claim.objects.create(
            rival=senja, claim="Lebih murah", answer="Per cangkir sama.", created_at=NOON, updated_at=NOON
        )
        for product in (self.gayo, self.filters):
            RivalPrice.objects.create(rival=senja, product=product, price=90_000, seen_date=TODAY)
        one = self.chance(lines=[Offered(self.gayo, Decimal(2), Decimal(385_000))], rivals=[senja])
        page = self.client.get(reverse("opportunity", args=[one.pk]))
        asked = f"{reverse('cards')}?rival={senja.pk}&amp;product={self.gayo.pk}"
        self.assertContains(page, f'hx-get="{asked}"')
        piece = self.client.get(asked.replace("&amp;", "&"))
        self.assertContains(piece, "Per cangkir sama.")
        self.assertContains(piece, self.gayo.name)
        self.assertNotContains(piece, self.filters.name)
        alone = self.client.get(reverse("opportunity", args=[self.chance().pk]))
        self.assertNotContains(alone, reverse("cards"))

    def test_whoever_a_customer_is_handed_to_sees_their_opportunities_and_the_other_no_more(self) -> None:
        one = self.chance(self.wayan)
        assert self.seen(self.sari) == {one.pk}
        rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role=User.Role.SALES)
        customers.edit(by=self.dimas, at=LATER, customer=self.wayan, owner=rani)
        assert (self.seen(self.sari), self.seen(rani)) == (set(), {one.pk})
        customers.share_out(by=None, at=LATER, owners={self.wayan.pk: self.sari.pk})
        assert (self.seen(self.sari), self.seen(rani)) == ({one.pk}, set())
        done = customers.merge(by=self.dimas, at=LATER, survivor=self.siti, others=[self.wayan])
        taken = Customer.objects.get(pk=self.siti.pk).owner_id
        assert Opportunity.objects.get(pk=one.pk).customer_owner_id == taken
        customers.unmerge(by=self.dimas, at=LATER, merge=done)
        assert self.seen(self.sari) == {one.pk}
        self.sari.delete()
        assert Opportunity.objects.get(pk=one.pk).customer_owner_id is None

    def test_an_import_that_hands_a_customer_over_takes_their_opportunities_along(self) -> None:
        one = self.chance(self.wayan)
        rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role=User.Role.SALES)
        Customer.objects.filter(pk=self.wayan.pk).update(owner=rani)  # as a file's statements do
        emit("import.done", at=LATER, run_id=1, what="ORDERS")
        assert self.seen(rani) == set()
        emit("import.done", at=LATER, run_id=1, what="CUSTOMERS")
        assert (self.seen(self.sari), self.seen(rani)) == (set(), {one.pk})

    def seen(self, person: User) -> set[int]:
        return set(queries.opportunities_for(User.objects.get(pk=person.pk)).values_list("pk", flat=True))

    def test_the_board_moves_a_card_and_swaps_only_what_changed(self) -> None:
        one = self.chance(expected_date=None)
        move = reverse("move_opportunity", args=[one.pk])
        asked = self.client.post(move, {"to": self.need.pk, "seen": self.talk.pk}, headers={"HX-Request": "true"})
        assert asked.headers["HX-Redirect"] == f"{move}?to={self.need.pk}"
        sent = form_on(self.client.get(move, {"to": self.need.pk}))
        assert "expected_date" in sent
        assert "amount" not in sent
        assert self.client.post(move, sent).status_code == 422
        assert self.client.post(move, sent | {"expected_date": IN_A_MONTH.isoformat()}).status_code == 302
        swapped = self.client.post(
            move, {"to": self.talk.pk, "seen": self.need.pk}, headers={"HX-Request": "true"}
        ).content.decode()
        assert f'hx-swap-oob="afterbegin:#cards-{self.talk.pk}"' in swapped
        assert f'id="head-{self.need.pk}"' in swapped
        told = self.client.post(move, {"to": self.offer.pk, "seen": self.need.pk}, headers={"HX-Request": "true"})
        assert told.status_code == 409
        self.assertContains(told, "Dimas Prasetyo has moved this meanwhile", status_code=409)

    def test_losing_reopening_and_taking_back_work_from_their_pages(self) -> None:
        one = self.chance()
        lose = reverse("lose_opportunity", args=[one.pk])
        assert self.client.post(lose, {}).status_code == 422
        assert self.client.post(lose, {"reason": self.reason.pk}).status_code == 302
        self.assertContains(self.client.get(reverse("opportunity", args=[one.pk])), self.reason.name)
        self.client.post(reverse("reopen_opportunity", args=[one.pk]))
        one.refresh_from_db()
        assert one.is_open
        self.client.post(reverse("move_opportunity", args=[one.pk]), {"to": self.need.pk})
        step = StageChange.objects.latest("id")
        self.client.post(reverse("undo_step", args=[one.pk]), {"step": step.pk, "back": "board"})
        one.refresh_from_db()
        assert one.stage == self.talk
        assert self.client.post(lose, {"reason": self.reason.pk}).status_code == 302
        self.assertRedirects(self.client.post(lose, {"reason": self.reason.pk}), reverse("opportunity", args=[one.pk]))

    def test_a_customers_record_holds_their_opportunities(self) -> None:
        self.chance(title="For Siti")
        piece = self.client.get(reverse("customer_opportunities", args=[self.siti.pk]), headers={"HX-Request": "true"})
        self.assertContains(piece, "For Siti")
        self.assertNotContains(piece, "<html")


class PipelineTest(Selling):
    def test_a_new_firm_has_a_pipeline_in_its_language_and_only_one(self) -> None:
        assert self.talk.name == "First talk"
        actions.make_first_pipeline(at=LATER)
        assert Pipeline.objects.count() == 1

    def test_the_pages_make_and_change_pipelines_stages_and_reasons(self) -> None:
        assert self.client.post(reverse("add_pipeline"), {"name": "sales"}).status_code == 422
        self.client.post(reverse("add_pipeline"), {"name": "Projects"})
        made = Pipeline.objects.get(name="Projects")
        self.client.post(reverse("edit_pipeline", args=[made.pk]), {"name": "Big projects"})
        self.client.post(
            reverse("add_stage", args=[made.pk]), {"name": "Tender", "probability": "30", "needs": ["LINES"]}
        )
        tender = made.stages.get(name="Tender")
        assert (tender.needs, tender.position) == (["LINES"], 6)
        self.client.post(reverse("edit_stage", args=[tender.pk]), {"name": "Tender", "probability": "35"})
        self.client.post(reverse("shift_stage", args=[tender.pk]), {"way": "earlier"})
        tender.refresh_from_db()
        assert (tender.probability, tender.needs, tender.position) == (35, [], 5)
        self.client.post(reverse("archive_stage", args=[tender.pk]))
        self.assertContains(self.client.get(reverse("edit_pipeline", args=[made.pk])), "Back from the archive")
        self.client.post(reverse("restore_stage", args=[tender.pk]))
        self.client.post(reverse("archive_pipeline", args=[made.pk]))
        assert [one.pk for one in queries.pipelines()] == [self.pipeline.pk]
        self.client.post(reverse("restore_pipeline", args=[made.pk]))
        self.client.post(reverse("add_lost_reason"), {"name": "Moved abroad"})
        self.assertContains(self.client.get(reverse("pipelines")), "Moved abroad")
        self.client.post(reverse("edit_lost_reason", args=[self.reason.pk]), {"name": "Too dear"})
        self.client.post(reverse("archive_lost_reason", args=[self.reason.pk]))
        assert "Too dear" not in [one.name for one in queries.reasons()]
        self.client.post(reverse("restore_lost_reason", args=[self.reason.pk]))
        assert "Too dear" in [one.name for one in queries.reasons()]

    def test_what_is_still_used_is_not_put_away(self) -> None:
        self.chance()
        with pytest.raises(actions.StillUsed):
            actions.archive_stage(by=self.dimas, at=LATER, stage=self.talk)
        with pytest.raises(actions.OnlyOne):
            actions.archive_pipeline(by=self.dimas, at=LATER, pipeline=self.pipeline)
        self.assertContains(
            self.client.post(reverse("archive_stage", args=[self.talk.pk]), follow=True), "One opportunity is open here"
        )
        actions.archive_stage(by=self.dimas, at=LATER, stage=self.offer)
        with pytest.raises(actions.NoSuchStage):
            actions.move_opportunity(by=self.dimas, at=LATER, opportunity=self.chance(), to=self.offer)
