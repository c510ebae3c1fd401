"""The audit trail: it grows, and nothing else."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client

from setia.accounts import actions, queries
from setia.accounts.models import AuditEntry, User
from setia.accounts.tests.people import NOON, dewi, ratna

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
    before = None
    while True:
        page = queries.audit_page_for(owner, before=before, size=3)
        seen += [entry.pk for entry in page.entries]
        write(owner, "customer.changed")  # what arrives meanwhile moves nothing
        if page.before is None:
            break
        before = page.before
    assert seen == sorted(keys, reverse=True)


def test_it_can_be_read_by_person_and_by_verb() -> None:
    owner, member = ratna(), dewi()
    write(owner, "customer.changed")
    mine = write(member, "customer.archived")
    write(member, "customer.changed")
    page = queries.audit_page_for(owner, person=member.pk, verb="customer.archived")
    assert [entry.pk for entry in page.entries] == [mine.pk]
    assert queries.audit_verbs() == ["customer.archived", "customer.changed"]


def test_a_member_does_not_read_it(client: Client) -> None:
    member = dewi()
    with pytest.raises(PermissionDenied):
        queries.audit_page_for(member)
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
    assert client.get("/settings/audit/?person=abc&before=99999999999999999999&verb=%00").status_code == 200
