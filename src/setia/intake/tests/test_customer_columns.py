"""A file of customers fills the firm's own fields, says who is responsible, puts tags on; all of it can be undone."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from setia.accounts.models import User
from setia.customers import actions as customers
from setia.customers.models import Customer, CustomerTag, CustomField, Tag
from setia.intake.actions import execute, undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.intake.queries import check, problem_text
from setia.intake.tests.helping import draft, take_in
from setia.intake.tests.test_map_import import chosen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rani() -> User:
    rani = User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)
    User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")
    User.objects.create_user("bayu@kopi.id", None, name="Bayu Saputra", is_active=False)
    return rani


@pytest.fixture
def fields(rani: User) -> dict[str, CustomField]:
    """Target spend, a day, a choice of two roasts, a machine in words, cups a day, and by whom they came."""
    at = datetime.now(UTC)
    kinds: list[tuple[str, str, list[str]]] = [
        ("Target belanja", "MONEY", []),
        ("Langganan sejak", "DATE", []),
        ("Sangrai", "CHOICE", ["Terang", "Gelap"]),
        ("Mesin", "TEXT", []),
        ("Cangkir", "NUMBER", []),
        ("Dibawa oleh", "REFERENCE", []),
    ]
    return {
        label: customers.add_field(by=rani, at=at, label=label, type=kind, options=options, quick=False)
        for label, kind, options in kinds
    }


HEAD = "nomor,nama,Target belanja,Langganan sejak,Sangrai,Mesin,Cangkir,Dibawa oleh,penanggung jawab,tag\n"
FILE = HEAD + (
    "K1,Siti Rahma,Rp1.250.000,31/12/2024,gelap,La Pavoni; “tua”,12,K2,dimas@kopi.id,VIP; Grosir\n"
    'K2,Budi Santoso,"2.000.000,50",01/02/2025,Terang,,3,Siti Rahma,Rani Wulandari,"vip, pameran"\n'
    "K3,Tono,,,,,,,,\n"
)


def people(folder: Path, text: str = FILE, **more: Any) -> Run:
    return take_in(folder, text, what="CUSTOMERS", name="people.csv", **more)


def extra_of(number: str, fields: dict[str, CustomField]) -> dict[str, Any]:
    one = Customer.objects.get(number=number)
    return {label: one.extra[field.key] for label, field in fields.items() if field.key in one.extra}


def test_every_kind_of_own_field_is_filled_by_the_column_of_its_name(
    tmp_path: Path, fields: dict[str, CustomField]
) -> None:
    run = people(tmp_path)
    assert (run.state, run.accepted, run.rejected) == ("DONE", 3, 0), run.problem
    dark = fields["Sangrai"].options.get(label="Gelap").pk
    assert extra_of("K1", fields) == {
        "Target belanja": 1_250_000,
        "Langganan sejak": "2024-12-31",
        "Sangrai": dark,
        "Mesin": "La Pavoni; “tua”",
        "Cangkir": 12,
        "Dibawa oleh": Customer.objects.get(number="K2").pk,
    }
    assert extra_of("K2", fields)["Target belanja"] == Decimal("2000000.5")
    assert extra_of("K2", fields)["Dibawa oleh"] == Customer.objects.get(number="K1").pk, "by a name only one has"
    assert extra_of("K3", fields) == {}


def test_who_is_responsible_is_named_by_e_mail_or_name_and_tags_are_put_on(tmp_path: Path, rani: User) -> None:
    people(tmp_path)
    owners = dict(Customer.objects.values_list("number", "owner__email"))
    assert owners == {"K1": "dimas@kopi.id", "K2": "rani@kopi.id", "K3": None}
    on = sorted(CustomerTag.objects.values_list("customer__number", "tag__name"))
    assert on == [("K1", "Grosir"), ("K1", "VIP"), ("K2", "VIP"), ("K2", "pameran")]


@pytest.mark.usefixtures("fields")
def test_the_same_file_again_changes_nothing_and_undo_takes_everything_back(tmp_path: Path) -> None:
    empty = business_checksum()
    first = people(tmp_path)
    before = business_checksum()
    again = people(tmp_path)
    assert business_checksum() == before
    assert again.counts["customers"] == {"created": 0, "updated": 0, "unchanged": 3}
    assert again.counts["tags"] == {"created": 0, "updated": 0, "unchanged": 4}
    undo(again, by=None, at=datetime.now(UTC))
    assert business_checksum() == before
    undo(first, by=None, at=datetime.now(UTC))
    assert business_checksum() == empty
    assert not Tag.objects.exists()


def test_undo_puts_former_values_owner_and_tags_back(tmp_path: Path, fields: dict[str, CustomField]) -> None:
    people(tmp_path)
    before = business_checksum()
    changed = people(tmp_path, HEAD + "K1,Siti Rahma,9,,Terang,,,K3,rani@kopi.id,baru\n")
    assert extra_of("K1", fields)["Target belanja"] == 9
    assert extra_of("K1", fields)["Mesin"] == "La Pavoni; “tua”", "an empty cell says nothing"
    assert extra_of("K1", fields)["Dibawa oleh"] == Customer.objects.get(number="K3").pk
    assert changed.counts["customers"]["updated"] == 1
    undo(changed, by=None, at=datetime.now(UTC))
    assert business_checksum() == before


def test_what_a_field_cannot_hold_is_said_in_words(tmp_path: Path, fields: dict[str, CustomField]) -> None:
    text = HEAD + (
        "K1,Siti,banyak,,,,,,,\nK2,Budi,,31/02/2025,,,,,,\nK3,Tono,,,,,,,siapa@kopi.id,\n"
        "K4,Wati,,,hijau,,,K99,bayu@kopi.id,\n"
    )
    waiting = draft(tmp_path, text, what="CUSTOMERS", name="wrong.csv")
    said = " ".join(one.text for one in check(waiting).problems)
    assert "banyak" in said
    assert "siapa@kopi.id" in said
    run = people(tmp_path, text)
    assert (run.accepted, run.rejected) == (1, 3)
    assert sorted(one["code"] for one in run.warnings) == ["choice", "owner_left", "reference"]
    assert extra_of("K4", fields) == {}
    assert Customer.objects.get(number="K4").owner is None


def test_an_importer_whose_role_may_not_tag_cannot_tag_by_a_file(tmp_path: Path, rani: User) -> None:
    run = draft(tmp_path, FILE, what="CUSTOMERS", name="people.csv")
    finance = User.objects.create_user("dewi@kopi.id", None, name="Dewi", role="FINANCE")
    Run.objects.filter(pk=run.pk).update(by=finance)
    ended = execute(run.pk)
    assert ended.state == "FAILED"
    assert "Your role may not change this" in problem_text(ended) or "Peran Anda" in problem_text(ended)
    assert not Customer.objects.exists()


def test_a_mapping_by_hand_names_an_own_field_by_its_code(tmp_path: Path, fields: dict[str, CustomField]) -> None:
    code = fields["Mesin"].code
    plan = {"fields": {"number": "a", f"own.{code}": "b"}}
    people(tmp_path, "a,b\nK7,La Pavoni\n", plan=plan)
    assert extra_of("K7", fields) == {"Mesin": "La Pavoni"}


def test_a_mapping_to_a_field_that_is_gone_is_said(tmp_path: Path, fields: dict[str, CustomField]) -> None:
    run = draft(tmp_path, FILE, what="CUSTOMERS", name="people.csv")
    CustomField.objects.filter(pk=fields["Mesin"].pk).delete()
    assert execute(run.pk).problem == {"code": "plan_field", "value": f"own_{fields['Mesin'].key}"}


def test_a_column_without_a_field_may_become_one_of_its_kind(tmp_path: Path, rani: User, settings: Any) -> None:
    settings.HOME = tmp_path / "home"
    rows = "".join(f"K{n},Orang {n},{'AB'[n % 2]},Rp{n}.000,0{n},{n}\n" for n in range(1, 25))
    run = draft(tmp_path, "nomor,nama,Ukuran,Plafon,Kode toko,Meja\n" + rows, what="CUSTOMERS", name="new.csv")
    Run.objects.filter(pk=run.pk).update(state="DRAFT")
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(rani, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get(f"/import/{run.pk}/").content.decode()
    for kind in ("choice", "money", "text", "number"):
        assert f"a new field of your own: {kind}" in page
    data = chosen(run) | dict.fromkeys(("column_2", "column_3", "column_4", "column_5"), "NEW")
    assert browser.post(f"/import/{run.pk}/map/", data).status_code == 302
    made = dict(CustomField.objects.values_list("label", "type"))
    assert made == {"Ukuran": "CHOICE", "Plafon": "MONEY", "Kode toko": "TEXT", "Meja": "NUMBER"}
    Run.objects.filter(pk=run.pk).update(state="QUEUED")
    execute(run.pk)
    fields = {one.label: one for one in CustomField.objects.all()}
    size = fields["Ukuran"].options.get(label="B").pk
    assert extra_of("K1", fields) == {"Ukuran": size, "Plafon": 1000, "Kode toko": "01", "Meja": 1}


def test_who_may_not_arrange_fields_is_offered_none(tmp_path: Path, rani: User, settings: Any) -> None:
    settings.HOME = tmp_path / "home"
    run = draft(tmp_path, "nomor,nama,Ukuran\nK1,Siti,A\n", what="CUSTOMERS", name="new.csv")
    Run.objects.filter(pk=run.pk).update(state="DRAFT")
    finance = User.objects.create_user("dewi@kopi.id", None, name="Dewi", role="FINANCE")
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(finance, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "a new field of your own" not in browser.get(f"/import/{run.pk}/").content.decode()
    assert browser.post(f"/import/{run.pk}/map/", chosen(run, column_2="NEW")).status_code == 422
    assert not CustomField.objects.exists()
