"""Gives Creme's tables so many prospects and opportunities, by its own models: `python -m creme_sold 2000`.

Runs in Creme's environment. A prospect is an organisation that says it is one of the firm's; an opportunity is of the
firm's with a contact. Those there already count, so that a second run makes none. Prints how many of each there are.
"""

import sys
from datetime import UTC, datetime, timedelta

import django

django.setup()

from creme.creme_core.models import CremeUser, Relation  # noqa: E402 — Django must be set up before
from creme.opportunities import get_opportunity_model  # noqa: E402
from creme.opportunities.models import SalesPhase  # noqa: E402
from creme.persons import get_contact_model, get_organisation_model  # noqa: E402
from creme.persons.constants import REL_SUB_PROSPECT  # noqa: E402
from django.db import connection, transaction  # noqa: E402

_BATCH = 500


def main(wanted: int) -> None:
    """Make what is missing, five hundred at a time."""
    Opportunity, Organisation = get_opportunity_model(), get_organisation_model()  # noqa: N806 — classes
    user = CremeUser.objects.filter(is_superuser=True).order_by("id")[0]
    firm = Organisation.objects.filter_managed_by_creme()[0]
    phases = list(SalesPhase.objects.filter(won=False, lost=False))
    today = datetime.now(UTC).date()
    people = list(get_contact_model().objects.filter(is_user=None).order_by("id")[:wanted])
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    begun = Relation.objects.filter(type=REL_SUB_PROSPECT).count(), Opportunity.objects.count()
    for first in range(min(begun), wanted, _BATCH):
        with transaction.atomic():
            for number in range(first, min(first + _BATCH, wanted)):
                if number >= begun[0]:
                    prospect = Organisation.objects.create(user=user, name=f"CV Maju {number % 97} {number}")
                    Relation.objects.create(
                        user=user, subject_entity=prospect, type_id=REL_SUB_PROSPECT, object_entity=firm
                    )
                if number >= begun[1]:
                    one = Opportunity(
                        user=user,
                        name=f"Mesin untuk cabang {number}",
                        sales_phase=phases[number % len(phases)],
                        estimated_sales=500_000 + number % 9000 * 1000,
                        expected_closing_date=today + timedelta(days=number % 200 - 60),
                    )
                    one.emitter, one.target = firm, people[number % len(people)]
                    one.save()
    print(Relation.objects.filter(type=REL_SUB_PROSPECT).count(), Opportunity.objects.count())


if __name__ == "__main__":
    main(int(sys.argv[1]))
