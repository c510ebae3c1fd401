"""A person's word in place of what is computed: it counts everywhere, ends in time, and is never forgotten."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from setia.accounts.models import AuditEntry, User
from setia.customers import actions as customers
from setia.customers.models import TimelineEntry
from setia.customers.queries import tell
from setia.portraits import actions
from setia.portraits.models import Overruling, Picture, Portrait
from setia.portraits.queries import class_page, narrow, sentences
from setia.portraits.tests.shop import AS_OF, LATER, Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_jobs(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture
def rani(db: None) -> User:
    return User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)


def say(by: User, who: Any, what: str, value: str, **more: Any) -> Overruling:
    facts = {"at": LATER, "reason": "Signed a contract in Bandung", **more}
    return actions.overrule(by=by, customer=who, what=what, value=value, **facts)


def portrait_of(who: Any) -> Portrait:
    return Portrait.objects.get(pk=who.pk)


class TestOverrule:
    def test_a_word_counts_at_once_and_after_the_next_refresh_and_what_was_computed_is_kept(
        self, refreshed: Shop, rani: User
    ) -> None:
        for what, value in [("STAGE", "LOYALTY"), ("THRIFTY", "YES"), ("NEW", "NO"), ("RELATION", "CLIENT")]:
            say(rani, refreshed.kadek, what, value)
        for again in range(2):
            portrait = portrait_of(refreshed.kadek)
            assert (portrait.stage, portrait.traits, portrait.relation) == ("LOYALTY", ["THRIFTY"], "CLIENT"), again
            assert portrait.computed == {"stage": "FIRST", "traits": ["NEW"], "relation": "BUYER"}
            actions.refresh(by=None, at=LATER)

    def test_the_refreshed_pictures_and_the_lists_behind_them_count_the_word(self, refreshed: Shop, rani: User) -> None:
        say(rani, refreshed.kadek, "STAGE", "LOYALTY")
        actions.refresh(by=None, at=LATER)
        drawn = {row["stage"]: row["customers"] for row in Picture.objects.get(name="stages").rows}
        everybody = type(refreshed.kadek).objects.all()
        for stage, count in drawn.items():
            assert narrow(everybody, {"stage": stage})[0].count() == count, stage
        assert drawn["LOYALTY"] == 2
        assert [one.pk for one in narrow(everybody, {"said": "STAGE"})[0]] == [refreshed.kadek.pk]

    def test_a_word_on_the_service_is_an_evidence_for_the_relation(self, refreshed: Shop, rani: User) -> None:
        assert portrait_of(refreshed.siti).relation == "BUYER"
        say(rani, refreshed.siti, "SERVICE", "CUSTOM")  # beside number and duration, the third for a client
        portrait = portrait_of(refreshed.siti)
        assert (portrait.service, portrait.relation, portrait.computed) == ("CUSTOM", "CLIENT", {"service": "STANDARD"})

    def test_the_portrait_says_who_said_so_and_why(self, refreshed: Shop, rani: User) -> None:
        word = say(rani, refreshed.kadek, "STAGE", "LOYALTY")
        why = sentences(portrait_of(refreshed.kadek), {"STAGE": word})[0].why
        assert "Rani Wulandari" in why
        assert "Signed a contract in Bandung" in why

    def test_timeline_and_trail_tell_and_only_the_timeline_says_why(self, refreshed: Shop, rani: User) -> None:
        say(rani, refreshed.kadek, "STAGE", "LOYALTY")
        entry = TimelineEntry.objects.get(customer=refreshed.kadek, kind="OVERRULED")
        told = tell(entry)
        assert told.text == "Signed a contract in Bandung"
        assert told.changes[0][1:] != told.changes[0][:2]
        audited = AuditEntry.objects.get(verb="customer.overruled")
        assert audited.data == {"changes": {"STAGE": ["FIRST", "LOYALTY"]}}

    def test_a_second_word_takes_the_place_of_the_first_which_stays_readable(self, refreshed: Shop, rani: User) -> None:
        first = say(rani, refreshed.kadek, "STAGE", "LOYALTY")
        second = say(rani, refreshed.kadek, "STAGE", "DEFECTED", reason="Moved away")
        assert say(rani, refreshed.kadek, "STAGE", "DEFECTED", reason="Moved away") == second
        first.refresh_from_db()
        assert (first.ended, second.instead_of) == ("REPLACED", "FIRST")
        page = class_page(refreshed.kadek, today=AS_OF)
        assert [one.pk for one in page.past] == [first.pk]

    def test_taken_back_the_computed_value_counts_and_undone_the_word_again(self, refreshed: Shop, rani: User) -> None:
        word = say(rani, refreshed.kadek, "NEW", "NO")
        actions.withdraw_overruling(by=rani, at=LATER, overruling=word)
        assert (portrait_of(refreshed.kadek).traits, portrait_of(refreshed.kadek).computed) == (["NEW"], {})
        actions.restore_overruling(by=rani, at=LATER, overruling=word)
        assert portrait_of(refreshed.kadek).traits == []
        actions.withdraw_overruling(by=rani, at=LATER, overruling=word)
        say(rani, refreshed.kadek, "NEW", "YES")
        with pytest.raises(actions.Superseded):
            actions.restore_overruling(by=rani, at=LATER, overruling=word)

    def test_after_its_last_day_the_computed_value_counts_again(self, refreshed: Shop, rani: User) -> None:
        word = say(rani, refreshed.kadek, "STAGE", "LOYALTY", until_date=AS_OF)
        assert actions.end_expired(at=LATER) == 0
        assert actions.end_expired(at=LATER + timedelta(days=1)) == 1
        word.refresh_from_db()
        assert (word.ended, word.ended_by) == ("EXPIRED", None)
        assert portrait_of(refreshed.kadek).stage == "FIRST"
        assert TimelineEntry.objects.filter(customer=refreshed.kadek, kind="OVERRULING_ENDED", by=None).exists()

    def test_a_refresh_of_the_day_after_does_not_wait_for_the_job(self, refreshed: Shop, rani: User) -> None:
        say(rani, refreshed.kadek, "STAGE", "LOYALTY", until_date=AS_OF)
        actions.refresh(by=None, at=LATER + timedelta(days=1))
        assert portrait_of(refreshed.kadek).stage == "FIRST"

    def test_the_first_page_of_a_day_ends_what_has_passed(self, refreshed: Shop, rani: User, client: Client) -> None:
        from setia.web.middleware import NewDayMiddleware

        word = say(rani, refreshed.kadek, "STAGE", "LOYALTY", until_date=date(2999, 1, 1))
        Overruling.objects.filter(pk=word.pk).update(until_date=timezone.localdate() - timedelta(days=1))
        client.force_login(rani)
        NewDayMiddleware.seen.clear()
        client.get(reverse("customers"), {"stage": "LOYALTY"})
        assert portrait_of(refreshed.kadek).stage == "FIRST"

    def test_what_makes_no_sense_is_refused(self, refreshed: Shop, rani: User) -> None:
        for wrong in [("STAGE", "YES"), ("NEW", "LOYALTY"), ("NAME", "X")]:
            with pytest.raises(actions.NoSuchClass):
                say(rani, refreshed.kadek, *wrong)
        with pytest.raises(actions.ReasonNeeded):
            say(rani, refreshed.kadek, "STAGE", "LOYALTY", reason="  ")
        with pytest.raises(actions.DayPassed):
            say(rani, refreshed.kadek, "STAGE", "LOYALTY", until_date=AS_OF - timedelta(days=1))
        assert not Overruling.objects.exists()

    def test_only_who_may_says_otherwise(self, refreshed: Shop, rani: User) -> None:
        ana = User.objects.create_user("ana@kopi.id", None, name="Ana", role="ANALYST")
        word = say(rani, refreshed.kadek, "STAGE", "LOYALTY")
        with pytest.raises(PermissionDenied):
            say(ana, refreshed.kadek, "STAGE", "REACH")
        for verb in (actions.withdraw_overruling, actions.restore_overruling):
            with pytest.raises(PermissionDenied):
                verb(by=ana, at=LATER, overruling=word)

    def test_a_merge_gives_words_to_the_survivor_and_an_unmerge_gives_them_back(
        self, refreshed: Shop, rani: User
    ) -> None:
        mine = say(rani, refreshed.siti, "STAGE", "DEFECTED")
        theirs = say(rani, refreshed.kadek, "STAGE", "REACH")
        other = say(rani, refreshed.kadek, "SERVICE", "CUSTOM")
        merge = customers.merge(by=rani, at=LATER, survivor=refreshed.siti, others=[refreshed.kadek])
        portrait = portrait_of(refreshed.siti)
        assert (portrait.stage, portrait.service) == ("DEFECTED", "CUSTOM")  # the survivor's own word stays
        customers.unmerge(by=rani, at=LATER, merge=merge)
        holders = [Overruling.objects.get(pk=one.pk).customer_id for one in (mine, theirs, other)]
        assert holders == [refreshed.siti.pk, refreshed.kadek.pk, refreshed.kadek.pk]
        assert (portrait_of(refreshed.siti).service, portrait_of(refreshed.kadek).stage) == ("STANDARD", "REACH")


class TestPages:
    @pytest.fixture(autouse=True)
    def sign_in(self, refreshed: Shop, rani: User, client: Client) -> None:
        client.force_login(rani)
        client.cookies["setia_language"] = "en"

    def test_overrule_asks_for_a_value_and_a_reason(self, refreshed: Shop, client: Client) -> None:
        address = reverse("overrule", args=[refreshed.kadek.pk, "STAGE"])
        assert "Bought once" in client.get(address).content.decode()
        assert client.post(address, {"value": "LOYALTY", "reason": " "}).status_code == 422
        yesterday = timezone.localdate() - timedelta(days=1)
        sent = {"value": "LOYALTY", "reason": "Signed", "until_date": yesterday.isoformat()}
        assert client.post(address, sent).status_code == 422
        assert client.post(address, sent | {"until_date": ""}).status_code == 302
        assert portrait_of(refreshed.kadek).stage == "LOYALTY"
        page = client.get(reverse("classes", args=[refreshed.kadek.pk])).content.decode()
        assert "said by a person" in page
        assert "Computed: First purchase" in page
        assert client.get(reverse("overrule", args=[refreshed.kadek.pk, "NAME"])).status_code == 404

    def test_withdraw_overruling_and_restore_overruling_are_one_press(
        self, refreshed: Shop, rani: User, client: Client
    ) -> None:
        word = say(rani, refreshed.kadek, "STAGE", "LOYALTY", at=timezone.now())
        keys = [refreshed.kadek.pk, word.pk]
        client.post(reverse("withdraw_overruling", args=keys))
        assert portrait_of(refreshed.kadek).stage == "FIRST"
        client.post(reverse("restore_overruling", args=keys))
        assert portrait_of(refreshed.kadek).stage == "LOYALTY"

    def test_the_record_and_the_list_show_what_counts(self, refreshed: Shop, rani: User, client: Client) -> None:
        say(rani, refreshed.kadek, "RELATION", "CLIENT")
        say(rani, refreshed.kadek, "ADVOCATE", "YES", reason="Speaks of us everywhere")
        page = client.get(reverse("customer", args=[refreshed.kadek.pk])).content.decode()
        assert "Speaks of us everywhere" in page
        listed = client.get(reverse("customers"), {"cols": "relation,traits"}).content.decode()
        assert "Client" in listed
        exported = b"".join(client.get(reverse("export_customers"), {"cols": "relation"}).streaming_content).decode()  # type: ignore[attr-defined]
        assert "Kadek Ayu,Client" in exported.replace(";", ",")
