import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection

from setia.accounts.models import AuditEntry
from setia.core import kept
from setia.customers import actions
from setia.customers.models import (
    Consent,
    ConsentEntry,
    ContactPoint,
    Customer,
    CustomerFile,
    Erasure,
    PrivacyRequest,
    TimelineEntry,
)
from setia.customers.queries import may_contact, search, tell
from setia.customers.tests.people import LATER, LATER_STILL, NOON, People
from setia.intake.models import Change, Run
from setia.orders.models import Order

SECRETS = ("Siti", "Nurhaliza", "6281220457781", "20457781", "Jl. Melati", "C-1", "1990-05-04", "Aminah")


class EraseTest(People):
    def setUp(self) -> None:
        """Siti with something in every room."""
        who: dict[str, Any] = {"by": self.dimas, "customer": self.siti}
        actions.edit(**who, at=NOON, birthday=date(1990, 5, 4), region="Sleman", notes="Rumah di Jl. Melati 4")
        actions.note(**who, at=NOON, body="Bu Siti Nurhaliza pindah ke Jl. Melati")
        actions.add_contact(**who, at=NOON, kind="ADDRESS", text="Jl. Melati 4, Sleman")
        actions.grant(
            **who, at=NOON, purpose="MARKETING", channels=["WHATSAPP"], guardian="Ibu Aminah", evidence="Surat Bu Siti"
        )
        self.request = actions.take_request(by=self.rani, at=NOON, kind="ERASE", customer=self.siti, note="Saya, Siti")
        self.order = Order.objects.create(
            number="1",
            customer=self.siti,
            ordered_at=NOON,
            day=NOON.date(),
            kind="PURCHASE",
            total=Decimal(75000),
            note="Antar ke Bu Siti",
            created_at=NOON,
        )
        self.siti.refresh_from_db()

    def everything(self) -> str:
        """All of the database's own tables as text."""
        with connection.cursor() as cursor:
            tables = [name for name in connection.introspection.table_names(cursor) if name.split("_")[0] != "django"]
            texts = []
            for table in tables:
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                texts += [f"{table}: {row}" for (row,) in cursor.fetchall()]
        return "\n".join(texts)

    def test_nothing_in_the_database_says_who_it_was(self) -> None:
        before = self.everything()
        assert all(secret in before for secret in SECRETS)
        actions.erase(by=self.rani, at=LATER, customer=self.siti)
        left = [line for line in self.everything().splitlines() if any(secret in line for secret in SECRETS)]
        assert not left

    def test_the_books_stay_as_they_were_under_a_pseudonym(self) -> None:
        count = TimelineEntry.objects.count()
        erasure = actions.erase(by=self.rani, at=LATER, customer=self.siti)
        self.siti.refresh_from_db()
        self.order.refresh_from_db()
        assert (self.order.customer_id, self.order.total) == (self.siti.pk, Decimal(75000))
        assert (self.siti.number, self.siti.name, self.siti.archived_at is None) == (erasure.pseudonym, "", False)
        assert TimelineEntry.objects.count() == count + 1
        assert ConsentEntry.objects.count() == 1
        assert not ContactPoint.objects.exists()
        others = TimelineEntry.objects.exclude(kind__in=["ADDED", "ERASED"])
        assert all(one.data == {"erased": True} and tell(one).text for one in others)

    def test_the_erased_are_contacted_for_nothing_and_found_by_nothing(self) -> None:
        actions.erase(by=self.rani, at=LATER, customer=self.siti)
        assert may_contact(self.siti, "SERVICE", "WHATSAPP", on=LATER.date()).reason == "ERASED"
        assert set(Consent.objects.values_list("state", flat=True)) == {"WITHDRAWN"}
        for text in ("siti", "0812-2045-7781", "C-1"):
            assert not search(Customer.objects.all(), text)

    def test_the_request_is_answered_and_who_did_it_stays_known(self) -> None:
        actions.erase(by=self.rani, at=LATER, customer=self.siti)
        self.request.refresh_from_db()
        assert (self.request.state, self.request.closed_at, self.request.note) == ("DONE", LATER, "")
        entry = AuditEntry.objects.get(verb="customer.erased")
        assert (entry.by, entry.about_id) == (self.rani, self.siti.pk)
        assert AuditEntry.objects.filter(verb="customer.edited", about_id=self.siti.pk, by=self.dimas).exists()

    def test_erasing_twice_erases_once(self) -> None:
        first = actions.erase(by=self.rani, at=LATER, customer=self.siti)
        assert actions.erase(by=self.rani, at=LATER_STILL, customer=self.siti) == first
        assert AuditEntry.objects.filter(verb="customer.erased").count() == 1

    def test_others_keep_what_is_theirs(self) -> None:
        maria = actions.add(by=self.dimas, at=NOON, name="Maria", contacts=[("WHATSAPP", "0813-1111-2222")])
        actions.edit(by=self.dimas, at=LATER, customer=maria, recommended_by=self.siti)
        actions.link(by=self.dimas, at=LATER, customer=maria, other=self.siti, kind="FAMILY", words="adik Siti")
        actions.note(by=self.dimas, at=LATER, customer=maria, body="Suka Gayo")
        actions.erase(by=self.rani, at=LATER_STILL, customer=self.siti)
        maria.refresh_from_db()
        assert (maria.name, maria.contact_points.count(), maria.recommended_by) == ("Maria", 1, self.siti)
        assert self.told(maria)[-1] == ("NOTE", {"text": "Suka Gayo"})
        assert self.told(maria)[1:3] == [("EDITED", {"erased": True}), ("LINKED", {"erased": True})]
        assert "Siti" not in self.everything()

    def test_only_who_may_erases(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.erase(by=self.dimas, at=LATER, customer=self.siti)
        assert not Erasure.objects.exists()

    def test_a_history_stays_closed_after_an_erasure(self) -> None:
        actions.erase(by=self.rani, at=LATER, customer=self.siti)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('setia.erasing', true), current_setting('setia.restoring', true)")
            assert cursor.fetchone() == ("", "")


class FilesTest(People):
    """What imports have left behind, and what lies on the record."""

    def test_a_persons_files_go_with_their_contents_unless_somebody_else_has_the_same(self) -> None:
        maria = actions.add(by=self.dimas, at=NOON, name="Maria")
        own, shared = kept.keep(b"%PDF KTP Siti"), kept.keep(b"%PDF brosur")
        for customer, digest in ((self.siti, own), (self.siti, shared), (maria, shared)):
            CustomerFile.objects.create(
                customer=customer, name="KTP Siti.pdf", kind="application/pdf", size=9, sha256=digest, at=NOON
            )
        actions.erase(by=self.rani, at=LATER, customer=self.siti)
        assert [one.customer for one in CustomerFile.objects.all()] == [maria]
        assert (kept.path_of(own).exists(), kept.path_of(shared).exists()) == (False, True)

    def run_with_files(self) -> tuple[Run, Path, Path]:
        home = Path(settings.HOME) / "files"
        for name in ("intake", "rejects"):
            (home / name).mkdir(parents=True, exist_ok=True)
        copy, rejects = home / "intake" / "abc.csv", home / "rejects" / "run-1.csv"
        copy.write_text("nama;wa\nSiti Nurhaliza;081220457781\n")
        rows = [
            "nama,wa,Row,Reason",
            "SITI  NURHALIZA,,2,x",
            "Budi,+62 812 2045 7781,3,x",
            "C-1,,4,x",
            "Maria,0813,5,x",
        ]
        rejects.write_text("\ufeff" + "\n".join(rows) + "\n", encoding="utf-8")
        run = Run.objects.create(
            what="CUSTOMERS",
            state="DONE",
            file_name="a.csv",
            path=str(copy),
            rejects_path=str(rejects),
            zone="Asia/Jakarta",
            created_at=NOON,
            finished_at=NOON,
            undo_report={"left": {}, "left_rows": [{"table": "x", "id": 1, "label": "Siti Nurhaliza", "reason": "r"}]},
        )
        return run, copy, rejects

    def test_stored_files_and_before_images_do_not_keep_the_person(self) -> None:
        run, copy, rejects = self.run_with_files()
        Change.objects.create(run=run, table="customers_customer", row_id=self.siti.pk, before={"name": "Siti N."})
        order = {"customer_id": self.siti.pk, "note": "Bu Siti", "total": 5}
        Change.objects.create(run=run, table="orders_order", row_id=77, before=order)
        actions.erase(by=self.rani, at=LATER, customer=self.siti)
        assert not copy.exists()
        text = rejects.read_text(encoding="utf-8-sig")
        assert "7781" not in text
        assert "C-1" not in text
        assert "Maria,0813,5,x" in text
        assert [one.before for one in Change.objects.all()] == [order | {"note": ""}]
        run.refresh_from_db()
        assert (run.path, run.undo_report) == ("", {"left": {}, "left_rows": []})

    def test_a_file_the_command_read_where_it_lies_is_left_alone(self) -> None:
        run, copy, _rejects = self.run_with_files()
        own = Path(settings.HOME) / "own.csv"
        own.write_text("Siti")
        Run.objects.filter(pk=run.pk).update(path=str(own))
        actions.erase(by=self.rani, at=LATER, customer=self.siti)
        assert own.exists()
        assert copy.exists()


class LedgerTest(People):
    def test_the_ledger_lies_beside_the_backups_and_names_nobody(self) -> None:
        made_at = self.siti.created_at
        erasure = actions.erase(by=self.rani, at=LATER, customer=self.siti)
        path = Path(settings.HOME) / "backups" / actions.LEDGER
        lines = [json.loads(text) for text in path.read_text().splitlines()]
        assert {
            "customer": self.siti.pk,
            "made_at": made_at.isoformat(),
            "pseudonym": erasure.pseudonym,
            "at": LATER.isoformat(),
        } in lines
        assert "Siti" not in path.read_text()

    def test_who_comes_back_with_an_old_backup_is_erased_again_under_the_same_pseudonym(self) -> None:
        line = actions.Erased(self.siti.pk, self.siti.created_at, "ERASED-12345678", LATER)
        assert actions.erase_again([line, line], at=LATER_STILL) == 1
        self.siti.refresh_from_db()
        assert (self.siti.number, self.siti.name) == ("ERASED-12345678", "")

    def test_another_person_with_the_same_key_is_left_alone(self) -> None:
        line = actions.Erased(self.siti.pk, self.siti.created_at - timedelta(microseconds=1), "ERASED-1", LATER)
        assert actions.erase_again([line], at=LATER_STILL) == 0
        assert Customer.objects.get(pk=self.siti.pk).name == "Siti Nurhaliza"

    def test_a_ledger_cut_off_by_a_crash_is_read_as_far_as_it_goes(self) -> None:
        line = actions.Erased(self.siti.pk, self.siti.created_at, "ERASED-12345678", LATER)
        path = Path(settings.HOME) / "cut.jsonl"
        path.write_text(line.to_json() + '\n{"customer": 5, "made')
        assert list(actions.read_ledger(path)) == [line]
        assert list(actions.read_ledger(path.with_name("none.jsonl"))) == []

    def test_lines_the_table_does_not_know_stay_in_the_file(self) -> None:
        folder = Path(settings.HOME) / "other"
        folder.mkdir(exist_ok=True)
        foreign = actions.Erased(987654, NOON, "ERASED-9", NOON)
        (folder / actions.LEDGER).write_text(foreign.to_json() + "\n")
        Erasure.objects.create(customer_key=1, made_at=NOON, pseudonym="ERASED-A", at=NOON)
        lines = list(actions.read_ledger(actions.write_ledger(folder)))
        assert [line.pseudonym for line in lines] == ["ERASED-9", "ERASED-A"]
        assert PrivacyRequest.objects.count() == 0
