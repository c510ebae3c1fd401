"""Two sellers who each see only their own, and one prospect: what the second is told, and how they ask."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied

from setia.accounts.models import AuditEntry, User
from setia.core.models import Firm
from setia.core.queries import firm
from setia.customers import actions
from setia.customers.models import Customer, Mention, TimelineEntry
from setia.customers.queries import Draft, elsewhere, mentions_of, tell, twins_of
from setia.customers.tests.people import LATER, NOON, People

PHONE = ("PHONE", "+62 812 3333 4444")
KNOWN = Draft(name="Bpk. Togar Siregar", contacts=[PHONE])
TYPED = {"name": "Togar Siregar", "phone": "0812-3333-4444"}


class AskColleagueTest(People):
    """Budi looks after Togar; Sari, who sees only her own customers, is about to add him."""

    budi: User
    sari: User
    togar: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.budi = User.objects.create_user("budi@kopi.id", None, name="Budi Hutagalung", role="SALES")
        cls.sari = User.objects.create_user("sari@kopi.id", None, name="Sari Dewi", role="SALES")
        cls.togar = actions.add(
            by=cls.budi,
            at=NOON,
            name="Togar Siregar",
            contacts=[("WHATSAPP", "0812-3333-4444"), ("EMAIL", "togar@kopi.example")],
            region="Kota Medan",
        )

    def rule(self, elsewhere: str) -> None:
        firm()
        Firm.objects.update(elsewhere=elsewhere)

    def setUp(self) -> None:
        cache.clear()

    def test_a_seller_is_told_who_looks_after_the_customer_and_nothing_else_of_them(self) -> None:
        found = elsewhere(self.sari, KNOWN)
        assert found is not None
        assert found.who == self.budi
        assert twins_of(self.sari, KNOWN) == []
        self.sign_in(self.sari)
        for path in ("/customers/twins/", "/customers/new/"):
            answer = self.client.post(path, TYPED | {"kind": "PERSON", "role": "EXTERNAL"})
            said = answer.content.decode()
            assert "A colleague looks after this customer already: Budi Hutagalung." in said, path
            assert "togar@kopi.example" not in said
            assert "Medan" not in said
            assert f"/customers/{self.togar.pk}/" not in said
        assert answer.status_code == 409
        assert Customer.objects.filter(name="Togar Siregar").count() == 1

    def test_saving_anyway_saves(self) -> None:
        self.sign_in(self.sari)
        form = TYPED | {"kind": "PERSON", "role": "EXTERNAL", "anyway": "1"}
        assert self.client.post("/customers/new/", form).status_code == 302
        assert Customer.objects.get(owner=self.sari).name == "Togar Siregar"

    def test_a_name_alone_or_a_telephone_alone_finds_nothing_out(self) -> None:
        for draft in (
            Draft(name="Togar Siregar"),
            Draft(name="Togar Siregar", region="Kota Medan"),
            Draft(contacts=[PHONE]),
            Draft(name="Rosmala Dewi", contacts=[PHONE]),
            Draft(name="Togar Siregar", contacts=[("PHONE", "0812-3333-4445")]),
        ):
            assert elsewhere(self.sari, draft) is None, draft

    def test_the_firm_decides_what_is_said(self) -> None:
        self.sign_in(self.sari)
        self.rule("KNOWN")
        said = self.client.post("/customers/twins/", TYPED).content.decode()
        assert "This customer is known here already" in said
        assert "Budi" not in said
        self.rule("NOTHING")
        assert elsewhere(self.sari, KNOWN) is None
        assert self.client.post("/customers/twins/", TYPED).content.decode().strip() == ""
        with pytest.raises(actions.NobodyToAsk):
            actions.ask_colleague(by=self.sari, at=LATER, draft=KNOWN)

    def test_ones_own_customer_and_the_eyes_of_somebody_who_sees_all_are_asked_nothing(self) -> None:
        assert twins_of(self.rani, KNOWN)  # what a person may do is known from here on
        with self.assertNumQueries(0):
            assert elsewhere(self.rani, KNOWN) is None
        assert elsewhere(self.budi, KNOWN) is None
        assert elsewhere(self.bayu, KNOWN) is None

    def test_an_erased_customer_is_known_to_nobody(self) -> None:
        actions.erase(by=self.rani, at=LATER, customer=self.togar)
        assert elsewhere(self.sari, KNOWN) is None

    def test_asking_stands_on_the_timeline_and_rings_with_the_colleague_once_a_day(self) -> None:
        for _click in range(3):
            actions.ask_colleague(by=self.sari, at=LATER, draft=KNOWN)
        entry = TimelineEntry.objects.get(customer=self.togar, kind="ASKED")
        assert entry.by == self.sari
        assert tell(entry).title
        assert list(Mention.objects.values_list("user", "entry")) == [(self.budi.pk, entry.pk)]
        self.budi.refresh_from_db()
        assert self.budi.unread == 1
        (named,), _later = mentions_of(self.budi)
        assert named.customer == self.togar
        assert tell(entry).title in named.text
        line = AuditEntry.objects.get(verb="customer.asked")
        assert (line.by, line.about_id) == (self.sari, self.togar.pk)
        actions.ask_colleague(by=self.sari, at=LATER + timedelta(days=2), draft=KNOWN)
        assert TimelineEntry.objects.filter(customer=self.togar, kind="ASKED").count() == 2

    def test_nobody_looks_after_them_so_whoever_may_choose_is_asked(self) -> None:
        Customer.objects.filter(pk=self.togar.pk).update(owner=None)
        found = elsewhere(self.sari, KNOWN)
        assert found is not None
        assert found.who is None
        actions.ask_colleague(by=self.sari, at=LATER, draft=KNOWN)
        asked = set(Mention.objects.values_list("user__email", flat=True))
        assert asked == {"rani@kopi.id", "dimas@kopi.id"}

    def test_the_button_says_what_came_of_it(self) -> None:
        self.sign_in(self.sari)
        assert "Asked." in self.client.post("/customers/twins/ask/", TYPED).content.decode()
        assert Mention.objects.filter(user=self.budi).count() == 1
        said = self.client.post("/customers/twins/ask/", {"name": "Maria Goretti"}).content.decode()
        assert "nobody to ask" in said
        self.sign_in(self.budi)
        assert "A colleague asks to share" in self.client.get("/customers/mentions/").content.decode()
        assert "A colleague asks to share" in self.client.get(f"/customers/{self.togar.pk}/").content.decode()

    def test_somebody_who_may_not_add_customers_may_not_ask(self) -> None:
        analyst = User.objects.create_user("lia@kopi.id", None, name="Lia", role="ANALYST")
        with pytest.raises(PermissionDenied):
            actions.ask_colleague(by=analyst, at=LATER, draft=KNOWN)
        assert elsewhere(analyst, KNOWN) is None
