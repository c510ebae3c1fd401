"""On the way: the day that is taken along, and the door that takes in what was done there, each thing once."""

import io
import json
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from setia.accounts.models import AuditEntry, User
from setia.catalogue.models import Product
from setia.core.models import Firm
from setia.customers import actions as customers
from setia.customers.models import Customer, CustomerFile, TimelineEntry
from setia.customers.tests.people import LATER, NOON
from setia.customers.tests.test_merge_together import at_once
from setia.orders.models import Order
from setia.sales import actions
from setia.sales.models import Activity, FieldAction, Prospect, Visit, VisitPhoto
from setia.sales.tests.test_activities import TODAY, Busy

MINUTE = timedelta(minutes=1)
BANDUNG: dict[str, Any] = {"latitude": -6.9147, "longitude": 107.6098, "accuracy_m": 12.5}
JAKARTA: dict[str, Any] = {"latitude": -6.2, "longitude": 106.8166, "accuracy_m": 20}


def ms(moment: datetime) -> int:
    """A moment as a device's clock counts."""
    return int(moment.timestamp() * 1000)


def sending(person: User, kind: str, key: str, *, said: datetime, sent: datetime, ahead: int = 0, **facts: Any) -> str:
    """What a device sends for one thing done."""
    told = {"key": key.ljust(16, "0"), "kind": kind, "person": person.pk, "said_at": ms(said), "sent_at": ms(sent)}
    return json.dumps(told | {"ahead": ahead, "facts": facts})


