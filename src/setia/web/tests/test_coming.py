"""The coming days: what three rooms know comes round."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from setia.core.queries import today
from setia.customers import actions
from setia.portraits.models import Portrait
from setia.web.tests.test_customers import LIST, Base, FewerThan


class ComingDaysTest(Base):
    def test_birthdays_events_and_first_purchases_are_shown_by_day_within_the_list_s_queries(self) -> None:
        soon = today(at=timezone.now()) + timedelta(days=3)
        siti, maria = self.people[:2]
        now = timezone.now()
        actions.edit(
            by=self.dimas, at=now, customer=siti, birthday=soon.replace(year=soon.year - 40, day=min(soon.day, 28))
        )
        actions.add_life_event(by=self.dimas, at=now, customer=maria, kind="CHILD", day=soon, words="Aisyah")
        Portrait.objects.filter(customer=self.people[2]).update(
            first_date=soon.replace(year=soon.year - 4, day=min(soon.day, 28))
        )
        for show, name, words in [
            ("", "Siti Nurhaliza", "40 years"),
            ("events", "Maria Goretti", "Aisyah"),
            ("anniversaries", "Kadek Ayu", "4 years"),
        ]:
            with self.assertNumQueries(FewerThan(LIST)):
                answer = self.client.get(reverse("coming_days"), {"show": show})
            self.assertContains(answer, name)
            self.assertContains(answer, words)

    def test_a_day_of_nobody_says_so(self) -> None:
        self.assertContains(self.client.get(reverse("coming_days"), {"show": "events"}), "No such day within 30 days")
