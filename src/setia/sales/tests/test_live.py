"""The team board: its figures, who sees what, what news is about whom, and the page with its stream."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from setia.accounts.models import Role, Team, User
from setia.accounts.queries import Held
from setia.core.live import Hub, Watch
from setia.core.news import MUCH, News, read
from setia.sales import actions, live
from setia.sales.models import Opportunity, Prospect, SalesDesk, Target
from setia.sales.queries import live_day, target_board
from setia.sales.tests.selling import LATER, NOON, TODAY, Selling
from setia.web.tests.test_customers import FewerThan

SOON = NOON + timedelta(minutes=30)


def quiet() -> Hub[live.Scene]:
    """A hub that neither hears nor draws by itself."""
    return Hub("test", draw=live.draw, concerned=live.concerned, refused=live.refused, threaded=False)


class TestTheDay(Selling):
    """Dimas sees all; Sari sees Wayan alone, whom she looks after."""

    def scene(self, user: User) -> live.Scene:
        return live.scene_of(User.objects.get(pk=user.pk), "en")

    def test_the_figures_are_those_counted_one_by_one(self) -> None:
        SalesDesk.objects.create(pk=1, response_minutes=60, business_hours=False)
        fresh = [
            actions.capture(by=self.dimas, at=NOON, name=name, owner=owner)
            for name, owner in (("Rudi", self.sari), ("Tuti", self.sari), ("Joko", self.dimas))
        ]
        actions.capture(by=self.dimas, at=NOON - timedelta(days=1), name="Yesterday's")
        actions.touch(by=self.sari, at=SOON, prospect=fresh[0])
        actions.qualify(by=self.sari, at=SOON, prospect=fresh[0], status="QUALIFIED", reason="NEEDS_IT")
        actions.qualify(by=self.dimas, at=SOON, prospect=fresh[2], status="QUALIFIED", reason="SOON")
        actions.undo_qualifying(by=self.dimas, at=LATER, prospect=fresh[2])
        won = self.chance(self.wayan, by=self.sari, amount=Decimal(7))
        self.chance(amount=Decimal(5))
        lost = self.chance(self.wayan, by=self.sari, amount=Decimal(3))
        self.chance(at=NOON - timedelta(days=1))
        actions.win_opportunity(by=self.sari, at=SOON, opportunity=won, order=False)
        actions.lose_opportunity(by=self.sari, at=SOON, opportunity=lost, reason=self.reason)
        late = TODAY - timedelta(days=1)
        for owner, due in ((self.sari, late), (self.dimas, late), (self.dimas, TODAY)):
            actions.plan_activity(by=self.dimas, at=NOON, kind="CALL", owner=owner, due_date=due)
        actions.log_activity(by=self.sari, at=SOON, kind="CALL", customer=self.wayan, outcome="REACHED")

        day = live_day(self.scene(self.dimas), at=NOON + timedelta(minutes=90))
        prospects = Prospect.objects.filter(captured_at__gte=day.since)
        opened = Opportunity.objects.filter(created_at__gte=day.since)
        assert day.captured == prospects.count() == 3
        assert day.qualified == prospects.filter(status="QUALIFIED").count() == 1
        assert day.entered == opened.count() == 3
        assert day.entered_worth == sum(one.amount or 0 for one in opened) == 15
        assert (day.won, day.won_worth, day.lost) == (1, Decimal(7), 1)
        assert (day.late, day.done) == (2, 1)
        assert day.answers.today == 1
        assert (day.answers.promised, day.answers.in_time) == (1, 1)
        assert day.answers.median == timedelta(minutes=30)
        assert (day.answers.waiting, day.answers.overdue) == (3, 3)
        assert [(one.person, one.won, one.worth, one.done, one.late) for one in day.ranking] == [
            (self.sari, 1, Decimal(7), 1, 1),
            (self.dimas, 0, Decimal(0), 0, 1),
        ]

    def test_who_sees_only_their_own_customers_has_figures_and_deeds_of_those_alone(self) -> None:
        actions.capture(by=self.dimas, at=NOON, name="Hidden Hartono", owner=self.dimas)
        hidden = self.chance(title="Hidden machines")
        actions.win_opportunity(by=self.dimas, at=SOON, opportunity=hidden, order=False)
        actions.plan_activity(by=self.dimas, at=NOON, kind="CALL", title="Hidden call", due_date=TODAY)
        mine = self.chance(self.wayan, by=self.sari, title="Grinders")

        day = live_day(self.scene(self.sari), at=LATER)
        assert (day.captured, day.entered, day.won, day.late) == (0, 1, 0, 0)
        assert [one.person for one in day.ranking] in ([], [self.sari])
        assert {one.by for one in day.deeds} == {self.sari}
        assert [one.thing for one in day.deeds] == [f"{mine.title} · {self.wayan.name}"]
        drawn = "".join(dict(live.draw([self.scene(self.sari)]))[self.scene(self.sari)].values())
        assert "Hidden" not in drawn
        assert "Dimas" not in drawn

    def test_a_colleague_of_the_team_who_worked_on_a_strangers_record_is_told_of_without_its_name(self) -> None:
        rep = User.objects.create_user("rep@kopi.id", None, name="Rep", role=self.team_role())
        mate = User.objects.create_user("mate@kopi.id", None, name="Mate", role=User.Role.MANAGER)
        Team.objects.create(name="North").members.set([rep, mate])
        actions.plan_activity(by=self.dimas, at=NOON, kind="CALL", title="Secret", owner=mate, customer=self.siti)
        self.chance(by=mate, owner=self.dimas, title="Secret machines")
        day = live_day(self.scene(rep), at=LATER)
        assert [(one.by, one.thing) for one in day.deeds] == [(mate, None)]

    def team_role(self) -> str:
        Role.objects.create(code="reps", name="Reps", sees="TEAM", verbs=["sales.view", "customers.view"])
        return "reps"

    def test_targets_stand_as_their_own_page_says_and_only_those_one_may_see(self) -> None:
        month = {"from_date": TODAY.replace(day=1), "until_date": TODAY.replace(day=30)}
        team = Team.objects.create(name="North")
        team.members.set([self.sari])
        mixed = Team.objects.create(name="Mixed")
        mixed.members.set([self.sari, self.dimas])
        for whose in ({"person": self.sari}, {"person": self.dimas}, {"team": team}, {"team": mixed}, {}):
            Target.objects.create(measure="WON", value=4, created_at=NOON, updated_at=NOON, **whose, **month)
        one = self.chance(self.wayan, by=self.sari)
        actions.win_opportunity(by=self.sari, at=SOON, opportunity=one, order=False)
        live.standings.forget()
        found = live.standings.seen_by(self.scene(self.dimas), at=LATER)
        here = target_board(User.objects.get(pk=self.dimas.pk), at=LATER).standings
        assert {(one.target.pk, one.attained) for one in found} == {(one.target.pk, one.attained) for one in here}
        assert [one.attained for one in found if one.target.person == self.sari] == [1]
        seen = live.standings.seen_by(self.scene(self.sari), at=LATER)
        assert {str(one.target.person or one.target.team) for one in seen} == {"Sari", "North"}
        drawn = dict(live.draw([self.scene(self.sari)]))[self.scene(self.sari)]["targets"]
        assert "North" in drawn
        assert "Mixed" not in drawn

    def test_several_lines_of_one_act_are_told_once(self) -> None:
        one = self.chance(self.wayan)
        actions.win_opportunity(by=self.dimas, at=SOON, opportunity=one)
        told = [(deed.verb, deed.by) for deed in live_day(self.scene(self.dimas), at=LATER).deeds]
        assert told.count(("opportunity.won", self.dimas)) == 1
        assert ("order.added", self.dimas) not in told

    def test_a_board_asks_no_more_than_twenty_questions(self) -> None:
        self.chance(self.wayan)
        actions.log_activity(by=self.dimas, at=SOON, kind="CALL", customer=self.wayan)
        scene = self.scene(self.dimas)
        with CaptureQueriesContext(connection) as asked:
            live_day(scene, at=LATER)
        assert FewerThan(20) == len(asked)

    def test_colleagues_who_see_the_same_are_drawn_once_and_languages_apart_count_once(self) -> None:
        other = User.objects.create_user("owner2@kopi.id", None, name="Other", role=User.Role.OWNER)
        here = live.scene_of(other, "en")
        assert here == live.scene_of(User.objects.create_user("o3@kopi.id", None, role=User.Role.OWNER), "en")
        with translation.override("en"):
            drawn = dict(live.draw([here, live.scene_of(other, "id")]))
        assert set(drawn[here]) == {"figures", "funnel", "deeds", "ranking", "targets"}
        assert "Who did what" in drawn[here]["deeds"]
        assert "Who did what" not in drawn[live.scene_of(other, "id")]["deeds"]


class TestNews(Selling):
    """Which boards a change is about."""

    def told(self, *news: News) -> set[str]:
        scenes = {"all": live.scene_of(self.dimas, "en"), "sari": live.scene_of(self.sari, "en")}
        found = live.concerned(list(news), list(scenes.values()))
        return {name for name, scene in scenes.items() if scene in found}

    def test_a_record_is_news_for_whoever_sees_who_is_responsible(self) -> None:
        mine, theirs = self.chance(self.wayan), self.chance(self.siti)
        assert self.told(News("opportunity.moved", "opportunity", mine.pk, None, False)) == {"all", "sari"}
        assert self.told(News("opportunity.moved", "opportunity", theirs.pk, None, False)) == {"all"}
        assert self.told(News("customer.note", "customer", self.wayan.pk, self.dimas.pk, False)) == {"all", "sari"}

    def test_what_one_did_is_news_for_oneself_and_a_record_handed_on_for_everybody(self) -> None:
        assert self.told(News("customer.note", "customer", self.siti.pk, self.sari.pk, False)) == {"all", "sari"}
        assert self.told(News("customer.edited", "customer", self.siti.pk, self.dimas.pk, True)) == {"all", "sari"}
        assert self.told(News("team.changed", "team", 1, self.dimas.pk, False)) == {"all", "sari"}

    def test_what_is_on_no_board_is_news_for_nobody(self) -> None:
        assert self.told(News("user.signed_in", "user", self.sari.pk, self.sari.pk, False)) == set()
        assert self.told(News("backup.made", "backup", 1, self.dimas.pk, False)) == set()

    def test_a_message_is_read_as_it_was_written_and_nonsense_as_very_much(self) -> None:
        assert read("activity.finished activity 7 3 0\ncustomer.edited customer 8 - 1") == [
            News("activity.finished", "activity", 7, 3, False),
            News("customer.edited", "customer", 8, None, True),
        ]
        assert [one.verb for one in read("what")] == [MUCH]


class TestLeave(Selling):
    """Who may go on watching."""

    def setUp(self) -> None:
        super().setUp()
        self.hub = quiet()

    def watch(self, user: User) -> Watch[live.Scene]:
        self.client.force_login(user)
        session = self.client.session
        held = Held(user.pk, session.session_key or "", session["_auth_user_hash"])
        return self.hub.watch(live.scene_of(User.objects.get(pk=user.pk), "en"), who=held, most=10)

    def test_signed_in_they_go_on_and_signed_out_they_do_not(self) -> None:
        watch = self.watch(self.sari)
        assert live.refused([watch]) == {}
        self.client.post("/sign-out/")
        assert live.refused([watch]) == {watch: "out"}

    def test_a_new_password_a_lost_role_and_leaving_the_firm_end_it(self) -> None:
        watch = self.watch(self.sari)
        User.objects.filter(pk=self.sari.pk).update(session_round=5)
        assert live.refused([watch]) == {watch: "out"}
        User.objects.filter(pk=self.sari.pk).update(session_round=0, is_active=False)
        assert live.refused([watch]) == {watch: "out"}

    def test_who_sees_something_else_now_is_told_to_come_again(self) -> None:
        watch = self.watch(self.sari)
        User.objects.filter(pk=self.sari.pk).update(role=User.Role.OWNER)
        assert live.refused([watch]) == {watch: "again"}

    def test_what_changed_is_sent_once_and_only_the_parts_that_differ(self) -> None:
        watch = self.watch(self.sari)
        stage = watch.stage
        assert next(watch).startswith(b"retry:")
        self.hub.show(stage, {"a": '<p data-part="a">1</p>', "b": '<p data-part="b">1</p>'})
        first = next(watch).decode()
        assert "event: parts" in first
        assert 'data-part="a"' in first
        assert 'data-part="b"' in first
        self.hub.show(stage, {"a": '<p data-part="a">2</p>', "b": '<p data-part="b">1</p>'})
        second = next(watch).decode()
        assert 'data-part="a">2' in second
        assert 'data-part="b"' not in second
        again = self.hub.watch(watch.scene, who=watch.who, seen=f"{self.hub.mark}-1", most=10)
        next(again)
        assert next(again).decode() == second
        stranger = self.hub.watch(watch.scene, who=watch.who, seen="other-9", most=10)
        next(stranger)
        assert 'data-part="b"' in next(stranger).decode()
        watch.end("out")
        assert next(watch) == b"event: over\ndata: out\n\n"
        assert list(watch) == []


class TestPages(Selling):
    """The page and what it asks."""

    def test_the_board_shows_the_day(self) -> None:
        one = self.chance(self.wayan, at=timezone.now())
        page = self.client.get("/sales/live/")
        self.assertContains(page, one.title)
        self.assertContains(page, "Who did what")
        self.assertContains(self.client.get("/sales/live/?tv=1"), "s-tv")

    def test_where_no_stream_is_to_be_had_the_page_asks_for_its_parts(self) -> None:
        assert self.client.get("/sales/live/stream/").status_code == 204
        answer = self.client.get("/sales/live/parts/").content.decode()
        assert 'data-part="funnel"' in answer
        assert "<html" not in answer

    @override_settings(WATCHERS=1)
    def test_more_than_may_watch_are_told_to_ask(self) -> None:
        with patch.object(live, "board", quiet()):
            first: Any = self.client.get("/sales/live/stream/")
            assert first["Content-Type"].startswith("text/event-stream")
            assert self.client.get("/sales/live/stream/").status_code == 204
            assert live.board.watched() == 1
            for watch in live.board.watches():
                watch.close()
            assert live.board.watched() == 0

    def test_a_role_without_sight_of_selling_gets_none_of_it(self) -> None:
        Role.objects.create(code="blind", name="Blind", sees="ALL", verbs=["customers.view"])
        self.client.force_login(User.objects.create_user("blind@kopi.id", None, role="blind"))
        for path in ("/sales/live/", "/sales/live/stream/", "/sales/live/parts/"):
            assert self.client.get(path).status_code == 403
