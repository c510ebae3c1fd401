"""How to sell to a customer: the right piece of the playbook on their record, with the reason."""

from django.urls import reverse

from setia.accounts.models import User
from setia.portraits.models import Portrait
from setia.web.tests.test_customers import Base, FewerThan


class AdviceTest(Base):
    def test_a_record_shows_what_fits_with_the_reason(self) -> None:
        devoted = reverse("customer_advice", args=[self.people[0].pk])
        with self.assertNumQueries(FewerThan(10)):
            page = self.client.get(devoted).content.decode()
        assert "Protect it" in page
        assert "Your usual should be running low" in page
        assert "Because:" in page
        piece = self.client.get(devoted, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in piece
        assert devoted in self.client.get(reverse("customer", args=[self.people[0].pk])).content.decode()
        Portrait.objects.filter(customer=self.people[4]).delete()
        silent = self.client.get(reverse("customer_advice", args=[self.people[4].pk]))
        self.assertContains(silent, "no advice fits them more than others")

    def test_who_may_not_see_the_customer_gets_no_advice_on_them(self) -> None:
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        self.client.force_login(sari)
        assert self.client.get(reverse("customer_advice", args=[self.people[0].pk])).status_code == 404
