"""Backups that are made by themselves: the plan, the job of the night, one asked for, cancelled, taken along."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import TestCase
from django.urls import reverse

from setia.accounts import actions, queries
from setia.accounts.models import AuditEntry, Backup, BackupPlan, User
from setia.core.secrets import unseal

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)  # noon in Jakarta


class BackupsTest(TestCase):
    rani: User
    dimas: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role=User.Role.OWNER)
        cls.dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas", role="MANAGER")

    def waiting(self) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT task_name, scheduled_at FROM procrastinate_jobs WHERE status = 'todo'"
                " AND task_name LIKE 'accounts.back%' ORDER BY id"
            )
            return list(cursor.fetchall())

    def change(self, **values: Any) -> list[str]:
        return actions.change_backup_plan(by=self.rani, at=NOON, **values)

    def sign_in(self, user: User) -> None:
        self.client.force_login(user)
        self.client.cookies["setia_language"] = "en"

    # The night

    def test_the_next_night_is_the_plans_hour_of_the_firms_day(self) -> None:
        assert queries.next_night(at=NOON) == datetime(2026, 11, 19, 19, 0, tzinfo=UTC)  # 02:00 in Jakarta
        assert queries.next_night(at=NOON + timedelta(hours=14)) == datetime(2026, 11, 20, 19, 0, tzinfo=UTC)

    def test_one_night_waits_in_the_queue_and_a_new_hour_moves_it(self) -> None:
        assert actions.schedule_backup(at=NOON)
        assert not actions.schedule_backup(at=NOON)
        assert self.waiting() == [("accounts.back_up_nightly", datetime(2026, 11, 19, 19, 0, tzinfo=UTC))]
        self.change(hour=23)
        assert self.waiting() == [("accounts.back_up_nightly", datetime(2026, 11, 19, 16, 0, tzinfo=UTC))]

    def test_a_night_plans_the_next_one_and_makes_a_backup_unless_switched_off(self) -> None:
        with mock.patch("setia.accounts.actions.backups.back_up") as made:
            actions.back_up_nightly(at=NOON)
            assert len(self.waiting()) == 1
            assert made.call_count == 1
            Backup.objects.all().delete()
            self.change(on=False)
            actions.back_up_nightly(at=NOON + timedelta(days=1))
            assert made.call_count == 1
        assert not Backup.objects.exists()

    def test_a_night_whose_worker_was_killed_goes_on_with_the_same_backup(self) -> None:
        lost = Backup.objects.create(asked_at=NOON, state="RUNNING")
        with mock.patch("setia.accounts.actions.backups.back_up") as made:
            actions.back_up_nightly(at=NOON + timedelta(minutes=1))
        assert made.call_args.kwargs["backup_id"] == lost.pk

    # By hand

    def test_one_is_made_at_a_time_and_it_is_written_down_who_asked(self) -> None:
        backup = actions.start_backup(by=self.rani, at=NOON)
        with pytest.raises(actions.BackupUnderWay):
            actions.start_backup(by=self.rani, at=NOON)
        assert [name for name, _at in self.waiting()] == ["accounts.back_up"]
        assert AuditEntry.objects.get(verb="backup.started").about_id == backup.pk

    def test_one_whose_worker_never_came_back_does_not_keep_others_from_being_made(self) -> None:
        lost = Backup.objects.create(asked_at=NOON - timedelta(days=1), state="RUNNING")
        actions.start_backup(by=self.rani, at=NOON)
        lost.refresh_from_db()
        assert lost.state == "FAILED"

    def run_with(self, code: str, backup: Backup) -> None:
        """The worker's part, with another program in the place of the one that makes backups."""
        real = subprocess.Popen
        with mock.patch("setia.accounts.actions.backups.subprocess.Popen") as popen:
            popen.side_effect = lambda *_args, **_more: real([sys.executable, "-c", code])
            with mock.patch("setia.accounts.actions.backups._LOOK_SECONDS", 0.05):
                actions.back_up(backup_id=backup.pk, at=NOON)

    def test_a_program_that_ends_without_a_word_is_a_failure_said_on_both_pages(self) -> None:
        backup = actions.start_backup(by=self.rani, at=NOON)
        with pytest.raises(actions.BackupFailed) as failed:
            self.run_with("raise SystemExit(3)", backup)
        backup.refresh_from_db()
        assert (backup.state, backup.problem, failed.value.plain) == ("FAILED", "exit 3", "exit 3")

    def test_cancelled_it_is_ended_and_before_it_began_it_does_not_begin(self) -> None:
        backup = actions.start_backup(by=self.rani, at=NOON)
        Backup.objects.filter(pk=backup.pk).update(state="RUNNING")
        assert actions.cancel_backup(by=self.rani, at=NOON, backup=backup)
        with pytest.raises(actions.BackupFailed, match="exit -15"):
            self.run_with("import time; time.sleep(60)", backup)
        waiting = actions.start_backup(by=self.rani, at=NOON)
        assert actions.cancel_backup(by=self.rani, at=NOON, backup=waiting)
        assert not actions.cancel_backup(by=self.rani, at=NOON, backup=waiting)
        self.run_with("raise SystemExit(1)", waiting)
        waiting.refresh_from_db()
        assert waiting.state == "CANCELLED"

    # The plan

    def test_a_passphrase_is_kept_sealed_and_never_told(self) -> None:
        assert self.change(keep_days=30, passphrase="kopi-susu-gula-aren") == ["keep_days", "passphrase_sealed"]
        plan = BackupPlan.objects.get()
        assert unseal(plan.passphrase_sealed) == "kopi-susu-gula-aren"
        assert "kopi" not in str(AuditEntry.objects.get(verb="backup_plan.changed").data)
        assert self.change(keep_days=30) == []
        self.change(passphrase="")
        assert BackupPlan.objects.get().passphrase_sealed == ""

    def test_only_whoever_may_does(self) -> None:
        backup = Backup.objects.create(asked_at=NOON, state="RUNNING")
        for verb in (
            lambda: actions.change_backup_plan(by=self.dimas, at=NOON, on=False),
            lambda: actions.start_backup(by=self.dimas, at=NOON),
            lambda: actions.cancel_backup(by=self.dimas, at=NOON, backup=backup),
            lambda: actions.hand_out_backup(by=self.dimas, at=NOON, backup=backup),
            lambda: queries.get_backup_for(self.dimas, backup.pk),
        ):
            with pytest.raises(PermissionDenied):
                verb()

    # Pages

    def test_the_page_tells_how_old_the_latest_is_and_whether_it_can_be_restored(self) -> None:
        self.sign_in(self.rani)
        self.assertContains(self.client.get(reverse("backups")), "There is no backup yet.")
        Backup.objects.create(
            asked_at=NOON, state="DONE", made_at=NOON, checked_at=NOON, size=5_000_000, tables=71, rows=12_345
        )
        page = self.client.get(reverse("backups"))
        self.assertContains(page, "71 tables with 12,345 rows are equal.")
        self.assertContains(page, "every table equal")
        self.sign_in(self.dimas)
        assert self.client.get(reverse("backups")).status_code == 403

    def test_the_plan_is_changed_on_the_page_and_what_is_wrong_is_said(self) -> None:
        self.sign_in(self.rani)
        form = {"on": "on", "hour": "3", "keep_days": "7", "folder": "relative", "passphrase": "short"}
        answer = self.client.post(reverse("backups"), form)
        assert answer.status_code == 422
        self.assertContains(answer, "beginning with /", status_code=422)
        self.client.post(reverse("backups"), form | {"folder": "/srv/backups", "passphrase": "kopi-susu-gula"})
        plan = BackupPlan.objects.get()
        assert (plan.on, plan.hour, plan.keep_days, plan.folder) == (True, 3, 7, "/srv/backups")
        assert plan.passphrase_sealed

    def test_a_change_of_the_plan_asks_who_is_there_and_keeps_no_passphrase_meanwhile(self) -> None:
        self.sign_in(self.rani)
        session = self.client.session
        session["signed_in_at"] -= 3600
        session.save()
        answer = self.client.post(reverse("backups"), {"hour": "3", "passphrase": "kopi-susu-gula"})
        assert answer["Location"].startswith(reverse("confirm_identity"))
        assert "kopi" not in str(dict(self.client.session))

    def test_started_followed_and_cancelled_on_the_page(self) -> None:
        self.sign_in(self.rani)
        self.client.post(reverse("start_backup"))
        backup = Backup.objects.get()
        self.assertContains(self.client.get(reverse("backups")), reverse("follow_backup"))
        Backup.objects.update(state="RUNNING", step="LOAD")
        self.assertContains(self.client.get(reverse("follow_backup")), "Loading the file")
        self.client.post(reverse("cancel_backup", args=[backup.pk]))
        self.assertContains(self.client.get(reverse("follow_backup")), "It is being ended.")
        Backup.objects.update(state="CANCELLED")
        assert self.client.get(reverse("follow_backup"))["HX-Refresh"] == "true"

    def test_a_file_is_handed_out_and_that_is_written_down_and_one_tidied_away_is_not_there(self) -> None:
        self.sign_in(self.rani)
        path = Path(mkdtemp()) / "setia-20261119T050000Z.setia"
        path.write_bytes(b"all of it")
        backup = Backup.objects.create(asked_at=NOON, state="DONE", made_at=NOON, file=str(path))
        url = reverse("download_backup", args=[backup.pk])
        self.assertContains(self.client.get(reverse("backups")), url)
        answer = self.client.get(url)
        assert b"".join(answer.streaming_content) == b"all of it"  # type: ignore[attr-defined]
        assert path.name in answer["Content-Disposition"]
        assert AuditEntry.objects.get(verb="backup.downloaded").by == self.rani
        path.unlink()
        assert self.client.get(url).status_code == 404
