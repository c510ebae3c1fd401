"""How to sell to whom: Setia's advice, the firm's own words over it, and the right piece on a customer's record."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from setia.accounts.models import AuditEntry, User
from setia.core.tests.pages import form_on
from setia.orders.tests.shop import NOON
from setia.planning import actions, queries
from setia.planning.models import About, Advice
from setia.portraits.models import Stage, Trait
from setia.web.tests.test_customers import Base


class PlaybookTest(Base):
    def setUp(self) -> None:
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def test_it_knows_exactly_the_traits_and_stages_of_the_portraits(self) -> None:
        assert set(About.values) == {*Trait.values, *Stage.values}
        labels = dict(Trait.choices) | dict(Stage.choices)
        assert {code: str(label) for code, label in About.choices} == {code: str(labels[code]) for code in About.values}

    def test_every_one_has_something_to_do_say_and_avoid_in_both_languages(self) -> None:
        said = {}
        for language in ("id", "en"):
            with translation.override(language):
                said[language] = queries.playbook(self.dimas, language=language)
        assert len(said["id"]) == len(About.values)
        for one, other in zip(said["id"], said["en"], strict=True):
            assert all((one.do, one.say, one.avoid))
            assert not {*one.do, *one.say, *one.avoid} & {*other.do, *other.say, *other.avoid}

    def test_the_firms_words_take_the_place_and_give_it_back(self) -> None:
        actions.set_advice(by=self.dimas, at=NOON, about="NEW", language="id", do="Ajak ngopi\n\n", say="", avoid="")
        new = {one.about: one for one in queries.playbook(self.dimas, language="id")}["NEW"]
        assert (new.do, new.say) == (["Ajak ngopi"], [])
        # The other language's reader sees what the firm wants done, until it is said in theirs.
        assert queries.guidance_on(self.dimas, ["NEW"], language="en")[0].do == ["Ajak ngopi"]
        actions.set_advice(by=self.dimas, at=NOON, about="NEW", language="en", do="Have coffee", say="", avoid="")
        assert queries.guidance_on(self.dimas, ["NEW"], language="en")[0].do == ["Have coffee"]
        for language in ("id", "en"):
            actions.set_advice(by=self.dimas, at=NOON, about="NEW", language=language, do=" ", say="", avoid="")
        assert not Advice.objects.exists()
        assert queries.guidance_on(self.dimas, ["NEW", "ELSE"], language="en")[0].own is None
        verbs = AuditEntry.objects.filter(about="advice").order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["advice.set", "advice.set", "advice.reset", "advice.reset"]

    def test_a_seller_reads_it_and_does_not_change_it(self) -> None:
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        assert len(queries.playbook(sari, language="id")) == len(About.values)
        with pytest.raises(PermissionDenied):
            actions.set_advice(by=sari, at=NOON, about="NEW", language="id", do="x", say="", avoid="")

    def test_the_page_shows_all_and_its_form_changes_one(self) -> None:
        page = self.client.get(reverse("playbook"))
        self.assertContains(page, "No pressure and no countdown")
        edit = reverse("edit_advice", args=["thrifty"]) + "?in=id"
        form = form_on(self.client.get(edit))
        assert "promo" in form["do"]
        assert self.client.post(edit, form | {"do": "<i>Promo</i>"}).status_code == 302
        assert Advice.objects.get().language == "id"
        self.assertContains(self.client.get(reverse("playbook")), "&lt;i&gt;Promo&lt;/i&gt;")
        assert self.client.get(reverse("edit_advice", args=["nothing"])).status_code == 404
