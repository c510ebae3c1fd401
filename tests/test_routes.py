"""A walk along every address of Setia, with the session of somebody who should not get there.

The addresses come from the resolver, so a new one is walked from the day it is there. Three people walk:

- somebody who is not signed in: every address asks to sign in, but for the few doors that are public;
- Tono, whose role allows nothing: every address refuses him, but for the few that are everybody's own;
- Sari, whose role allows every verb, on her own customers alone: she is given the keys of Budi's records in the path,
  in the query, in a form and as JSON. A path with a key of his is refused; no answer ever speaks of his customer.

After each request the database is what it was. What cannot be walked so is listed, with the reason; a reason for an
address that is no longer there fails.

All of Budi's records have the same key, `THEIRS`, so that an address that takes any key takes one of his. A room with
records of its own puts one into `tests/world.py`.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.core.cache import cache as counters
from django.db import connection
from django.test import Client, TestCase
from django.urls import URLPattern, URLResolver, get_resolver

from setia.accounts.models import User
from tests.world import MARK, THEIRS, walker, world

SETIA = Path(__file__).resolve().parent.parent / "src" / "setia"

SOUGHT = "rahasiaw"
"""What finds her; a page may repeat it, so it does not hold the mark."""

PUBLIC = {
    "welcome": "the first owner comes in by a link that is secret",
    "invitation": "somebody invited comes in by a link that is secret",
    "account_login": "the door itself",
    "account_inactive": "tells somebody deactivated so",
    "account_logout": "asks nothing of somebody who is not signed in",
    "account_reset_password": "for somebody who cannot sign in",
    "account_reset_password_done": "for somebody who cannot sign in",
    "account_reset_password_from_key": "for somebody who cannot sign in; the link is secret",
    "account_reset_password_from_key_done": "for somebody who cannot sign in",
    "mfa_authenticate": "the second step of signing in",
    "mfa_login_webauthn": "signing in by passkey",
    "confirm_email": "the link is secret",
    "calendar_feed": "one's own calendar for another program; the address is secret",
    "openapi": "what programs may ask, in general; no data",
    "set_language": "the language of the sign-in page; a cookie, nothing else",
    "manifest": "what a device shows of the app; no data",
    "worker": "keeps files and pages that hold no data; a browser fetches it by itself",
    "web_form": "a form the firm put on the web",
    "confirm_submission": "the link is secret",
}
"""Open to somebody who is not signed in, each with the reason."""

EVERYBODYS = {
    "home": "says what this person may see, be it nothing",
    "more": "the list of the pages this person may open",
    "help": "the user guide",
    "settings": "the list of the settings this person may open",
    "profile": "one's own name and language",
    "account_change_password": "one's own password",
    "change_email": "one's own address",
    "confirm_identity": "asks who one is, once more",
    "second_factor_due": "asks for one's own second factor",
    "security": "one's own second factor and devices",
    "add_app": "one's own second factor",
    "add_passkey": "one's own second factor",
    "recovery_codes": "one's own second factor",
    "end_session": "one's own devices; the mark of another's is unknown",
    "end_other_sessions": "one's own devices",
    "sign_out_everywhere": "one's own devices; those of others are refused below",
    "people": "who works here, names and roles",
    "roles": "what each role may do",
    "palette": "offers only what this person may open",
    "api_docs": "how programs ask, in general; no data",
    "mentions": "notes that name oneself",
    "read_mentions": "notes that name oneself",
    "find_colleague": "names of colleagues, as on the page of people",
    "jobs": "whether anything is stuck; without names",
}
"""Open to everybody who is signed in, each with the reason."""

SHARED = {
    "product": "products are the firm's",
    "edit_product": "products are the firm's",
    "archive_product": "products are the firm's",
    "restore_product": "products are the firm's",
    **dict.fromkeys(("get_plan", "edit_plan", "archive_plan", "restore_plan"), "plans are the firm's"),
    **dict.fromkeys(
        (
            *("edit_pipeline", "archive_pipeline", "restore_pipeline", "add_stage", "edit_stage", "shift_stage"),
            *("archive_stage", "restore_stage", "edit_lost_reason", "archive_lost_reason", "restore_lost_reason"),
            *("edit_sequence", "archive_sequence", "restore_sequence"),
            "column",
        ),
        "pipelines, stages and reasons are the firm's",
    ),
    **dict.fromkeys(
        ("answer", "edit_answer", "rival", "edit_rival", "add_claim", "edit_claim", "note_price"),
        "what is known of products and other brands is the firm's",
    ),
    **dict.fromkeys(("commission_rows", "export_commission"), "a rule is the firm's; of its rows one sees one's own"),
    "product_answers": "products and what is asked about them are the firm's",
    **dict.fromkeys(
        ("sales_report", "sales_report_orders", "export_sales_report", "get_sales_report", "save_report"),
        "a report is the firm's; its figures one's own",
    ),
    "help": "the user guide",
    "get_product": "products are the firm's",
    "end_session": "one's own devices; the mark of another's is unknown",
    "edit_team": "teams are the firm's",
    "remove_team": "teams are the firm's",
    "product_history": "products are the firm's",
    "edit_tag": "the names of tags are the firm's; to change one takes sight of all customers",
    "retry_job": "a job is the queue's",
}
"""With the verb, these keys are anybody's: what they open belongs to no customer."""

