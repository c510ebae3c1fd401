"""Tokens: made by a person, shown once, never able to do more than that person, counted, revoked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from setia.accounts.actions import deactivate
from setia.accounts.models import AuditEntry, User
from setia.api import actions
from setia.api.actions import count
from setia.api.models import Meter, Token
from setia.api.mount import api
from setia.api.queries import holder_of
from setia.api.scopes import SCOPES, codes_offered_to
from setia.api.tests.people import NOON, Program, Shop, token_of


class Tokens(Shop):
    def test_the_secret_is_nowhere_in_the_database(self) -> None:
        token, secret = token_of(self.dimas, "customers.view")
        assert secret.startswith("setia_")
        assert len(secret) > 40
        row = Token.objects.filter(pk=token.pk).values().get()
        assert secret not in str(row)
        assert row["start"] == secret[:11]
        assert not AuditEntry.objects.filter(data__icontains=secret).exists()

    def test_nobody_gives_a_token_more_than_they_may_do_themselves(self) -> None:
        assert "customers.delete" not in codes_offered_to(self.dimas)
        assert "customers.delete" in codes_offered_to(self.rani)
        with pytest.raises(actions.MoreThanYou) as refused:
            token_of(self.dimas, "customers.view", "customers.delete")
        assert refused.value.scopes == ["customers.delete"]
        with pytest.raises(actions.MoreThanYou):
            token_of(self.rani, "people.everything")

    def test_a_token_loses_what_its_maker_loses(self) -> None:
        _token, secret = token_of(self.rani, "customers.delete", "customers.view")
        User.objects.filter(pk=self.rani.pk).update(role="MEMBER")
        self.assert_problem(Program(secret).delete(f"/customers/{self.siti.pk}"), 403, "not-allowed")

    def test_a_token_without_the_scope_may_not(self) -> None:
        reader = Program(token_of(self.dimas, "customers.view")[1])
        told = self.assert_problem(reader.post("/customers", {"name": "Budi"}), 403, "scope-missing")
        assert told["scope"] == "customers.add"
        assert reader.get("/customers").status_code == 200

    def test_no_operation_is_without_a_scope_and_none_lets_a_token_without_it_in(self) -> None:
        nothing = Program(token_of(self.dimas, "intake.undo")[1])
        seen = 0
        for path, operations in api.get_openapi_schema(path_prefix="")["paths"].items():
            for method, operation in operations.items():
                assert operation["x-scope"] in SCOPES, path
                if operation["x-scope"] == "intake.undo":
                    continue
                address = (
                    path.replace("{pk}", str(self.siti.pk))
                    .replace("{contact_pk}", "1")
                    .replace("{selling}", "by-person")
                )
                if method in ("post", "patch"):
                    answer = nothing.patch(address, {}) if method == "patch" else nothing.post(address, {})
                else:
                    answer = getattr(nothing, method)(address)
                self.assert_problem(answer, 403, "scope-missing")
                seen += 1
        assert seen > 30

    def test_who_is_not_let_in_gets_401_and_nothing_else(self) -> None:
        _token, run_out = token_of(self.dimas, "customers.view", expires_at=NOON)
        gone, revoked = token_of(self.dimas, "customers.view")
        actions.revoke_token(by=self.dimas, at=NOON, token=gone)
        for secret in ("", "setia_x", run_out, revoked, "é" * 50):
            answer = Program(secret).get("/customers")
            self.assert_problem(answer, 401, "no-token")
            assert "Bearer" in answer.headers["WWW-Authenticate"]
        deactivate(by=self.rani, at=NOON, user=self.dimas)
        self.assert_problem(self.till.get("/customers"), 401, "no-token")

    def test_a_session_is_no_way_in(self) -> None:
        self.client.force_login(self.rani)
        assert self.client.get("/api/v1/customers").status_code == 401
        assert self.client.post("/api/v1/customers", {}, content_type="application/json").status_code == 401

    def test_the_latest_use_is_noted_to_the_minute(self) -> None:
        token, secret = token_of(self.dimas, "customers.view")
        assert token.used_at is None
        Program(secret).get("/customers")
        token.refresh_from_db()
        first = token.used_at
        assert first is not None
        Program(secret).get("/customers")
        token.refresh_from_db()
        assert token.used_at == first

    def test_only_its_maker_and_who_manages_tokens_may_revoke_one(self) -> None:
        theirs, _secret = token_of(self.rani, "customers.view")
        with pytest.raises(Exception, match=r"api\.manage"):
            actions.revoke_token(by=self.dimas, at=NOON, token=theirs)
        mine, secret = token_of(self.dimas, "customers.view")
        assert actions.revoke_token(by=self.rani, at=NOON, token=mine) is True
        assert actions.revoke_token(by=self.rani, at=NOON, token=mine) is False
        assert holder_of(secret, at=NOON) is None


class Speed(Shop):
    def test_a_token_that_is_too_fast_is_told_when_to_come_again(self) -> None:
        _token, secret = token_of(self.dimas, "customers.view", per_minute=3)
        fast = Program(secret)
        seen = [fast.get("/customers") for _number in range(4)]
        assert [one.status_code for one in seen] == [200, 200, 200, 429]
        assert seen[0].headers["RateLimit-Limit"] == "3"
        assert [one.headers["RateLimit-Remaining"] for one in seen] == ["2", "1", "0", "0"]
        told = self.assert_problem(seen[3], 429, "too-many")
        assert 1 <= int(seen[3].headers["Retry-After"]) <= 21
        assert told["detail"]

    def test_requests_come_back_one_by_one_and_a_quiet_minute_gives_all_of_them(self) -> None:
        token, _secret = token_of(self.dimas, "customers.view", per_minute=60)
        at = timezone.now()
        assert all(count(token, at=at).passes for _number in range(60))
        refused = count(token, at=at)
        assert (refused.passes, refused.wait_seconds) == (False, 1)
        assert count(token, at=at + timedelta(seconds=1)).passes
        assert not count(token, at=at + timedelta(seconds=1)).passes
        assert count(token, at=at + timedelta(minutes=5)).remaining == 59

    def test_the_count_is_not_written_to_the_log(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = %s", [Meter._meta.db_table])
            assert cursor.fetchone() == ("u",)

    def test_who_guesses_tokens_is_slowed_down(self) -> None:
        statuses = [Program("setia_guess").get("/customers").status_code for _number in range(61)]
        assert statuses[:60] == [401] * 60
        assert statuses[60] == 429


class Door(Shop):
    def test_an_address_that_is_none_is_a_problem_too(self) -> None:
        self.assert_problem(self.till.get("/nowhere"), 404, "not-found")
        self.assert_problem(self.till.get("/customers/"), 404, "not-found")
        self.assert_problem(self.till.get(f"/customers/{10**30}"), 404, "not-found")
        self.assert_problem(self.till.get("/customers/0"), 404, "not-found")

    def test_a_wrong_method_is_told_which_ones_there_are(self) -> None:
        answer = self.till.delete("/customers")
        self.assert_problem(answer, 405, "method-not-allowed")
        assert answer.headers["Allow"] == "GET, POST"

    def test_only_json_of_a_sensible_size_is_read(self) -> None:
        self.assert_problem(self.till.post("/customers", "{"), 400, "cannot-read")
        self.assert_problem(self.till.post("/customers", "[]"), 422, "invalid")
        self.assert_problem(self.till.post("/customers", "[" * 100_000), 400, "cannot-read")
        self.assert_problem(self.till.post("/customers", '"' + "x" * 2_600_000 + '"'), 413, "too-large")
        answer = self.till.client.post("/api/v1/customers", "a=1", content_type="text/plain", headers=self.till.headers)
        self.assert_problem(answer, 415, "wrong-type")

    def test_a_fault_of_ours_is_a_problem_with_a_reference(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("setia.customers.queries.customers_for", None)
            told = self.assert_problem(self.till.get("/customers"), 500, "fault")
        assert len(told["reference"]) == 8
        assert "NoneType" not in str(told)

    def test_openapi_is_there_for_anybody(self) -> None:
        answer = self.client.get("/api/v1/openapi.json", headers={"Accept-Language": "en"})
        assert answer.status_code == 200
        assert answer.json()["paths"]["/api/v1/customers"]["get"]["summary"] == "List customers"
