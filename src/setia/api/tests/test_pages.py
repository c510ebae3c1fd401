"""The pages of programs: tokens, webhooks, the documentation."""

from django.test import override_settings
from django.urls import reverse

from setia.accounts.models import User
from setia.api import actions
from setia.api.models import Delivery, Endpoint, Token
from setia.api.tests.people import NOON, Program, Shop, token_of
from setia.api.tests.receiver import Receiver


class TokenPages(Shop):
    def setUp(self) -> None:
        super().setUp()
        self.client.force_login(self.dimas)
        self.client.cookies["setia_language"] = "en"

    def test_a_token_is_made_shown_once_works_and_is_revoked(self) -> None:
        form = {"name": "Web shop", "scopes": ["customers.view"], "days": "30", "per_minute": "60"}
        answer = self.client.post(reverse("make_token"), form)
        assert answer.status_code == 201
        page = answer.content.decode()
        token = Token.objects.get(name="Web shop")
        secret = page.split('value="setia_')[1].split('"')[0]
        assert Program(f"setia_{secret}").get("/customers").status_code == 200
        assert secret not in self.client.get(reverse("tokens")).content.decode()
        assert answer.headers["Cache-Control"] == "no-store"
        assert self.client.post(reverse("revoke_token", args=[token.pk])).status_code == 302
        assert Program(f"setia_{secret}").get("/customers").status_code == 401
        assert "Revoked" in self.client.get(reverse("tokens")).content.decode()

    def test_who_signed_in_long_ago_is_asked_who_they_are_first(self) -> None:
        session = self.client.session
        session["signed_in_at"] = 0
        session.save()
        form = {"name": "Web shop", "scopes": ["customers.view"], "days": "30", "per_minute": "60"}
        answer = self.client.post(reverse("make_token"), form)
        assert answer.status_code == 302
        assert reverse("confirm_identity") in answer.headers["Location"]
        assert not Token.objects.filter(name="Web shop").exists()

    def test_scopes_one_lacks_are_neither_offered_nor_taken(self) -> None:
        assert "customers.delete" not in self.client.get(reverse("tokens")).content.decode()
        form = {"name": "x", "scopes": ["customers.delete"], "days": "30", "per_minute": "60"}
        assert self.client.post(reverse("make_token"), form).status_code == 422

    def test_somebody_else_s_token_is_not_there_for_who_may_not_manage_them(self) -> None:
        token, _secret = token_of(self.rani, "customers.view")
        assert self.client.post(reverse("revoke_token", args=[token.pk])).status_code == 404
        token.refresh_from_db()
        assert token.revoked_at is None
        self.client.force_login(self.rani)
        assert "Dimas Prasetyo" in self.client.get(reverse("tokens")).content.decode()

    def test_who_may_make_no_tokens_does_not_enter(self) -> None:
        User.objects.filter(pk=self.dimas.pk).update(role="AGENT")
        assert self.client.get(reverse("tokens")).status_code == 403
        assert reverse("tokens") not in self.client.get(reverse("settings")).content.decode()


class WebhookPages(Shop):
    def setUp(self) -> None:
        super().setUp()
        self.client.force_login(self.rani)
        self.client.cookies["setia_language"] = "en"
        self.books = Receiver()
        self.addCleanup(self.books.close)
        allowed = override_settings(WEBHOOK_ALLOW=frozenset({("127.0.0.1", self.books.port)}))
        allowed.enable()
        self.addCleanup(allowed.disable)

    def add(self) -> Endpoint:
        """Add the books by the page."""
        form = {"name": "Books", "url": self.books.url, "events": ["customer.added"]}
        answer = self.client.post(reverse("add_endpoint"), form)
        assert answer.status_code == 201, answer.content
        assert "whsec_" in answer.content.decode()
        return Endpoint.objects.get(name="Books")

    def test_an_address_is_added_tested_paused_resumed_changed_renewed_and_removed(self) -> None:
        one = self.add()
        assert "whsec_" not in self.client.get(reverse("endpoint", args=[one.pk])).content.decode()
        answer = self.client.post(reverse("test_endpoint", args=[one.pk]), follow=True)
        assert "The test message arrived" in answer.content.decode()
        assert self.books.types == ["webhook.test"]
        self.client.post(reverse("pause_endpoint", args=[one.pk]))
        assert "Paused" in self.client.get(reverse("endpoints")).content.decode()
        self.client.post(reverse("resume_endpoint", args=[one.pk]))
        one.refresh_from_db()
        assert one.paused_at is None
        edit = reverse("edit_endpoint", args=[one.pk])
        assert self.client.get(edit).status_code == 200
        form = {"name": "Ledger", "url": self.books.url, "events": ["order.added"]}
        assert self.client.post(edit, form).status_code == 302
        one.refresh_from_db()
        assert (one.name, one.events) == ("Ledger", ["order.added"])
        assert "whsec_" in self.client.post(reverse("renew_secret", args=[one.pk])).content.decode()
        self.client.post(reverse("remove_endpoint", args=[one.pk]))
        assert not Endpoint.objects.exists()

    def test_an_address_inside_is_refused_with_the_reason(self) -> None:
        form = {"name": "x", "url": "https://169.254.169.254/", "events": ["customer.added"]}
        answer = self.client.post(reverse("add_endpoint"), form)
        assert answer.status_code == 422
        assert "own network" in answer.content.decode()
        one = self.add()
        form |= {"url": "https://10.0.0.8/"}
        assert self.client.post(reverse("edit_endpoint", args=[one.pk]), form).status_code == 422

    def test_what_was_given_up_is_seen_and_sent_again(self) -> None:
        one = self.add()
        self.till.post("/customers", {"name": "Budi"})
        Delivery.objects.update(state="DEAD", trouble="STATUS", status=500, ended_at=NOON)
        page = self.client.get(reverse("endpoint", args=[one.pk]) + "?state=DEAD").content.decode()
        assert "A customer was added" in page
        key = Delivery.objects.get().pk
        self.client.post(reverse("send_again", args=[one.pk]), {"delivery": str(key)})
        assert actions.deliver_due() == 1
        assert self.books.types == ["customer.added"]
        Delivery.objects.update(state="DEAD")
        self.client.post(reverse("send_again", args=[one.pk]))
        assert Delivery.objects.get().state == "WAITING"

    def test_only_who_may_enters(self) -> None:
        one = self.add()
        self.client.force_login(self.dimas)
        assert self.client.get(reverse("endpoints")).status_code == 403
        for name in ("endpoint", "edit_endpoint"):
            assert self.client.get(reverse(name, args=[one.pk])).status_code == 404
        for name in ("pause_endpoint", "remove_endpoint", "renew_secret", "test_endpoint", "send_again"):
            assert self.client.post(reverse(name, args=[one.pk])).status_code == 404
        assert Endpoint.objects.filter(paused_at=None).exists()


class Docs(Shop):
    def test_the_page_names_every_operation_and_every_problem(self) -> None:
        from setia.api.description import described
        from setia.api.problems import KINDS

        self.client.force_login(self.dimas)
        for language in ("en", "id"):
            self.client.cookies["setia_language"] = language
            page = self.client.get(reverse("api_docs")).content.decode()
            for path in described()["paths"]:
                assert path in page
            for code in KINDS:
                assert f'id="{code}"' in page
