"""The audit trail: it grows, and nothing else."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from setia.accounts import actions, queries
from setia.accounts.models import AuditEntry, User
from setia.accounts.queries import Wanted
from setia.accounts.tests.people import NOON, dewi, ratna
from setia.core import trail
from setia.core.words import known_verbs

pytestmark = pytest.mark.django_db


def write(by: User | None, verb: str = "customer.archived", **kwargs: Any) -> AuditEntry:
    return actions.audit(by=by, at=NOON, verb=verb, about="customer", about_id=7, **kwargs)


def test_an_entry_says_who_did_what_to_what() -> None:
    owner = ratna()
    entry = write(owner, data={"fields": ["name"]})
    entry.refresh_from_db()
    assert (entry.by, entry.at, entry.verb, entry.about, entry.about_id) == (
        owner,
        NOON,
        "customer.archived",
        "customer",
        7,
    )
    assert entry.data == {"fields": ["name"]}


def test_no_code_can_change_or_delete_an_entry() -> None:
    entry = write(ratna())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(verb="nothing.happened")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(by=dewi())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.delete()
    assert AuditEntry.objects.get(pk=entry.pk).verb == "customer.archived"


def test_the_trail_stays_when_a_person_is_removed_by_hand() -> None:
    member = dewi()
    entry = write(member)
    member.delete()
    entry.refresh_from_db()
    assert entry.by is None
    assert entry.verb == "customer.archived"


def test_a_network_address_is_kept_as_a_mark_that_leads_nowhere() -> None:
    first, second, other = (write(None, address=address) for address in ("10.1.2.3", "10.1.2.3", "10.1.2.4"))
    assert first.address == second.address != other.address
    assert "10.1" not in first.address
    assert write(None).address == ""


def test_pages_follow_each_other_by_key_and_leave_nothing_out() -> None:
    owner = ratna()
    keys = [write(owner).pk for _ in range(7)]
    seen: list[int] = []
    before = ""
    while True:
        page = queries.audit_page_for(owner, Wanted(), before=before, size=3)
        seen += [line.entry.pk for line in page.lines]
        write(owner, "customer.edited")  # what arrives meanwhile moves nothing
        if not page.before:
            break
        before = page.before
    assert seen == sorted(keys, reverse=True)


def found(owner: User, **wanted: Any) -> list[int]:
    return [line.entry.pk for line in queries.audit_page_for(owner, Wanted(**wanted)).lines]


def test_it_can_be_read_by_person_kind_of_thing_group_of_acts_and_period() -> None:
    owner, member = ratna(), dewi()
    edited = write(owner, "customer.edited").pk
    archived = write(member).pk
    merged = write(member, "customer.merged").pk
    made = actions.audit(by=owner, at=NOON + timedelta(days=3), verb="team.added", about="team", about_id=1).pk
    by_itself = actions.audit(by=None, at=NOON - timedelta(days=3), verb="retention.done", about="retention").pk
    assert found(owner, person=member.pk) == [merged, archived]
    assert found(owner, person=queries.NOBODY) == [by_itself]
    assert found(owner, about="team") == [made]
    assert found(owner, about="double") == [merged]
    assert found(owner, about="customer") == [merged, archived, edited]
    assert found(owner, act="REMOVED") == [archived, by_itself]
    assert found(owner, person=member.pk, act="MERGED") == [merged]
    assert found(owner, about="team", act="MERGED") == []
    today = NOON.date()
    assert found(owner, since=today, until=today) == [merged, archived, edited]
    assert found(owner, since=today + timedelta(days=1)) == [made]
    assert found(owner, about="customer", about_id=7) == [merged, archived, edited]
    assert found(owner, about="customer", about_id=8) == []


def test_a_day_of_the_period_is_the_firms_day() -> None:
    owner = ratna()
    late = actions.audit(by=owner, at=datetime(2026, 11, 22, 16, 59, tzinfo=UTC), verb="team.added", about="team").pk
    early = actions.audit(by=owner, at=datetime(2026, 11, 22, 17, 0, tzinfo=UTC), verb="team.added", about="team").pk
    assert found(owner, until=date(2026, 11, 22)) == [late]  # 23.59 in Jakarta
    assert found(owner, since=date(2026, 11, 23)) == [early]  # midnight there


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(), "accounts_audit_at"),
        (Wanted(since=date(2026, 1, 1), until=date(2026, 2, 1)), "accounts_audit_at"),
        (Wanted(person=3), "accounts_audit_by"),
        (Wanted(person=0), "accounts_audit_by"),
        (Wanted(about="team"), "accounts_audit_verb"),
        (Wanted(act="REMOVED"), "accounts_audit_verb"),
        (Wanted(person=3, act="MERGED"), "accounts_audit_by_verb"),
        (Wanted(about="customer", about_id=7), "accounts_audit_about"),
    ],
)
def test_every_filter_reads_along_an_index(wanted: Wanted, index: str) -> None:
    owner, member = ratna(), dewi()
    with CaptureQueriesContext(connection) as asked:
        queries.audit_page_for(owner, replace(wanted, person=member.pk) if wanted.person else wanted)
    sql = next(one["sql"] for one in asked.captured_queries if "e.at DESC" in one["sql"])
    with connection.cursor() as cursor:  # few rows would be read whole: what is asked is what a long trail would do
        cursor.execute(
            "INSERT INTO accounts_auditentry (by_id, at, verb, about, about_id, data, address)"
            " SELECT CASE n %% 20 WHEN 0 THEN NULL WHEN 1 THEN %s ELSE %s END, now() - n * interval '1 minute',"
            " (ARRAY['customer.edited', 'team.added', 'customer.merged', 'import.done', 'order.added'])[1 + n %% 5],"
            " (ARRAY['customer', 'team', 'customer', 'import', 'order'])[1 + n %% 5], n %% 977, '{}', ''"
            " FROM generate_series(1, 5000) n",
            [member.pk, owner.pk],
        )
        cursor.execute("ANALYZE accounts_auditentry")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN (COSTS OFF) {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert re.search(rf"using {index}\b", plan), plan
    assert "Seq Scan on accounts_auditentry" not in plan


def test_every_verb_of_the_house_has_words_and_a_group() -> None:
    acts = {
        "order.given_back": "RESTORED",
        "customer.merged": "MERGED",
        "user.signed_in": "SIGN_IN",
        "role.changed": "CHANGED",
    }
    assert {verb: trail.act_of(verb) for verb in acts} == acts
    assert {trail.act_of(verb) for verb in known_verbs()} == set(trail.ACTS)
    house = Path(actions.__file__).parents[2]
    texts = [path.read_text() for path in house.rglob("actions/**/*.py")] + [
        (house / "catalogue" / "actions.py").read_text()
    ]
    verbs = {verb for text in texts for verb in re.findall(r'verb="([a-z_]+\.[a-z_]+)"', text)}
    assert len(verbs) > 50
    assert verbs - known_verbs() == set()


def test_the_trail_says_things_as_they_are_called_and_from_what_to_what(client: Client) -> None:
    owner, member = ratna(), dewi()
    team = actions.add_team(by=owner, at=NOON, name="Toko Barat", members=[])
    actions.edit_team(by=owner, at=NOON, team=team, name="Toko Barat", members=[member])
    actions.change_role(by=owner, at=NOON, user=member, role="ANALYST")
    actions.change_firm(by=owner, at=NOON, name="Kopi Nusantara")
    actions.start_backup(by=owner, at=NOON)
    with translation.override("en"):
        lines = {line.title: line for line in queries.audit_page_for(owner, Wanted()).lines}
    joined = lines["Changed a team"]
    assert (joined.thing, joined.url) == ("Toko Barat", f"/settings/teams/{team.pk}/")
    assert ("Came in", "Dewi Lestari") in joined.notes
    role = lines["Changed a role"]
    assert role.thing == "Dewi Lestari"
    assert [tuple(one) for one in role.changes] == [("Role", "Member", "Analyst")]
    assert ("Name", "nothing", "Kopi Nusantara") in [tuple(one) for one in lines["Changed the firm's settings"].changes]
    client.force_login(owner)
    for language, said in (("id", "Dewi Lestari"), ("en", "Toko Barat")):
        text = client.get("/settings/audit/", headers={"accept-language": language}).content.decode()
        assert said in text
        assert not re.search(r"&#39;[a-z_]+&#39;:|\{&#34;|\[\d+\]", text)  # no raw data


def test_a_page_costs_few_queries_whatever_it_shows(client: Client) -> None:
    owner, member = ratna(), dewi()
    team = actions.add_team(by=owner, at=NOON, name="Toko Barat", members=[member])
    actions.change_role(by=owner, at=NOON, user=member, role="ANALYST")
    for about in trail.things():
        for key in range(1, 4):
            actions.audit(by=member, at=NOON, verb=f"{about}.edited", about=about, about_id=key)
    actions.edit_team(by=owner, at=NOON, team=team, name="Toko Timur", members=[])
    client.force_login(owner)
    client.get("/settings/audit/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/settings/audit/").status_code == 200
    assert len(asked) <= 8, [one["sql"][:90] for one in asked.captured_queries]


def test_it_is_taken_out_as_a_file_that_runs_no_formula_and_that_is_written_down_too(client: Client) -> None:
    owner = ratna()
    actions.add_team(by=owner, at=NOON, name="=HYPERLINK(1)", members=[])
    write(owner, "customer.edited")
    client.force_login(owner)
    answer = client.get("/settings/audit/export/?about=team", headers={"accept-language": "en"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][0].startswith("2026-11-22T12:00:00+07:00")
    assert rows[1][1:5] == ["Ratna Wulandari", "Made a team", "Teams", "'=HYPERLINK(1)"]
    latest = AuditEntry.objects.latest("id")
    assert (latest.verb, latest.by, latest.data) == ("list.exported", owner, {"what": "audit"})


def test_only_who_may_read_it_takes_it_out(client: Client) -> None:
    client.force_login(dewi())
    assert client.get("/settings/audit/export/").status_code == 403
    assert not AuditEntry.objects.exists()


def test_a_member_does_not_read_it(client: Client) -> None:
    member = dewi()
    with pytest.raises(PermissionDenied):
        queries.audit_page_for(member, Wanted())
    client.force_login(member)
    assert client.get("/settings/audit/").status_code == 403


def test_the_page_names_person_act_and_time_in_the_firms_zone(client: Client) -> None:
    owner = ratna()
    actions.audit(by=owner, at=NOON, verb="user.invited", about="invitation", data={"role": "MEMBER"})
    client.force_login(owner)
    text = client.get("/settings/audit/", headers={"accept-language": "en"}).content.decode()
    assert "Ratna Wulandari" in text
    assert "Invited somebody" in text
    assert "12.00" in text or "12:00" in text  # 05:00 UTC is noon in Jakarta


def test_a_filter_that_makes_no_sense_is_left_out(client: Client) -> None:
    client.force_login(ratna())
    assert (
        client.get(
            "/settings/audit/?person=abc&before=99999999999999999999&about=%00&act=x&since=0001-01-01&until=9999-12-31&record=0"
        ).status_code
        == 200
    )
