"""The pages of own fields: arranging them, and filling them in on a customer's form."""

from decimal import Decimal

from django.urls import reverse

from setia.accounts.models import User
from setia.core.tests.pages import form_on
from setia.customers import actions, queries
from setia.customers.models import Customer, CustomField, FieldOption
from setia.customers.tests.people import LATER
from setia.customers.tests.test_fields import Fields


class ArrangePagesTest(Fields):
    def setUp(self) -> None:
        self.sign_in(self.rani)

    def test_a_choice_is_defined_renamed_extended_hidden_brought_back_and_deleted(self) -> None:
        sent = {"label": "Roast", "type": "CHOICE", "options": "Light\nDark\nlight\n\n", "hint": "As ordered"}
        assert self.client.post(reverse("add_field"), sent).status_code == 302
        field = CustomField.objects.get(label="Roast")
        assert [one.label for one in field.options.all()] == ["Light", "Dark"]
        dark = FieldOption.objects.get(field=field, label="Dark")
        self.client.post(reverse("rename_option", args=[field.pk, dark.pk]), {"label": "Very dark"})
        self.client.post(reverse("add_option", args=[field.pk]), {"label": "Medium"})
        self.client.post(reverse("hide_option", args=[field.pk, dark.pk]), {"hidden": "1"})
        shown = next(one for one in queries.custom_fields() if one.id == field.pk)
        assert [(one.label, one.hidden) for one in shown.options] == [
            ("Light", False),
            ("Very dark", True),
            ("Medium", False),
        ]
        page = self.client.get(reverse("edit_field", args=[field.pk])).content.decode()
        assert "Very dark" in page
        assert "Offer again" in page
        self.client.post(reverse("edit_field", args=[field.pk]), {"label": "Roasting", "hint": ""})
        self.client.post(reverse("move_field", args=[field.pk]), {"way": "up"})
        order = [one.code for one in queries.custom_fields()]
        assert order.index("roast") == len(order) - 2
        self.client.post(reverse("delete_field", args=[field.pk]))
        assert "Hide the field first" in self.client.get(reverse("fields")).content.decode()
        self.client.post(reverse("hide_field", args=[field.pk]))
        assert "Bring back" in self.client.get(reverse("fields")).content.decode()
        self.client.post(reverse("restore_field", args=[field.pk]))
        assert "roast" in {one.code for one in queries.custom_fields()}
        self.client.post(reverse("hide_field", args=[field.pk]))
        self.client.post(reverse("delete_field", args=[field.pk]))
        assert "Roasting" not in self.client.get(reverse("fields")).content.decode()

    def test_what_is_wrong_is_said_beside_its_field(self) -> None:
        for sent, words in (
            ({"label": "target", "type": "TEXT"}, "There is a field of this name already."),
            ({"label": "Roast", "type": "CHOICE", "options": " \n"}, "Write at least one choice."),
        ):
            answer = self.client.post(reverse("add_field"), sent)
            assert answer.status_code == 422
            assert words in answer.content.decode()

    def test_who_sells_does_not_arrange_fields(self) -> None:
        seller = User.objects.create_user("tono@kopi.id", None, name="Tono", role=User.Role.SALES)
        self.sign_in(seller)
        for name, args in (("fields", []), ("add_field", []), ("edit_field", [self.target.pk])):
            assert self.client.get(reverse(name, args=args)).status_code == 403, name
        for name in ("move_field", "hide_field", "restore_field", "delete_field", "add_option"):
            assert self.client.post(reverse(name, args=[self.target.pk])).status_code == 403, name
        for name in ("rename_option", "hide_option"):
            sent = self.client.post(reverse(name, args=[self.tier.pk, self.gold.pk]), {"label": "x", "hidden": "1"})
            assert sent.status_code == 403, name
        self.gold.refresh_from_db()
        assert (self.gold.label, self.gold.hidden_at) == ("Gold", None)


class CustomerFormTest(Fields):
    def setUp(self) -> None:
        self.sign_in()

    def filled(self) -> dict[str, str]:
        """The form of Siti as a browser would send it."""
        return form_on(self.client.get(reverse("edit_customer", args=[self.siti.pk])))

    def test_the_form_shows_and_saves_every_kind_of_field_and_the_record_tells_them(self) -> None:
        sent = self.filled() | {
            f"own_{self.target.key}": "1.500",
            f"own_{self.limit.key}": "Rp2.000.000,5",
            f"own_{self.contract.key}": "2027-03-31",
            f"own_{self.tier.key}": str(self.gold.pk),
            f"own_{self.taste.key}": "<b>manis</b>",
            f"own_{self.seller.key}": str(self.budi.pk),
        }
        answer = self.client.post(reverse("edit_customer", args=[self.siti.pk]), sent)
        assert answer.status_code == 302
        values = {f.code: v for f, v in queries.held(Customer.objects.get(pk=self.siti.pk), queries.custom_fields())}
        assert (values["target"], values["credit_limit"], values["tier"]) == (1500, Decimal("2000000.5"), self.gold.pk)
        page = self.client.get(reverse("customer", args=[self.siti.pk])).content.decode()
        for words in ("Budi Santoso", "Gold", "&lt;b&gt;manis&lt;/b&gt;", "1,500", "Contract until"):
            assert words in page, words
        again = self.filled()
        assert again[f"own_{self.limit.key}"] == "2000000,5"
        before = len(self.told(self.siti))
        assert self.client.post(reverse("edit_customer", args=[self.siti.pk]), again).status_code == 302
        assert len(self.told(self.siti)) == before, "saved as it was shown, it is the same"

    def test_a_wrong_value_is_said_beside_its_field_and_nothing_is_saved(self) -> None:
        sent = self.filled() | {f"own_{self.target.key}": "many", "region": "Bandung"}
        answer = self.client.post(reverse("edit_customer", args=[self.siti.pk]), sent)
        assert answer.status_code == 422
        assert "“many” is not a number" in answer.content.decode()
        assert Customer.objects.get(pk=self.siti.pk).region == ""

    def test_who_saves_second_sees_what_the_first_one_wrote_in_an_own_field(self) -> None:
        sent = self.filled() | {f"own_{self.taste.key}": "pahit"}
        actions.set_values(by=self.rani, at=LATER, customer=self.siti, values={"taste": "manis"})
        answer = self.client.post(reverse("edit_customer", args=[self.siti.pk]), sent)
        assert answer.status_code == 409
        assert "manis" in answer.content.decode()
        assert "pahit" in answer.content.decode()

    def test_a_new_customer_is_entered_with_own_fields(self) -> None:
        sent = {"kind": "PERSON", "name": "Ani", "role": "EXTERNAL", f"own_{self.tier.key}": str(self.silver.pk)}
        self.client.post(reverse("add_customer"), sent)
        assert Customer.objects.get(name="Ani").extra == {self.tier.key: self.silver.pk}

    def test_a_hidden_choice_is_offered_only_to_who_has_it(self) -> None:
        self.set(tier="Gold")
        actions.hide_option(by=self.rani, at=LATER, option=self.gold, hidden=True)
        assert self.filled()[f"own_{self.tier.key}"] == str(self.gold.pk)
        other = self.client.get(reverse("edit_customer", args=[self.budi.pk])).content.decode()
        assert ">Gold<" not in other
        assert ">Silver<" in other
