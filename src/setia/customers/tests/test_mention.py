from django.urls import reverse

from setia.accounts.models import User
from setia.customers import actions
from setia.customers.actions.mention import named_in
from setia.customers.models import Customer, Mention
from setia.customers.queries import mentions_of
from setia.customers.tests.people import HOSTILE_NAMES, LATER, LATER_STILL, People


class MentionTest(People):
    def write(self, body: str, by: User | None = None) -> None:
        actions.note(by=by or self.dimas, at=LATER, customer=self.siti, body=body)

    def unread(self, person: User) -> int:
        person.refresh_from_db()
        return person.unread

    def test_a_name_after_an_at_is_found_the_longest_first_and_a_first_name_only_if_it_is_one_persons(self) -> None:
        people = [
            User(pk=pk, name=name, email=f"p{pk}@kopi.id")
            for pk, name in enumerate(["Siti", "Siti Aminah", "Ani", "Budi"])
        ]
        cases = {
            "@Siti Aminah tolong": ["Siti Aminah"],
            "@siti, tolong": ["Siti"],
            "@ani! dan @BUDI.": ["Ani", "Budi"],
            "@Anita": [],
            "surat ke ani@budi.id": [],
            "@p3@kopi.id": ["Budi"],
            "@Budi @budi": ["Budi"],
            "@": [],
        }
        assert {text: [one.name for one in named_in(text, people)] for text in cases} == cases

    def test_a_mention_reaches_the_person_and_counts_until_it_is_read(self) -> None:
        self.write("@Rani Wulandari mohon telepon. @Dimas @Rani")
        self.write("lagi, @rani")
        assert (self.unread(self.rani), self.unread(self.dimas)) == (2, 0)
        found, later = mentions_of(self.rani)
        assert [one.entry.data["text"] for one in found] == [
            "lagi, @rani",
            "@Rani Wulandari mohon telepon. @Dimas @Rani",
        ]
        assert (later, {one.customer for one in found}) == (None, {self.siti})
        actions.read_mentions(by=self.rani, at=LATER_STILL)
        assert self.unread(self.rani) == 0
        assert set(Mention.objects.values_list("read_at", flat=True)) == {LATER_STILL}

    def test_somebody_who_left_or_may_not_see_the_customer_is_not_told(self) -> None:
        self.write("@Bayu Saputra dan @nobody")
        assert not Mention.objects.exists()

    def test_mentions_are_read_page_by_page(self) -> None:
        for at in range(5):
            self.write(f"@Rani {at}")
        first, later = mentions_of(self.rani, most=3)
        rest, end = mentions_of(self.rani, before=later, most=3)
        assert [one.entry.data["text"][-1] for one in first + rest] == ["4", "3", "2", "1", "0"]
        assert end is None

    def test_a_mention_leads_to_who_the_customer_was_merged_into(self) -> None:
        self.write("@Rani lihat")
        maria = actions.add(by=self.dimas, at=LATER, name="Maria Goretti")
        actions.merge(by=self.rani, at=LATER, survivor=maria, others=[Customer.objects.get(pk=self.siti.pk)])
        assert [one.customer for one in mentions_of(self.rani)[0]] == [maria]


class MentionPageTest(People):
    def setUp(self) -> None:
        self.sign_in(self.rani)

    def test_the_bell_says_how_many_are_new_until_the_page_says_they_are_read(self) -> None:
        for name in HOSTILE_NAMES:
            actions.note(by=self.dimas, at=LATER, customer=self.siti, body=f"@Rani {name}")
        answer = self.client.get(reverse("mentions"))
        self.assertContains(answer, f"Mentions, {len(HOSTILE_NAMES)} new")
        self.assertNotContains(answer, "<script>alert")
        assert self.client.post(reverse("read_mentions"), headers={"HX-Request": "true"}).status_code == 204
        self.assertNotContains(self.client.get(reverse("mentions")), "data-new")

    def test_the_bell_costs_no_query(self) -> None:
        actions.note(by=self.dimas, at=LATER, customer=self.siti, body="@Rani")
        self.client.get(reverse("more"))
        with self.assertNumQueries(3):  # the session, the person, the firm
            self.client.get(reverse("more"))

    def test_colleagues_are_offered_by_any_word_of_their_name_and_those_who_left_are_not(self) -> None:
        def offered(q: str) -> list[str]:
            page = self.client.get(reverse("find_colleague"), {"q": q}).content.decode()
            return [part.split('"')[0] for part in page.split('data-name="')[1:]]

        assert offered("wul") == ["Rani Wulandari"]
        assert offered("bayu") == []
        assert set(offered("")) == {"Rani Wulandari", "Dimas Prasetyo"}
