"""Saved views of the list of customers: kept, shared, arranged, of use still when what they ask for is gone."""

from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from setia.accounts.actions import add_team, edit_team
from setia.accounts.models import AuditEntry, Team, User
from setia.customers import actions
from setia.customers.models import CustomField, SavedView
from setia.web.tests.test_customers import LIST, NOON, PEOPLE, Base, FewerThan


class SavedViewsTest(Base):
    """Dimas owns; Rina and Sari sell in team West, Joko in none; Mira markets."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        person = User.objects.create_user
        cls.rina = person("rina@kopi.id", None, name="Rina", role=User.Role.MEMBER)
        cls.sari = person("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        cls.joko = person("joko@kopi.id", None, name="Joko", role=User.Role.SALES)
        cls.west = add_team(by=cls.dimas, at=NOON, name="West", members=[cls.rina, cls.sari])

    rina: User
    sari: User
    joko: User
    west: Team

    def setUp(self) -> None:
        self.client.force_login(self.dimas)

    def of(self, person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def save(self, person: User, address: str, **form: Any) -> int:
        answer = self.of(person).post(reverse("save_view"), {"address": address, "name": "Loyal ones"} | form)
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        return SavedView.objects.latest("pk").pk

    def tabs(self, person: User, pk: int | str = 0) -> str:
        page = self.of(person).get(reverse("customers"), {"view": pk}).content.decode()
        return (
            unescape(page.split('<nav class="s-tabs', 1)[1].split("</nav>")[0]) if '<nav class="s-tabs' in page else ""
        )

    def test_save_view_keeps_filters_order_and_columns_and_no_searched_text(self) -> None:
        pk = self.save(self.dimas, "stage=LOYALTY&sort=name&cols=number,owner&q=siti&page=zzz&nonsense=1")
        view = SavedView.objects.get(pk=pk)
        assert view.params == {"stage": "LOYALTY", "sort": "name", "cols": "number,owner"}
        tabs = self.tabs(self.dimas, pk)
        assert f"?cols=number%2Cowner&sort=name&stage=LOYALTY&view={pk}" in tabs
        assert "Loyal ones" in tabs
        kept: dict[str, str] = view.params
        shown = self.client.get(reverse("customers"), {**kept, "view": str(pk)}).content.decode()
        assert shown.count("<tr data-row") == 1
        assert PEOPLE[0] in shown
        assert AuditEntry.objects.filter(verb="view.saved", about_id=pk, by=self.dimas).exists()

    def test_the_page_to_save_a_view_shows_what_is_kept_and_wants_a_name(self) -> None:
        page = self.client.get(reverse("save_view"), {"stage": "LOYALTY"}).content.decode()
        assert 'name="address" value="stage=LOYALTY"' in page
        assert self.client.post(reverse("save_view"), {"address": "stage=LOYALTY", "name": "  "}).status_code == 422
        assert not SavedView.objects.exists()

    def test_a_view_is_its_maker_s_until_it_is_shared(self) -> None:
        pk = self.save(self.rina, "stage=LOYALTY")
        assert "Loyal ones" in self.tabs(self.rina)
        assert self.tabs(self.sari) == "" == self.tabs(self.dimas)
        self.of(self.rina).post(reverse("change_view", args=[pk]), {"name": "Ours", "sharing": self.west.pk})
        assert "Ours" in self.tabs(self.sari)
        assert self.tabs(self.joko) == ""
        edit_team(by=self.dimas, at=NOON, team=self.west, name="West", members=[self.rina, self.joko])
        assert self.tabs(self.sari) == ""
        assert "Ours" in self.tabs(self.joko)
        self.of(self.rina).post(reverse("change_view", args=[pk]), {"name": "Ours", "sharing": "ALL"})
        assert "Ours" in self.tabs(self.dimas)

    def test_who_may_not_share_keeps_views_to_themselves(self) -> None:
        page = self.of(self.sari).get(reverse("save_view"), {"stage": "LOYALTY"}).content.decode()
        assert 'name="sharing"' not in page
        pk = self.save(self.sari, "stage=LOYALTY", sharing="ALL")
        assert not SavedView.objects.get(pk=pk).for_all
        other = self.save(self.rina, "kind=COMPANY", sharing=str(self.west.pk))
        for name in ("change_view", "keep_in_view", "move_view", "delete_view", "restore_view"):
            answer = self.of(self.sari).post(reverse(name, args=[other]), {"name": "Mine now"})
            assert answer.status_code == 404, name
        assert SavedView.objects.get(pk=other).name == "Loyal ones"

    def test_keep_in_view_takes_what_the_list_shows_now(self) -> None:
        pk = self.save(self.dimas, "stage=LOYALTY")
        page = self.client.get(reverse("customers"), {"kind": "COMPANY", "view": str(pk)}).content.decode()
        assert reverse("keep_in_view", args=[pk]) in page
        self.client.post(reverse("keep_in_view", args=[pk]), {"address": "kind=COMPANY"})
        assert SavedView.objects.get(pk=pk).params == {"kind": "COMPANY"}

    def test_move_view_orders_one_s_own(self) -> None:
        first = self.save(self.dimas, "stage=LOYALTY", name="First")
        second = self.save(self.dimas, "kind=COMPANY", name="Second")
        self.client.post(reverse("move_view", args=[second]), {"up": "1"})
        tabs = self.tabs(self.dimas)
        assert tabs.index("Second") < tabs.index("First")
        self.client.post(reverse("move_view", args=[second]))
        assert list(SavedView.objects.values_list("pk", flat=True)) == [first, second]

    def test_prefer_view_opens_the_list_with_it(self) -> None:
        pk = self.save(self.dimas, "stage=LOYALTY")
        self.client.post(reverse("prefer_view", args=[pk]), {"on": "1"})
        answer = self.client.get(reverse("customers"))
        assert answer.headers["Location"] == f"{reverse('customers')}?stage=LOYALTY&view={pk}"
        assert self.client.get(reverse("customers"), {"view": 0}).status_code == 200
        self.client.post(reverse("delete_view", args=[pk]))
        assert self.client.get(reverse("customers")).status_code == 200
        assert self.of(self.sari).post(reverse("prefer_view", args=[pk]), {"on": "1"}).status_code == 404

    def test_delete_view_is_undone_by_restore_view(self) -> None:
        pk = self.save(self.dimas, "stage=LOYALTY")
        page = self.client.post(reverse("delete_view", args=[pk]), follow=True).content.decode()
        assert "Loyal ones" not in self.tabs(self.dimas)
        assert reverse("restore_view", args=[pk]) in page
        self.client.post(reverse("restore_view", args=[pk]))
        assert "Loyal ones" in self.tabs(self.dimas)

    def test_saved_views_lists_one_s_own_and_what_others_share(self) -> None:
        self.save(self.dimas, "stage=LOYALTY", name="Mine")
        self.save(self.rina, "kind=COMPANY", name="Theirs", sharing="ALL")
        page = self.client.get(reverse("saved_views"), headers={"accept-language": "en"}).content.decode()
        own, shared = page.split("Shared with you")
        assert "Mine" in own
        assert "Theirs" in shared
        assert "Rina" in shared

    def test_a_view_that_asks_for_a_deleted_field_or_tag_shows_the_rest_and_says_so(self) -> None:
        field = actions.add_field(by=self.dimas, at=NOON, label="Tier", type="CHOICE", options=["Gold"], quick=False)
        CustomField.objects.update(index="READY")
        option = field.options.get()
        tag = actions.tag_customer(by=self.dimas, at=NOON, customer=self.people[0], name="Wholesale")
        actions.set_values(by=self.dimas, at=NOON, customer=self.people[0], values={"tier": "Gold"})
        address = f"{field.key}={option.pk}&tag={tag.pk}&kind=PERSON&sort={field.key}&cols=stage,{field.key}"
        pk = self.save(self.dimas, address)
        saved: dict[str, str] = SavedView.objects.get(pk=pk).params
        assert set(saved) == {field.key, "tag", "kind", "sort", "cols"}
        actions.hide_field(by=self.dimas, at=NOON, field=field)
        actions.delete_field(by=self.dimas, at=NOON, field=field)
        actions.remove_tag(by=self.dimas, at=NOON, tag=tag)
        page = self.client.get(reverse("customers"), {**saved, "view": str(pk)}, headers={"accept-language": "en"})
        text = page.content.decode()
        assert page.status_code == 200
        assert text.count("<tr data-row") == 4
        said = text.split("gone, or not yours to see")[1].split(".")[0]
        assert "Tier" in said
        assert "Label" in said

    def test_the_tabs_cost_the_list_no_query(self) -> None:
        pk = self.save(self.dimas, "stage=LOYALTY")
        self.client.get(reverse("customers"), {"view": 0})
        with self.assertNumQueries(FewerThan(LIST)):
            self.client.get(reverse("customers"), {"view": 0})
        with self.assertNumQueries(FewerThan(LIST)):
            self.client.get(reverse("customers"), {"stage": "LOYALTY", "view": str(pk)})
