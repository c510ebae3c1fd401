"""The pages of merging: choose, compare, merge, follow old links, undo."""

from datetime import timedelta

from django.urls import reverse

from setia.accounts.models import Role, User
from setia.core.tests.pages import form_on
from setia.customers import actions
from setia.customers.models import Customer, Merge
from setia.customers.tests.people import HOSTILE_NAMES, LATER
from setia.customers.tests.test_merge import Twins


class MergePagesTest(Twins):
    def setUp(self) -> None:
        self.sign_in()
        self.merge = reverse("merge_customers")
        self.both = f"{self.merge}?ids={self.siti.pk},{self.twin.pk}"

    def test_two_records_are_compared_and_merged(self) -> None:
        page = self.client.get(self.both)
        self.assertContains(page, "Siti N.")
        self.assertContains(page, "1 order will be with Siti Nurhaliza")
        form = form_on(page)
        assert form["keep"] == str(self.siti.pk)
        assert form["choice_name"] == str(self.siti.pk)
        form["choice_name"] = str(self.twin.pk)
        self.assertRedirects(self.client.post(self.merge, form), reverse("customer", args=[self.siti.pk]))
        self.siti.refresh_from_db()
        assert (self.siti.name, self.siti.number) == ("Siti N.", "C-1")

    def test_the_other_record_may_stay(self) -> None:
        page = self.client.get(f"{self.both}&keep={self.twin.pk}")
        form = form_on(page)
        assert (form["keep"], form["choice_name"]) == (str(self.twin.pk), str(self.twin.pk))
        self.assertRedirects(self.client.post(self.merge, form), reverse("customer", args=[self.twin.pk]))

    def test_ticked_in_the_list_they_are_compared_too(self) -> None:
        page = self.client.get(self.merge, {"id": [self.siti.pk, self.twin.pk]})
        self.assertContains(page, "Which record stays?")
        self.assertContains(self.client.get(reverse("customers")), f'formaction="{self.merge}"')

    def test_from_a_record_another_one_is_looked_for(self) -> None:
        self.assertContains(
            self.client.get(reverse("customer", args=[self.siti.pk])), f"{self.merge}?ids={self.siti.pk}"
        )
        page = self.client.get(f"{self.merge}?ids={self.siti.pk}")
        self.assertContains(page, "Merge with")
        page = self.client.get(self.merge, form_on(page) | {"with": self.twin.pk})
        self.assertContains(page, "Which record stays?")

    def test_with_nobody_named_the_page_says_how(self) -> None:
        for query in ("", "?ids=abc", "?ids=999999999999999999999", "?ids=²"):
            self.assertContains(self.client.get(self.merge + query), "Choose two records")

    def test_an_old_link_is_led_to_the_survivor_and_the_banner_says_from_whom(self) -> None:
        self.client.post(self.merge, form_on(self.client.get(self.both)))
        page = self.client.get(reverse("customer", args=[self.twin.pk]), follow=True)
        assert page.redirect_chain == [(reverse("customer", args=[self.siti.pk]), 302)]
        self.assertContains(page, "Siti N. (K-77)")
        self.assertContains(page, reverse("unmerge_customers", args=[Merge.objects.get().pk]))
        self.assertContains(page, "of the record K-77")

    def test_what_is_sent_from_a_page_opened_before_reaches_the_survivor(self) -> None:
        self.merged()
        self.client.post(reverse("add_note", args=[self.twin.pk]), {"body": "Called back."})
        assert self.told(self.siti)[-1] == ("NOTE", {"text": "Called back."})

    def test_somebody_quicker_is_told_of(self) -> None:
        third = actions.add(by=self.dimas, at=LATER, name="Siti Nur")
        form = form_on(self.client.get(f"{self.both},{third.pk}"))
        actions.merge(by=self.rani, at=LATER, survivor=self.maria, others=[self.twin])
        page = self.client.post(self.merge, form)
        self.assertContains(page, "Nothing was merged.", status_code=409)
        third.refresh_from_db()
        assert third.merged_into is None
        assert Customer.objects.get(pk=self.twin.pk).merged_into == self.maria

    def test_undoing_says_what_comes_back_and_offers_to_move_what_came_since(self) -> None:
        merge = self.merged()
        since = self.bought(self.siti, "T-2")
        type(since).objects.filter(pk=since.pk).update(created_at=LATER + timedelta(hours=1))
        url = reverse("unmerge_customers", args=[merge.pk])
        page = self.client.get(url)
        self.assertContains(page, "1 order go back")
        page = self.client.post(url, follow=True)
        assert page.redirect_chain[0][0].startswith(reverse("move_orders"))
        self.assertContains(page, "T-2")
        self.assertNotContains(page, "T-1")
        form = form_on(page) | {"id": str(since.pk)}
        self.client.post(reverse("move_orders"), form)
        since.refresh_from_db()
        assert since.customer == self.twin

    def test_undone_already_the_record_is_shown(self) -> None:
        merge = self.merged()
        actions.unmerge(by=self.dimas, at=LATER, merge=merge)
        url = reverse("unmerge_customers", args=[merge.pk])
        for answer in (self.client.get(url), self.client.post(url)):
            self.assertRedirects(answer, reverse("customer", args=[self.siti.pk]))

    def test_newer_merges_are_named_first(self) -> None:
        first = self.merged()
        newer = actions.merge(by=self.dimas, at=LATER, survivor=self.maria, others=[self.siti])
        for answer in (self.client.get, self.client.post):
            page = answer(reverse("unmerge_customers", args=[first.pk]))
            self.assertContains(page, reverse("unmerge_customers", args=[newer.pk]), status_code=409)

    def test_hostile_names_are_text(self) -> None:
        for name in HOSTILE_NAMES:
            Customer.objects.filter(pk=self.twin.pk).update(name=name[:300])
            page = self.client.get(self.both)
            assert page.status_code == 200
            self.assertNotContains(page, "<script>alert(1)")

    def test_the_page_names_nobody_its_reader_may_not_see(self) -> None:
        """The two were recommended by different people, and refer to others: of those, only one's own are named."""
        Role.objects.create(code="keeper", name="Keeper", sees="OWN", verbs=["customers.merge", "customers.view"])
        budi = User.objects.create_user("budi@kopi.id", None, name="Budi", role="keeper")
        kadek = actions.add(by=self.rani, at=LATER, name="Kadek Rahasia", owner=self.rani)
        mine = actions.add(by=self.rani, at=LATER, name="Putu Sendiri", owner=budi)
        field = actions.add_field(by=self.rani, at=LATER, label="Partner", type="REFERENCE")
        for one, other in ((self.siti, kadek), (self.twin, mine)):
            actions.edit(
                by=self.rani, at=LATER, customer=one, owner=budi, recommended_by=other, extra={field.key: str(other.pk)}
            )
        self.sign_in(budi)
        page = self.client.get(self.both)
        self.assertContains(page, "Which record stays?")
        self.assertNotContains(page, "Kadek Rahasia")
        Customer.objects.filter(pk=kadek.pk).update(owner=budi)
        page = self.client.get(self.both)
        self.assertContains(page, "Kadek Rahasia", count=2)  # who recommended, and the field of the firm's own
        self.assertContains(page, "Putu Sendiri", count=2)

    def test_whoever_may_not_merge_sees_no_page_of_it(self) -> None:
        guest = User.objects.create_user("guest@kopi.id", None, name="Guest", role="ANALYST")
        merge = self.merged()
        self.sign_in(guest)
        self.assertNotContains(self.client.get(reverse("customer", args=[self.siti.pk])), self.merge)
        for url in (self.both, reverse("unmerge_customers", args=[merge.pk])):
            for answer in (self.client.get, self.client.post):
                assert answer(url).status_code == 403
        merge.refresh_from_db()
        assert not merge.is_undone