def picture(*, shade: int = 0, taken: str = "", size: tuple[int, int] = (64, 48), quality: int = 90) -> bytes:
    """A photo with something on it: bars whose order is told by `shade`; `taken` as a camera writes it."""
    image = Image.new("L", (9, 8))
    image.putdata([(place * (37 + shade * 2) + place // 9 * shade * 31) % 256 for place in range(72)])
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    out = io.BytesIO()
    image.resize(size, Image.Resampling.NEAREST).convert("RGB").save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


class Field(Busy):
    """Sari is on the way; her telephone sends at LATER what she did at NOON."""

    gayo: Product

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.gayo = Product.objects.create(code="GAYO", name="Kopi Gayo", price=90_000, created_at=NOON, updated_at=NOON)

    def setUp(self) -> None:
        super().setUp()
        self.sign_in(self.sari)
        self.now = LATER
        clock = mock.patch("django.utils.timezone.now", side_effect=lambda: self.now)
        clock.start()
        self.addCleanup(clock.stop)

    def send(self, kind: str, key: str, *, said: datetime = NOON, photo: bytes = b"", **facts: Any) -> Any:
        sent = facts.pop("sent", self.now)
        given: dict[str, Any] = {
            "sent": sending(self.sari, kind, key, said=said, sent=sent, ahead=facts.pop("ahead", 0), **facts)
        }
        if photo:
            given["photo"] = SimpleUploadedFile("photo.jpg", photo, "image/jpeg")
        return self.client.post(reverse("send_field"), given)

    def done(self, kind: str, key: str, **facts: Any) -> dict[str, Any]:
        answer = self.send(kind, key, **facts)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        assert found["state"] == "done"
        return found

    def day(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(reverse("field_day")).json()
        return found


class DayTest(Field):
    def test_a_day_holds_ones_own_visits_with_their_customers_and_nothing_of_a_colleague(self) -> None:
        customers.add_contact(by=self.sari, at=NOON, customer=self.budi, kind="ADDRESS", text="Jl. Braga 8, Bandung")
        mine = self.planned(kind="VISIT", customer=self.budi, planned_at=NOON, note="Bawa contoh")
        self.planned(by=self.tono, kind="VISIT", customer=self.maria, planned_at=NOON)
        Order.objects.create(
            number="1", customer=self.budi, ordered_at=NOON, day=TODAY, kind="PURCHASE", total=5, created_at=NOON
        )
        answer = self.client.get(reverse("field_day"))
        assert "no-store" in answer.headers["Cache-Control"]
        day = answer.json()
        assert [one["id"] for one in day["activities"]] == [mine.pk]
        assert day["activities"][0]["name"] == "Budi Hartono"
        card = day["customers"][str(self.budi.pk)]
        assert (card["address"], card["orders"][0]["number"]) == ("Jl. Braga 8, Bandung", "1")
        assert day["products"] == [{"id": self.gayo.pk, "code": "GAYO", "name": "Kopi Gayo", "price": "90000"}]
        assert "Maria" not in answer.content.decode()
        assert day["person"]["id"] == self.sari.pk
        self.sign_in(self.tono)
        other = self.day()
        assert "Budi" not in json.dumps(other)
        assert other["lock"] != day["lock"]

    def test_a_customer_who_is_no_longer_hers_goes_out_of_the_day(self) -> None:
        self.planned(kind="VISIT", customer=self.budi, planned_at=NOON)
        Customer.objects.filter(pk=self.budi.pk).update(owner=self.tono)
        day = self.day()
        assert (day["activities"][0]["name"], day["customers"]) == ("", {})

    def test_a_day_costs_few_queries_however_much_there_is(self) -> None:
        for number in range(12):
            one = customers.add(
                by=self.sari, at=NOON, name=f"Toko {number}", contacts=[("PHONE", f"08121000{number:04}")]
            )
            Customer.objects.filter(pk=one.pk).update(owner=self.sari)
            one.refresh_from_db()
            self.planned(kind="VISIT", customer=one, planned_at=NOON + number * MINUTE)
        self.day()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(self.day()["activities"]) == 12
        assert len(asked) <= 14, [one["sql"][:90] for one in asked]

    def test_the_page_itself_holds_nothing_of_anybody(self) -> None:
        self.planned(kind="VISIT", customer=self.budi, planned_at=NOON)
        page = self.client.get(reverse("field")).content.decode()
        assert "Budi" not in page
        assert "Sari" not in page
        assert "csrf" not in page.lower()


class VisitTest(Field):
    def test_a_visit_is_arrived_at_and_left_when_the_phone_says_so_and_is_done(self) -> None:
        one = self.planned(kind="VISIT", customer=self.budi, planned_at=NOON)
        version = self.day()["activities"][0]["version"]
        self.done("CHECK_IN", "in", activity=one.pk, version=version, **BANDUNG)
        self.done(
            "CHECK_OUT", "out", said=NOON + 35 * MINUTE, activity=one.pk, outcome="WANTS", result="5 kg", **BANDUNG
        )
        visit = Visit.objects.get(activity=one)
        assert (visit.arrived_at, visit.left_at, visit.minutes) == (NOON, NOON + 35 * MINUTE, 35)
        assert (visit.latitude, visit.longitude, visit.accuracy_m, visit.flags) == (-6.9147, 107.6098, 12, [])
        one.refresh_from_db()
        assert (one.state, one.done_at, one.outcome, one.result) == ("DONE", NOON + 35 * MINUTE, "WANTS", "5 kg")
        assert one.updated_at == LATER
        verbs = list(AuditEntry.objects.filter(about="field_action").values_list("verb", flat=True))
        assert verbs == ["field_action.received"] * 2

    def test_what_is_sent_again_does_nothing_and_is_answered_alike(self) -> None:
        one = self.planned(kind="VISIT", customer=self.budi, planned_at=NOON)
        first = self.done("CHECK_IN", "in", activity=one.pk, **BANDUNG)
        self.now = LATER + timedelta(days=9)
        second = self.done("CHECK_IN", "in", activity=one.pk, **BANDUNG)
        assert (first.pop("repeated"), second.pop("repeated")) == (False, True)
        assert first == second
        assert Visit.objects.count() == FieldAction.objects.count() == 1
        other = self.send("CHECK_IN", "in", activity=one.pk, **JAKARTA)
        assert (other.status_code, other.json()["state"]) == (422, "refused")

    def test_somebody_met_in_passing_is_a_visit_too_and_left_by_the_key_of_arriving(self) -> None:
        self.done("CHECK_IN", "met", customer=self.budi.pk, title="Lewat saja")
        self.done("CHECK_OUT", "gone", said=NOON + MINUTE, activity_key="met".ljust(16, "0"), outcome="LATER")
        one = Activity.objects.get(visit__isnull=False)
        assert (one.kind, one.title, one.customer, one.state) == ("VISIT", "Lewat saja", self.budi, "DONE")
        assert Visit.objects.get(activity=one).flags == ["NO_PLACE"]

    def test_what_waits_for_something_unsent_is_told_to_wait(self) -> None:
        answer = self.send("CHECK_OUT", "gone", activity_key="never-came-00000")
        assert (answer.status_code, answer.json()) == (409, {"state": "earlier"})
        one = self.planned(kind="VISIT", customer=self.budi, planned_at=NOON)
        assert self.send("CHECK_OUT", "out", activity=one.pk).status_code == 422
        assert not FieldAction.objects.exists()

    def test_a_visit_changed_meanwhile_is_shown_and_may_be_sent_all_the_same(self) -> None:
        one = self.planned(kind="VISIT", customer=self.budi, planned_at=NOON)
        version = self.day()["activities"][0]["version"]
        actions.edit_activity(by=self.wati_may(), at=LATER, activity=one, title="Tagih dulu", due_date=TODAY)
        met = self.send("CHECK_IN", "in", activity=one.pk, version=version, **BANDUNG)
        assert (met.status_code, met.json()["state"], met.json()["about"]) == (409, "conflict", "activity")
        assert met.json()["stands"]["title"] == "Tagih dulu"
        assert not Visit.objects.exists()
        self.done("CHECK_IN", "in", activity=one.pk, version=version, anyway=True, **BANDUNG)
        assert Visit.objects.get().activity == one

    def test_a_visit_called_off_meanwhile_stays_so_and_the_one_made_stands_beside_it(self) -> None:
        one = self.planned(kind="VISIT", customer=self.budi, planned_at=NOON, title="Kopi baru")
        actions.cancel_activity(by=self.sari, at=LATER, activity=one)
        assert self.send("CHECK_IN", "in", activity=one.pk).status_code == 409
        made = self.done("CHECK_IN", "in", activity=one.pk, anyway=True)
        one.refresh_from_db()
        beside = Activity.objects.get(pk=made["activity"])
        assert (one.state, beside.title, beside.customer, beside.state) == ("CANCELLED", "Kopi baru", self.budi, "OPEN")

    def test_something_done_at_the_desk_meanwhile_may_be_said_otherwise(self) -> None:
        one = self.planned(customer=self.budi)
        actions.finish_activity(by=self.sari, at=NOON, activity=one, outcome="REFUSED")
        assert self.send("FINISH", "f", activity=one.pk, outcome="WANTS").status_code == 409
        self.done("FINISH", "f", activity=one.pk, outcome="WANTS", anyway=True)
        one.refresh_from_db()
        assert (one.state, one.outcome) == ("DONE", "WANTS")

    def wati_may(self) -> User:
        """Rani, who owns the shop and plans for others."""
        return self.rani


class GateTest(Field):
    def test_what_is_a_colleagues_is_not_there(self) -> None:
        theirs = self.planned(by=self.tono, kind="VISIT", customer=self.maria, planned_at=NOON)
        for kind, facts in (
            ("CHECK_IN", {"activity": theirs.pk}),
            ("CHECK_IN", {"customer": self.maria.pk}),
            ("CHECK_OUT", {"activity": theirs.pk}),
            ("FINISH", {"activity": theirs.pk}),
            ("NOTE", {"customer": self.maria.pk, "body": "x"}),
            ("ORDER", {"customer": self.maria.pk, "lines": [{"description": "x", "quantity": "1", "unit_price": "1"}]}),
        ):
            answer = self.send(kind, "k", **facts)
            assert answer.status_code == 404, (kind, answer.content)
        assert not FieldAction.objects.exists()

    def test_what_another_person_left_on_the_device_is_not_taken_for_ones_own(self) -> None:
        self.sign_in(self.tono)
        answer = self.send("NOTE", "n", body="Catatan Sari")
        assert (answer.status_code, answer.json()) == (409, {"state": "somebody else"})

    def test_keys_are_each_persons_own(self) -> None:
        self.done("NOTE", "n", body="Catatan Sari")
        self.sign_in(self.tono)
        given = {"sent": sending(self.tono, "NOTE", "n", said=NOON, sent=LATER, body="Catatan Tono")}
        assert self.client.post(reverse("send_field"), given).json()["state"] == "done"
        assert set(Activity.objects.values_list("title", flat=True)) == {"Catatan Sari", "Catatan Tono"}

    def test_nonsense_is_refused_in_words(self) -> None:
        for sent in ("", "[]", "{", '{"key": 1}', "[" * 5000, json.dumps({"key": "k" * 20, "kind": "DROP"})):
            answer = self.client.post(reverse("send_field"), {"sent": sent})
            assert (answer.status_code, answer.json()["state"]) == (422, "refused")
        assert self.send("NOTE", "n", body="  ").json()["words"]
        assert (
            self.send("CHECK_IN", "n", customer=self.budi.pk, latitude=400, longitude=0, accuracy_m=1).status_code
            == 422
        )
        assert self.client.get(reverse("send_field")).status_code == 405

    def test_a_role_that_plans_nothing_sends_nothing(self) -> None:
        analyst = User.objects.create_user("ani@kopi.id", None, name="Ani", role=User.Role.ANALYST)
        self.sign_in(analyst)
        given = {"sent": sending(analyst, "NOTE", "n", said=NOON, sent=LATER, body="x")}
        assert self.client.post(reverse("send_field"), given).status_code == 403


class ClockTest(Field):
    def test_a_clock_that_is_wrong_all_the_time_is_put_right_and_flagged(self) -> None:
        hours = timedelta(hours=5)
        made = self.done("CHECK_IN", "in", customer=self.budi.pk, said=NOON + hours, sent=LATER + hours, ahead=5 * 3600)
        visit = Visit.objects.get(activity=made["activity"])
        assert (visit.arrived_at, visit.flags) == (NOON, ["CLOCK", "NO_PLACE"])
        assert FieldAction.objects.get().skew_seconds == 5 * 3600

    def test_a_clock_that_was_put_back_on_the_way_is_flagged_and_not_believed(self) -> None:
        made = self.done("CHECK_IN", "in", customer=self.budi.pk, said=NOON - timedelta(hours=3), ahead=-3 * 3600)
        visit = Visit.objects.get(activity=made["activity"])
        assert (visit.arrived_at, visit.flags) == (LATER, ["MOVED_CLOCK", "NO_PLACE"])

    def test_nothing_happens_in_the_future_or_long_before(self) -> None:
        for key, said in (("a", LATER + timedelta(days=2)), ("b", LATER - timedelta(days=400))):
            made = self.done("CHECK_IN", key, customer=self.budi.pk, said=said)
            visit = Visit.objects.get(activity=made["activity"])
            assert (visit.arrived_at, visit.flags[0]) == (LATER, "MOVED_CLOCK")

    def test_leaving_far_from_where_one_arrived_is_flagged(self) -> None:
        self.done("CHECK_IN", "in", customer=self.budi.pk, **BANDUNG)
        self.done("CHECK_OUT", "out", activity_key="in".ljust(16, "0"), **JAKARTA)
        assert Visit.objects.get().flags == ["FAR_APART"]


class PhotoTest(Field):
    def setUp(self) -> None:
        super().setUp()
        self.done("CHECK_IN", "in", customer=self.budi.pk, **BANDUNG)

    def photo(self, key: str, content: bytes, **facts: Any) -> list[str]:
        made = self.done("PHOTO", key, photo=content, activity_key=facts.pop("at", "in").ljust(16, "0"), **facts)
        found: list[str] = made["flags"]
        return found

    def test_a_photo_becomes_a_file_of_the_customer_without_what_else_was_in_it(self) -> None:
        assert self.photo("p", picture(taken="2026:11:19 12:10:00")) == []
        file = CustomerFile.objects.get(customer=self.budi)
        assert (file.kind, VisitPhoto.objects.get().sha256) == ("image/jpeg", file.sha256)
        from setia.core import kept

        assert not Image.open(kept.path_of(file.sha256)).getexif()

    def test_the_same_photo_again_is_flagged_however_it_was_made_smaller(self) -> None:
        assert self.photo("p", picture(shade=1), original="a" * 64) == []
        self.done("CHECK_IN", "in2", customer=self.budi.pk, **BANDUNG)
        assert self.photo("q", picture(shade=1), at="in2") == ["COPIED_PHOTO"]
        assert self.photo("r", picture(shade=1, size=(320, 240), quality=60), at="in2") == ["COPIED_PHOTO"]
        assert self.photo("s", picture(shade=4), at="in2", original="a" * 64) == ["COPIED_PHOTO"]
        assert self.photo("t", picture(shade=7), at="in2") == []
        assert Visit.objects.latest("id").flags == ["COPIED_PHOTO"]

    def test_a_photo_of_another_day_is_flagged_by_what_it_says_itself_or_the_phone_read(self) -> None:
        assert self.photo("p", picture(shade=2, taken="2026:11:02 09:00:00")) == ["OLD_PHOTO"]
        assert self.photo("q", picture(shade=5), taken_at=ms(NOON - timedelta(days=1))) == ["OLD_PHOTO"]
        assert self.photo("r", picture(shade=9), taken_at=ms(NOON + MINUTE)) == []

    def test_what_is_no_picture_is_refused_and_leaves_its_key_free(self) -> None:
        answer = self.send("PHOTO", "p", photo=b"<script>alert(1)</script>", activity_key="in".ljust(16, "0"))
        assert (answer.status_code, answer.json()["state"]) == (422, "refused")
        assert self.send("PHOTO", "p", activity_key="in".ljust(16, "0")).status_code == 422
        assert self.photo("p", picture()) == []


class OrderAndProspectTest(Field):
    def line(self, **also: Any) -> dict[str, Any]:
        return {"product": self.gayo.pk, "quantity": "3", "unit_price": "90000", "known": "90000"} | also

    def test_an_order_is_entered_when_it_was_given_and_once(self) -> None:
        for _again in range(2):
            made = self.done("ORDER", "o", customer=self.budi.pk, lines=[self.line()], note="Kirim besok")
        order = Order.objects.get(pk=made["order"])
        assert (order.ordered_at, order.customer, order.note) == (NOON, self.budi, "Kirim besok")
        assert order.total == 270_000
        assert Order.objects.count() == 1

    def test_a_price_that_changed_meanwhile_is_asked_about_unless_it_was_agreed_on(self) -> None:
        Product.objects.filter(pk=self.gayo.pk).update(price=95_000)
        met = self.send("ORDER", "o", customer=self.budi.pk, lines=[self.line()])
        assert (met.status_code, met.json()["about"]) == (409, "prices")
        assert met.json()["prices"] == [{"product": self.gayo.pk, "price": "95000.0000"}]
        self.done("ORDER", "p", customer=self.budi.pk, lines=[self.line(unit_price="85.000")])
        self.done("ORDER", "o", customer=self.budi.pk, lines=[self.line()], anyway=True)
        assert sorted(Order.objects.values_list("total", flat=True)) == [255_000, 270_000]

    def test_an_order_says_what_it_lacks(self) -> None:
        assert self.send("ORDER", "o", customer=self.budi.pk, lines=[]).status_code == 422
        words = self.send("ORDER", "o", lines=[self.line(quantity="viele", unit_price="")]).json()["words"]
        assert len(words) == 3
        assert not Order.objects.exists()

    def test_somebody_new_is_taken_down_and_what_follows_names_them_by_key(self) -> None:
        made = self.done("PROSPECT", "new", name="Toko Sumber Rejeki", whatsapp="0812-3456-7890", source="Pasar")
        found = Customer.objects.get(pk=made["customer"])
        assert (found.owner, Prospect.objects.get(customer=found).source) == (self.sari, "Pasar")
        key = "new".ljust(16, "0")
        self.done("CHECK_IN", "in", customer_key=key, **BANDUNG)
        self.done("ORDER", "o", customer_key=key, lines=[self.line()])
        self.done("NOTE", "n", customer_key=key, body="Buka jam 8")
        assert Visit.objects.get().activity.customer == found
        assert Order.objects.get().customer == found
        assert TimelineEntry.objects.filter(customer=found, kind="NOTE").count() == 1

    def test_somebody_who_is_here_already_is_shown_beside_and_not_taken_down_twice(self) -> None:
        facts: dict[str, Any] = {"name": "Sinta Dewi", "whatsapp": "0812-3456-7890"}
        self.done("PROSPECT", "one", **facts)
        met = self.send("PROSPECT", "two", **facts)
        assert (met.status_code, met.json()["about"]) == (409, "twins")
        assert met.json()["twins"][0]["name"] == "Sinta Dewi"
        assert Prospect.objects.count() == 1
        self.done("PROSPECT", "two", **facts, anyway=True)
        assert Prospect.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_fifty_sendings_of_one_thing_at_the_same_moment_do_it_once() -> None:
    Firm.objects.update_or_create(pk=1, defaults={"language": "en"})
    sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
    budi = customers.add(by=sari, at=NOON, name="Budi Hartono")
    now = datetime.now(tz=NOON.tzinfo)
    lines = [{"description": "Kopi Gayo", "quantity": "2", "unit_price": "90000"}]
    given = {"sent": sending(sari, "ORDER", "order", said=now, sent=now, customer=budi.pk, lines=lines)}
    client = Client()
    client.force_login(sari)
    session = client.cookies

    def send() -> Any:
        one = Client()
        one.cookies = session
        return one.post(reverse("send_field"), given)

    answers = at_once(*[send] * 50)
    assert {one.status_code for one in answers} == {200}
    assert sorted(one.json()["repeated"] for one in answers) == [False, *[True] * 49]
    assert len({one.json()["order"] for one in answers}) == 1
    assert Order.objects.count() == FieldAction.objects.count() == 1
