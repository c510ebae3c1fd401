"""Gives BottleCRM's tables so many leads and deals, by its own models: `python -m bottle_filled 10000 2000`.

Runs in its environment. One firm, its admin and twenty sellers, each lead and deal with one of them; all are open. A
deal is of an account, and an account has five. Those there already count, so that a second run makes none. Prints what
the admin's sign-in link carries, made anew each time, for the program sends such links by mail and has no passwords.
"""

import secrets
import sys
from collections.abc import Iterator
from datetime import timedelta

import django

django.setup()

from accounts.models import Account  # noqa: E402 — Django must be set up before
from common.models import MagicLinkToken, Org, Profile, User  # noqa: E402
from common.rls import get_set_context_sql  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.utils import timezone  # noqa: E402
from leads.models import Lead  # noqa: E402
from opportunity.models import DealPipeline, Opportunity  # noqa: E402

_ADMIN = "owner@bench.example.com"
_SELLERS, _BATCH = 20, 2_000
_DEALS_EACH = 5
_FIRST = ("Siti", "Budi", "Wayan", "Maria", "Agus", "Dewi", "Joko", "Sri")
_LAST = ("Rahma", "Santoso", "Sudiarta", "Goretti", "Pratama", "Lestari")
_STATUSES = ("assigned", "in process", "recycled")
_SOURCES = ("call", "email", "partner", "campaign", "referral", "whatsapp", "walk-in")
_RATINGS = ("HOT", "WARM", "COLD")


def main(leads: int, deals: int) -> None:
    """Make what is missing, two thousand at a time."""
    org, _made = Org.objects.get_or_create(
        name="Bengkel Nusantara", defaults={"default_currency": "USD", "timezone": "Asia/Jakarta"}
    )
    admin = _member(org, _ADMIN, role="ADMIN")
    sellers = [_member(org, f"seller{number}@bench.example.com", role="USER") for number in range(_SELLERS)]
    with connection.cursor() as cursor:
        cursor.execute(get_set_context_sql(), [str(org.pk)])
        cursor.execute("SET synchronous_commit = off")
    for numbers in _batches(Lead.objects.count(), leads):
        made = [_lead(org, admin, number) for number in numbers]
        _keep(Lead, made, [sellers[number % _SELLERS] for number in numbers], "lead_id")
    for numbers in _batches(Account.objects.count(), -(-deals // _DEALS_EACH)):
        made = [Account(org=org, created_by=admin.user, name=f"CV Maju {number}") for number in numbers]
        _keep(Account, made, [sellers[number % _SELLERS] for number in numbers], "account_id")
    pipeline = DealPipeline.default_for(org)
    stages = list(pipeline.stages.filter(kind="open"))
    accounts = list(Account.objects.order_by("name"))
    for numbers in _batches(Opportunity.objects.count(), deals):
        made = [
            _deal(org, admin, number, accounts[number % len(accounts)], stages[number % len(stages)])
            for number in numbers
        ]
        _keep(Opportunity, made, [sellers[number % _SELLERS] for number in numbers], "opportunity_id")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    link = MagicLinkToken.objects.create(
        email=_ADMIN, token=secrets.token_urlsafe(32), expires_at=timezone.now() + timedelta(minutes=10)
    )
    print(link.token)


def _member(org: Org, email: str, *, role: str) -> Profile:
    user, _made = User.objects.get_or_create(email=email)
    return Profile.objects.get_or_create(user=user, org=org, defaults={"role": role, "has_sales_access": True})[0]


def _batches(there: int, wanted: int) -> Iterator[range]:
    for first in range(there, wanted, _BATCH):
        yield range(first, min(first + _BATCH, wanted))


def _keep(model: type[Model], made: list[Model], owners: list[Profile], key: str) -> None:
    """Keep these rows and whose they are."""
    through = model.assigned_to.through
    with transaction.atomic():
        model.objects.bulk_create(made)
        through.objects.bulk_create(
            [through(**{key: one.pk}, profile_id=owner.pk) for one, owner in zip(made, owners, strict=True)]
        )


def _lead(org: Org, admin: Profile, number: int) -> Lead:
    return Lead(
        org=org,
        created_by=admin.user,
        title=f"Mesin untuk cabang {number}",
        first_name=_FIRST[number % len(_FIRST)],
        last_name=f"{_LAST[number % len(_LAST)]} {number}",
        email=f"lead{number}@example.com",
        phone=f"+62812{number:08d}",
        phone_e164=f"+62812{number:08d}",
        company_name=f"CV Maju {number % 97}",
        city="Bandung",
        country="ID",
        status=_STATUSES[number % len(_STATUSES)],
        source=_SOURCES[number % len(_SOURCES)],
        rating=_RATINGS[number % len(_RATINGS)],
        opportunity_amount=5_000 + number % 9_000,
        currency="USD",
    )


def _deal(org: Org, admin: Profile, number: int, account: Account, stage: Model) -> Opportunity:
    now = timezone.now()
    return Opportunity(
        org=org,
        created_by=admin.user,
        account=account,
        name=f"Mesin untuk cabang {number}",
        pipeline_id=stage.pipeline_id,
        stage=stage.code,
        stage_changed_at=now - timedelta(days=number % 120),
        amount=5_000 + number % 9_000,
        currency="USD",
        probability=25,
        closed_on=now.date() + timedelta(days=number % 200 - 60),
        kanban_order=1_000 * (number + 1),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
