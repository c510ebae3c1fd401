"""The firm that tests walk through: somebody who owns it, and people who must not see each other's records."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from setia.accounts.models import Backup, BackupPlan, Invitation, Role, Team, User
from setia.api.models import Endpoint, Token
from setia.api.tests.people import token_of
from setia.catalogue.models import Product
from setia.core import kept
from setia.core.permissions import every_verb
from setia.core.queries import firm
from setia.customers.models import (
    BulkRow,
    BulkRun,
    ContactPoint,
    Customer,
    CustomerFile,
    CustomerLink,
    CustomField,
    DoubleGroup,
    DoubleSearch,
    DoubleTraining,
    FieldOption,
    LifeEvent,
    Merge,
    MergedCustomer,
    PrivacyRequest,
    SavedView,
    Tag,
    TimelineEntry,
)
from setia.intake.models import Run
from setia.orders.models import Order, OrderLine
from setia.planning.tests.walked import knowing
from setia.portraits.models import Overruling, Portrait
from setia.reports.tests.walked import kept as kept_report
from setia.sales.tests.walked import hoped
from setia.sales.tests.walked_activities import busy
from setia.sales.tests.walked_prospects import asked
from setia.sales.tests.walked_targets import aimed
from setia.service.tests.walked import serve
from setia.subscriptions.tests.walked import subscribed

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
THEIRS = 7_700_001
MARK = "Rahasiawati"
"""Part of the name of Budi's customer: no answer to anybody else holds it."""


def walker(user: User) -> Client:
    """Somebody signed in, in English, who also carries their token for the addresses that programs ask."""
    client = Client(headers={"Authorization": f"Bearer {SECRETS[user.pk]}"})
    client.force_login(user)
    client.cookies["setia_language"] = "en"
    return client


SECRETS: dict[int, str] = {}
"""Each person's token, with every scope, made when they were an owner: a role that shrinks must shrink it, too."""


def person(name: str, role: str) -> User:
    """Somebody with a token, whose role is this one since."""
    user = User.objects.create_user(f"{name.lower()}@kopi.id", "kopi-susu-gula-aren", name=name, role="OWNER")
    token, SECRETS[user.pk] = token_of(user)
    Token.objects.filter(pk=token.pk).update(per_minute=1_000_000, used_at=NOON + timedelta(days=9999))
    User.objects.filter(pk=user.pk).update(role=role)
    return User.objects.get(pk=user.pk)