CHANGES = {
    "add_team": "Sari may make teams",
    "add_rival": "Sari may name other brands",
    **dict.fromkeys(
        (
            *("edit_answer", "check_answer", "archive_answer", "restore_answer", "edit_rival", "archive_rival"),
            *("restore_rival", "add_claim", "edit_claim", "remove_claim"),
        ),
        "Sari may write answers and about other brands",
    ),
    "edit_advice": "Sari may change how to sell",
    "search_doubles": "asks the worker to look for doubles, which shows nothing to her",
    "remove_team": "Sari may dissolve teams",
    "revoke_token": "Sari may revoke everybody's tokens",
    "add_prospect": "Sari may take prospects down, and they are hers",
    "archive_product": "Sari may archive products",
    **dict.fromkeys(("archive_plan", "restore_plan"), "Sari may archive plans"),
    "restore_product": "Sari may take products out of the archive",
    **dict.fromkeys(("archive_pipeline", "restore_pipeline", "archive_stage"), "Sari may put stages away"),
    **dict.fromkeys(("archive_sequence", "restore_sequence"), "Sari may put sequences away"),
    "shift_stage": "Sari may put stages in another order",
    **dict.fromkeys(("add_pipeline", "add_lost_reason"), "Sari may make pipelines and reasons"),
    **dict.fromkeys(("edit_pipeline", "edit_lost_reason"), "Sari may give pipelines and reasons other names"),
    **dict.fromkeys(("archive_lost_reason", "restore_lost_reason", "restore_stage"), "Sari may arrange reasons"),
    "reminders": "how she is reminded herself",
    "save_report": "a report of her own under a name",
    "make_feed": "makes an address for her own calendar",
    "test_mail": "a letter to herself, said in the trail",
    "account_logout": "ends her session and says so in the trail",
}
"""What changes something by right when Sari posts to it, each with the reason."""

TEXTS = {
    "token": "no-such-token",
    "slug": "no-such-form",
    "uidb36": "zz",
    "key": "set-password",
    "page": "home",
    "name": "base",
    "selling": "by-person",
    "file": "csv",
    "code": "MANAGER",
    "what": "STAGE",
    "fact": "industry",
    "about": "new",
}
"""What stands in an address for a part that is no number."""

REFUSED = (401, 403, 404, 405, 415)
"""Not signed in, not allowed, not there, not this method; and not read at all, where a program must send JSON."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOT_BUSINESS = {"django_session", "core_cache", "django_migrations", "accounts_session", "api_meter"}
"""Tables a refused request may touch: the session itself, and the counters that slow guessing down."""
TRAIL = "accounts_auditentry"
"""The audit trail, of which the lines that tell of an export somebody may make do not count."""


class Address(NamedTuple):
    """One address: the name of its pattern, a path with the keys of Budi's records in it, and whether it has any."""

    name: str
    path: str
    keyed: bool


def _patterns(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, route)
        else:
            yield route, one


def addresses() -> list[Address]:
    """Every address the resolver knows, but for files that are served as they are."""
    found = []
    for route, one in _patterns(get_resolver().url_patterns):
        keyed = bool(re.search(r"<(?:int|slug|str|uuid|path):|\(\?P<", route))
        path = re.sub(r"<int:\w+>", str(THEIRS), route)
        path = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000007700001", path)
        path = re.sub(r"<(?:slug|str|path):(\w+)>", lambda part: TEXTS.get(part[1], "no-such-word"), path)
        path = re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)", lambda part: TEXTS.get(part[1], "zz"), path)
        path = "/" + path.replace("^", "").replace("$", "").replace("\\", "").replace("/Z", "/").lstrip("/")
        found.append(Address(str(one.name or route), path, keyed))
    return found


