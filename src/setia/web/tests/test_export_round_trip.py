"""What the list exports, an import reads back: taken in as it is, the file changes nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from setia.accounts.models import User
from setia.customers import actions
from setia.intake.actions import execute, start_draft
from setia.intake.checksum import business_checksum
from setia.intake.models import Run

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)


@pytest.fixture
def rani() -> User:
    """The owner of a shop with three customers who have everything an export can tell."""
    rani = User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)
    kinds: tuple[tuple[str, str, list[str]], ...] = (
        ("Target belanja", "MONEY", []),
        ("Langganan sejak", "DATE", []),
        ("Sangrai", "CHOICE", ["Terang", "Gelap"]),
        ("Mesin", "TEXT", []),
        ("Dibawa oleh", "REFERENCE", []),
    )
    for label, kind, options in kinds:
        actions.add_field(by=rani, at=NOON, label=label, type=kind, options=options, quick=False)
    siti = actions.add(
        by=rani,
        at=NOON,
        number="C-1",
        name="=HYPERLINK(1)",
        title="Hj.",
        call_name="Siti",
        role="INTERMEDIARY",
        relation="CLIENT",
        acquisition="RECOMMENDED",
        gender="FEMALE",
        birthday=date(1988, 3, 14),
        region="Kota Bandung",
        tax_number="3273014107880002",
        notes="Suka gelap.\n+ susu; gula",
        owner=rani,
        industry=actions.industry_named("Kuliner, katering"),
        contacts=[("WHATSAPP", "0812-2045-7781"), ("EMAIL", "siti@x.id")],
        extra={"target_belanja": Decimal("1250000.5"), "langganan_sejak": date(2024, 12, 31), "sangrai": "Gelap"},
    )
    for name in ("VIP", "grosir, besar"):
        actions.tag_customer(by=rani, at=NOON, customer=siti, name=name)
    kusuma = actions.add(
        by=rani,
        at=NOON,
        number="C-2",
        kind="COMPANY",
        name="PT Kusuma Jaya",
        role="INTERNAL",
        relation="BUYER",
        acquisition="OWN",
        extra={"mesin": "-La Pavoni", "dibawa_oleh": siti.pk},
    )
    actions.tag_customer(by=rani, at=NOON, customer=kusuma, name="pameran; Mei, Juni")
    actions.add(by=rani, at=NOON, name="Tono", contacts=[("PHONE", "0813-0000-0001")], gender="MALE")
    return rani


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_export_taken_in_again_changes_nothing(rani: User, language: str, tmp_path: Path) -> None:
    browser = Client(headers={"accept-language": language})
    browser.force_login(rani, backend="allauth.account.auth_backends.AuthenticationBackend")
    browser.cookies["setia_language"] = language
    answer: Any = browser.get(reverse("export_customers"))
    path = tmp_path / "customers.csv"
    path.write_bytes(b"".join(answer.streaming_content))
    before = business_checksum()
    run = start_draft(by=None, at=NOON, what="CUSTOMERS", file_name=path.name, upload=path)
    wanted = {"number", "name", "title", "call_name", "kind", "role", "relation", "industry", "tax_number", "gender"}
    wanted |= {"birthday", "region", "phone", "email", "owner", "tags", "acquisition", "notes"}
    assert wanted <= set(run.mapping["fields"]), "every column of the record is recognised"
    assert len([name for name in run.mapping["fields"] if name.startswith("own_")]) == 5
    Run.objects.filter(pk=run.pk).update(state="QUEUED", beat_at=NOON)
    ended = execute(run.pk)
    assert (ended.state, ended.accepted, ended.rejected, ended.warnings) == ("DONE", 3, 0, []), ended.problem
    assert ended.counts["customers"] == {"created": 0, "updated": 0, "unchanged": 3}
    assert business_checksum() == before