def world(case: Any) -> None:
    """Rani owns the firm. Budi looks after one customer, all of whose records have the key `THEIRS`."""
    firm()  # its row is made when first asked for
    BackupPlan.objects.create(pk=1)
    rani = person("Rani", "OWNER")
    everything = Role.objects.create(code="everything-own", name="All verbs, own customers", sees="OWN")
    Role.objects.filter(pk=everything.pk).update(verbs=sorted(every_verb()))
    Role.objects.create(code="nothing", name="Nothing at all", sees="OWN")
    case.sari = person("Sari", "everything-own")
    case.tono = person("Tono", "nothing")
    case.budi = person("Budi", "SALES")
    other = User.objects.create_user("wati@kopi.id", "kopi-susu-gula-aren", name="Wati", role="MANAGER", id=THEIRS)
    Team.objects.create(pk=THEIRS, name="North").members.add(other)
    customer = Customer.objects.create(
        pk=THEIRS, name=f"Ibu {MARK}", number=str(THEIRS), owner=case.budi, created_at=NOON, updated_at=NOON
    )
    ContactPoint.objects.create(pk=THEIRS, customer=customer, kind="EMAIL", value=f"{MARK.lower()}@kopi.example")
    TimelineEntry.objects.create(
        pk=THEIRS, customer=customer, kind="NOTE", at=NOON, data={"text": f"{MARK} likes Gayo"}
    )
    Tag.objects.create(pk=THEIRS, name="Wholesale", created_at=NOON)
    friend = Customer.objects.create(name="Joko", owner=case.budi, created_at=NOON, updated_at=NOON)
    CustomerLink.objects.create(pk=THEIRS, customer=customer, other=friend, kind=CustomerLink.Kind.values[0], at=NOON)
    LifeEvent.objects.create(pk=THEIRS, customer=customer, kind=LifeEvent.Kind.values[0], day=date(2020, 5, 1), at=NOON)
    Portrait.objects.create(customer=customer, as_of_date=date(2026, 11, 19), stage="LOYALTY", computed_at=NOON)
    Overruling.objects.create(
        id=THEIRS, customer=customer, what="STAGE", value="REACH", reason=f"{MARK} moved", at=NOON, by=case.budi
    )
    product = Product.objects.create(pk=THEIRS, code="GAYO", name="Gayo", created_at=NOON, updated_at=NOON)
    order = Order.objects.create(
        pk=THEIRS,
        number=f"{MARK}-1",
        customer=customer,
        ordered_at=NOON,
        day=date(2026, 11, 19),
        kind="PURCHASE",
        total=Decimal(125_000),
        created_at=NOON,
    )
    OrderLine.objects.create(order=order, position=1, product=product, quantity=1, unit_price=125_000, amount=125_000)
    knowing(customer, product, key=THEIRS, mark=MARK, at=NOON)
    aimed(case.budi, key=THEIRS, at=NOON)
    subscribed(customer, product, key=THEIRS, mark=MARK, at=NOON)
    serve(customer, key=THEIRS, mark=MARK, at=NOON)
    busy(customer, case.budi, key=THEIRS, mark=MARK, at=NOON)
    hoped(customer, owner=case.budi, key=THEIRS, mark=MARK, at=NOON)
    asked(customer, key=THEIRS, mark=MARK, at=NOON)
    file = Path(settings.HOME) / "files" / "walk.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"name,number\nIbu {MARK},{THEIRS}\n", encoding="utf-8")
    Run.objects.create(
        pk=THEIRS,
        what="CUSTOMERS",
        file_name=f"{MARK}.csv",
        path=str(file),
        by=rani,
        created_at=NOON,
        zone="Asia/Jakarta",
    )
    _programs(case.budi)
    _circle(customer, friend)
    changed = BulkRun.objects.create(pk=THEIRS, by=rani, verb="ARCHIVE", total=1, asked_at=NOON)
    BulkRow.objects.create(run=changed, customer_id=THEIRS)
    kept_report(rani, key=THEIRS, mark=MARK, at=NOON)
    SavedView.objects.create(pk=THEIRS, maker=rani, name=f"{MARK} and friends", made_at=NOON)
    Backup.objects.create(pk=THEIRS, asked_at=NOON, state=Backup.State.QUEUED, file=str(file))
    Invitation.objects.create(
        pk=THEIRS,
        email="bayu@kopi.example",
        role_id="MANAGER",
        token_hash="x",
        by=rani,
        invited_at=NOON,
        expires_at=NOON + timedelta(days=7),
    )


def _programs(budi: User) -> None:
    """Budi's token, and an address that is told what happens."""
    Token.objects.filter(user=budi).update(id=THEIRS)
    Endpoint.objects.create(
        pk=THEIRS, url="https://kopi.example/hook", name="Books", events=[], secret_sealed="", created_at=NOON
    )


def _circle(customer: Customer, friend: Customer) -> None:
    """What else is kept of Budi's customer: a file, a request, a double, a merge; and a field of the firm's own."""
    CustomerFile.objects.create(
        pk=THEIRS,
        customer=customer,
        name=f"{MARK}.txt",
        kind="text/plain",
        size=6,
        sha256=kept.keep(b"Gayo!\n"),
        at=NOON,
        removed_at=None,
    )
    PrivacyRequest.objects.create(
        pk=THEIRS, kind="ACCESS", customer=customer, received_at=NOON, due_at=NOON + timedelta(hours=72), note=MARK
    )
    field = CustomField.objects.create(pk=THEIRS, type="CHOICE", label="Roast", code="roast", created_at=NOON)
    FieldOption.objects.create(pk=THEIRS, field=field, label="Dark")
    search = DoubleSearch.objects.create(pk=THEIRS, state="DONE", asked_at=NOON, finished_at=NOON)
    DoubleGroup.objects.create(pk=THEIRS, search=search, certainty=0.97, members=[customer.pk, friend.pk])
    DoubleTraining.objects.create(pk=THEIRS, search=search, at=NOON, records=2, pairs=1, doubles=1, weights={})
    marker = Customer.objects.create(
        name=f"Bu {MARK}", owner=customer.owner, merged_into=customer, created_at=NOON, updated_at=NOON
    )
    merge = Merge.objects.create(pk=THEIRS, survivor=customer, at=NOON)
    MergedCustomer.objects.create(merge=merge, customer=marker)