@cache
def words() -> list[str]:
    """Every name that the code reads from an address or a form, read from the code itself."""
    asked = re.compile(r"""(?:GET|POST|params|data)(?:\.get(?:list)?\(|\[)\s*f?["'](\w+)["']""")
    field = re.compile(r"^    (\w+)(?:: [^=]+)? = forms\.", re.MULTILINE)
    found = {"id", "pk", "customer_id", "order_id", "user", "user_id", "team", "ids"}
    for path in SETIA.rglob("*.py"):
        if "tests" not in path.parts:
            text = path.read_text(encoding="utf-8")
            found |= set(asked.findall(text)) | set(field.findall(text))
    return sorted(found - {"do", "print", "csrfmiddlewaretoken"})


def given() -> dict[str, str]:
    """Budi's key under every name the code reads; a search is for his customer's name."""
    found = {word: str(THEIRS) for word in words()}
    return found | {"q": SOUGHT, "name": SOUGHT, "customer_q": SOUGHT, "field": "customer"}


class Walk(TestCase):
    """Budi looks after one customer; the others walk."""

    budi: User
    sari: User
    tono: User

    @classmethod
    def setUpTestData(cls) -> None:
        world(cls)

    def setUp(self) -> None:
        self.written = -1
        self.sum = ""
        self.wrong: list[str] = []

    # What the database is

    def settle(self) -> None:
        """Take the present state as the one that must stay."""
        self.written, self.sum = _written(), _checksum()

    def differs(self) -> bool:
        """Whether the database is no longer as it was settled; a write that was undone is counted, too, so it is summed
        up only after one.
        """
        written = _written()
        before, self.written = self.written, written
        return written != before and _checksum() != self.sum

    def unchanged(self, said: str) -> None:
        if self.differs():
            self.wrong.append(f"{said} and changed the database")
            self.settle()

    def send(self, client: Client, method: str, address: Address, **more: Any) -> Any:
        counters.clear()
        answer = client.generic(method, address.path, **more)
        parts: Any = answer
        text = b"".join(parts.streaming_content) if answer.streaming else answer.content
        said = f"{method} {address.path} ({address.name}) answered {answer.status_code}"
        if MARK.encode() in text:
            self.wrong.append(f"{said} and spoke of Budi's customer")
        if answer.status_code >= 500:
            self.wrong.append(said)
        return answer

    # The walks

    def test_a_walk_meets_every_address_and_reasons_are_of_addresses_that_are_there(self) -> None:
        names = {one.name for one in addresses()}
        assert len(names) > 60
        for listed in (PUBLIC, EVERYBODYS, SHARED, CHANGES):
            assert set(listed) <= names, set(listed) - names
            assert all(listed.values())

    def test_somebody_who_is_not_signed_in_is_asked_to(self) -> None:
        self.settle()
        for address in addresses():
            for method in METHODS:
                answer = self.send(Client(), method, address)
                said = f"{method} {address.path} answered {answer.status_code}"
                if address.name not in PUBLIC:
                    to_door = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
                    if not to_door and answer.status_code not in REFUSED:
                        self.wrong.append(said)
                self.unchanged(said)
        assert not self.wrong, "\n".join(self.wrong)

    def test_a_role_that_allows_nothing_is_refused_everywhere(self) -> None:
        client = walker(self.tono)
        self.settle()
        for address in addresses():
            if address.name in PUBLIC:
                continue
            refused = []
            for method in METHODS:
                answer = self.send(client, method, address)
                said = f"{method} {address.path} ({address.name}) answered {answer.status_code}"
                self.unchanged(said)
                refused.append(answer.status_code)
                if address.name not in EVERYBODYS and answer.status_code not in REFUSED:
                    self.wrong.append(said)
            if not set(refused) - {405}:
                self.wrong.append(f"{address.path} takes no method at all")
        assert not self.wrong, "\n".join(self.wrong)

    def test_every_verb_on_ones_own_customers_reaches_nobody_elses(self) -> None:
        client = walker(self.sari)
        self.settle()
        ways = list(_ways())
        for address in addresses():
            if address.name in PUBLIC:
                continue
            point = connection.savepoint()
            for method, more in ways:
                answer = self.send(client, method, address, **more)
                # What a program sends beside the key may be refused before the key is looked at.
                refused = (*REFUSED, 422) if more and address.path.startswith("/api/") else REFUSED
                if address.keyed and address.name not in SHARED | CHANGES and answer.status_code not in refused:
                    self.wrong.append(f"{method} {address.path} ({address.name}) answered {answer.status_code}")
            # One look at the database after all the ways to an address; only where it differs, one after each of them.
            differs = self.differs()
            connection.savepoint_rollback(str(point))
            self.written = _written()
            if differs and address.name not in CHANGES:
                for method, more in ways:
                    answer = self.send(client, method, address, **more)
                    self.unchanged(f"{method} {address.path} ({address.name}) with {more}")
                assert self.wrong, f"{address.path} ({address.name}) changes the database, one way after another"
        assert not self.wrong, "\n".join(self.wrong)


