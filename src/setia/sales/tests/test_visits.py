"""Visits of a day: who was where, for who leads them; nothing of another team, nothing of customers out of sight."""

from typing import Any

from django.urls import reverse

from setia.accounts.models import User
from setia.customers import actions as customers
from setia.customers.models import Customer, CustomerFile, Region
from setia.customers.tests.people import LATER, NOON
from setia.sales import queries
from setia.sales.models import Activity, Visit, VisitPhoto
from setia.sales.tests.test_activities import TODAY
from setia.sales.tests.test_field import BANDUNG, JAKARTA, Field, picture
from setia.web.tests.test_customers import FewerThan


class VisitsTest(Field):
    """Rani sees everybody; Sari and Tono sell, each in a team of their own."""

    def been(self, by: User, customer: Customer, **facts: Any) -> Visit:
        one = self.planned(by=by, kind="VISIT", customer=customer, planned_at=NOON)
        place = {"latitude": facts.pop("latitude", None), "longitude": facts.pop("longitude", None)}
        accuracy = round(facts.pop("accuracy_m", 0)) if place["latitude"] is not None else None
        return Visit.objects.create(
            activity=one, person=by, day=TODAY, arrived_at=NOON, accuracy_m=accuracy, **place, **facts
        )

    def page(self, **params: str) -> str:
        return self.client.get(reverse("visits"), params).content.decode()

    def test_who_leads_sees_who_was_where_how_long_and_what_to_look_at(self) -> None:
        self.been(self.sari, self.budi, left_at=LATER, flags=["COPIED_PHOTO"], **BANDUNG)
        self.been(self.tono, self.maria, **JAKARTA)
        self.sign_in(self.rani)
        page = self.page()
        for words in ("Budi Hartono", "Maria Goretti", "Sari", "60 min", "The photo was sent before", "there now"):
            assert words in page, words
        assert page.count('class="s-visits-map"') == 1
        assert "Maria" not in self.page(flagged="1")
        assert "Maria" not in self.page(who=str(self.sari.pk))
        assert "No visits on this day" in self.page(day="2026-11-18")
        assert "Budi" in self.page(day="no day")

    def test_a_seller_sees_their_own_and_nothing_of_another(self) -> None:
        self.been(self.sari, self.budi, **BANDUNG)
        self.been(self.tono, self.maria, **JAKARTA)
        page = self.page()
        assert "Budi Hartono" in page
        assert "Maria" not in page
        assert "Tono" not in page
        assert len(queries.visit_map(self.sari, queries.visits_for(self.sari)).points) == 1
        self.sign_in(self.tono)
        assert "Budi" not in self.page(who=str(self.sari.pk))

    def test_of_a_customer_out_of_sight_neither_name_nor_place_nor_photo_is_told(self) -> None:
        one = self.been(self.sari, self.budi, **BANDUNG)
        file = customers.add_file(by=self.sari, at=NOON, customer=self.budi, name="x", content=picture())
        VisitPhoto.objects.create(visit=one, person=self.sari, at=NOON, sha256=file.sha256)
        assert f"/files/{file.pk}/" in self.page()
        Customer.objects.filter(pk=self.budi.pk).update(owner=self.tono)
        page = self.page()
        assert "a customer you do not see" in page
        for words in ("Budi", "107.6", f"/files/{file.pk}/"):
            assert words not in page, words
        assert not queries.visit_map(self.sari, queries.visits_for(self.sari)).points

    def test_points_lie_as_the_places_do_and_north_is_up(self) -> None:
        west = self.been(self.sari, self.budi, **JAKARTA)
        east = self.been(self.sari, self.budi, **BANDUNG)
        drawn = queries.visit_map(self.sari, queries.visits_for(self.sari))
        at = {one.visit.pk: one for one in drawn.points}
        assert at[west.pk].x < at[east.pk].x
        assert at[west.pk].y < at[east.pk].y
        assert all(0 < one.x < 100 and 0 < one.y < 100 for one in drawn.points)
        assert 90 < drawn.km < 120

    def test_a_map_of_the_firms_choice_lies_under_the_places_and_its_server_is_let_in_on_this_page_alone(self) -> None:
        self.been(self.sari, self.budi, **JAKARTA)
        self.been(self.sari, self.budi, **BANDUNG)
        assert "s-visits-ground" not in self.page()
        self.sign_in(self.rani)
        setting = reverse("map_ground")
        address = "https://tiles.example.id:8443/{z}/{x}/{y}.png?key=a-b"
        answer = self.client.post(setting, {"map_address": address, "map_credit": "© Peta"})
        assert answer.url == reverse("visits")  # type: ignore[attr-defined]
        answer = self.client.get(reverse("visits"))
        page = answer.content.decode()
        policy = [one.split() for one in answer["Content-Security-Policy"].split(";")]
        pictures = next(set(sources) for directive, *sources in policy if directive == "img-src")
        assert pictures == {"'self'", "data:", "https://tiles.example.id:8443"}
        assert "© Peta" in page
        # By OpenStreetMap's own formula, n/2 · (1 - ln(tan φ + sec φ) / π): Jakarta and Bandung at zoom 9.
        for tile in ("9/407/264", "9/409/265"):
            assert f"https://tiles.example.id:8443/{tile}.png?key=a-b" in page, tile
        assert "tiles.example.id" not in self.client.get(setting)["Content-Security-Policy"]
        boosted = self.client.get(reverse("visits"), {"who": ""}, headers={"HX-Boosted": "true"})
        assert boosted["HX-Redirect"] == reverse("visits") + "?who="
        self.client.post(setting, {"map_address": "", "map_credit": "© Peta"})
        assert "tiles.example.id" not in self.client.get(reverse("visits"))["Content-Security-Policy"]

    def test_an_address_that_asks_elsewhere_or_breaks_the_policy_is_refused(self) -> None:
        self.sign_in(self.rani)
        for address in (
            "http://tiles.example.id/{z}/{x}/{y}.png",
            "https://tiles.example.id/{z}/{x}.png",
            "https://tiles.example.id/{z}/{x}/{y}/{y}.png",
            "https://tiles.example.id/{z}/{x}/{y}/{key}.png",
            "https://{z}.example.id/{x}/{y}.png",
            "https://a b.id/{z}/{x}/{y}.png",
            "https://x.id; script-src *//{z}/{x}/{y}.png",
            "https://rani@x.id/{z}/{x}/{y}.png",
            "https://x.id/{z}/{x}/{y}.png#there",
            "https://[x.id/{z}/{x}/{y}.png",
            'https://x.id/{z}/{x}/{y}.png"onload="x',
            "//x.id/{z}/{x}/{y}.png",
        ):
            answer = self.client.post(reverse("map_ground"), {"map_address": address})
            assert answer.status_code == 422, address
            assert "This is no such address" in answer.content.decode()
        self.sign_in(self.sari)
        assert self.client.post(reverse("map_ground"), {"map_address": ""}).status_code == 403

    def test_provinces_are_drawn_from_the_customers_regions(self) -> None:
        named = {"name": "Jawa Barat", "path": "Jawa Barat", "bare": "jawa barat", "folded": "jawa barat"}
        Region.objects.create(code="32", level=1, **named)
        Customer.objects.filter(pk=self.budi.pk).update(region_code="32.73")
        self.been(self.sari, self.budi)
        drawn = queries.visit_map(self.sari, queries.visits_for(self.sari))
        assert [(one.name, one.customers, one.step) for one in drawn.tiles if one.customers] == [("Jawa Barat", 1, 5)]
        assert "Jabar" in self.page()

    def test_the_page_costs_as_much_for_forty_visits_as_for_four(self) -> None:
        for _number in range(4):
            self.been(self.sari, self.budi, **BANDUNG)
        self.page()
        with self.assertNumQueries(FewerThan(13)):
            self.page()
        for _number in range(36):
            self.been(self.sari, self.budi, **BANDUNG)
        with self.assertNumQueries(FewerThan(13)):
            assert self.page().count('id="visit-') == 40

    def test_an_erasure_takes_place_and_photos(self) -> None:
        one = self.been(self.sari, self.budi, **BANDUNG)
        VisitPhoto.objects.create(visit=one, person=self.sari, at=NOON, sha256="a" * 64)
        customers.erase(by=self.rani, at=LATER, customer=self.budi)
        one.refresh_from_db()
        assert (one.latitude, one.longitude, one.accuracy_m) == (None, None, None)
        assert not VisitPhoto.objects.exists()
        assert not CustomerFile.objects.filter(customer=self.budi).exists()
        assert Activity.objects.get(pk=one.activity_id).title == "–"