class Doors(TestCase):
    """What the walk relies on: the same addresses open for those who may."""

    budi: User
    sari: User
    tono: User

    @classmethod
    def setUpTestData(cls) -> None:
        world(cls)

    def test_every_address_with_a_key_finds_a_record_behind_it(self) -> None:
        """Else the walk would be refused for want of a record, and prove nothing."""
        client = walker(User.objects.get(role="OWNER"))
        wrong = []
        for address in addresses():
            if not address.keyed or address.name in PUBLIC or address.name in NOWHERE:
                continue
            found = []
            for method in METHODS:
                counters.clear()
                point = connection.savepoint()
                kind = "application/json" if address.path.startswith("/api/") else "application/octet-stream"
                found.append(client.generic(method, address.path, content_type=kind).status_code)
                connection.savepoint_rollback(str(point))
            if not set(found) - {404, 405}:
                wrong.append(f"nothing is behind {address.path} ({address.name}): {found}")
        assert not wrong, "\n".join(wrong)

    def test_budi_reads_of_his_customer_what_the_others_never_see(self) -> None:
        client = Client()
        client.force_login(self.budi)
        for path in (f"/customers/{THEIRS}/", "/customers/", f"/customers/?q={MARK}", f"/orders/{THEIRS}/", "/orders/"):
            assert MARK in client.get(path).content.decode(), path


NOWHERE = {
    "retry_job": "a failed job is the queue's own record, and none has failed",
    "remove_factor": "one's own second factor; that of others is not there",
    "merge_tag": "asks for a second tag to merge into",
    "rejected_rows": "the file of rejected rows lies on the disk",
}
"""Addresses whose record cannot be made for the walk, each with the reason."""


def _ways() -> Iterator[tuple[str, dict[str, Any]]]:
    """How Budi's keys are sent: in the address, in a form, as JSON; and a part of a page is asked for, too."""
    import json
    from urllib.parse import urlencode

    keys = given()
    query = urlencode(keys)
    form = {"data": query, "content_type": "application/x-www-form-urlencoded"}
    yield "GET", {}
    yield "GET", {"QUERY_STRING": query}
    yield "GET", {"QUERY_STRING": query, "headers": {"HX-Request": "true"}}
    for word in (
        "customer",
        "id",
        "pick",
        "q",
        "customer_q",
        "owner",
    ):  # one at a time, where all together are contradictory
        yield "GET", {"QUERY_STRING": urlencode({word: keys.get(word, THEIRS), "field": "customer"})}
    yield "POST", form
    yield "POST", form | {"QUERY_STRING": query, "headers": {"HX-Request": "true"}}
    for method in METHODS[1:]:
        yield method, {"data": json.dumps(keys), "content_type": "application/json"}


def _written() -> int:
    """How many rows this transaction has written so far, to any table of the firm's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint"
            f" + (SELECT count(*) FROM {TRAIL} WHERE verb <> 'list.exported')"
            " FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)",
            [sorted(NOT_BUSINESS | {TRAIL})],
        )
        return int(cursor.fetchone()[0])


def _checksum() -> str:
    """A sum over every row of every table of the firm's."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - NOT_BUSINESS)
        parts = [
            f"SELECT '{table}' AS t, md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), '')) AS sum"
            f' FROM "{table}" row' + (" WHERE verb <> 'list.exported'" if table == TRAIL else "")
            for table in tables
        ]
        cursor.execute(f"SELECT md5(string_agg(t || sum, ',' ORDER BY t)) FROM ({' UNION ALL '.join(parts)}) every")
        return str(cursor.fetchone()[0])
