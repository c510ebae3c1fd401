"""Setia as an app: what a device is told of it, and what its worker keeps."""

import json
import re

from django.contrib.staticfiles import finders
from django.test import Client, TestCase
from django.urls import reverse

from setia.accounts.models import User


class AppTest(TestCase):
    def test_a_device_is_told_how_to_install_it_without_anybody_signed_in(self) -> None:
        answer = Client().get(reverse("manifest"))
        told = json.loads(answer.content)
        assert answer.headers["Content-Type"] == "application/manifest+json"
        assert (told["start_url"], told["scope"], told["display"]) == ("/", "/", "standalone")
        assert told["shortcuts"][0]["url"] == "/sales/field/"
        assert {one["sizes"] for one in told["icons"]} == {"any", "192x192", "512x512"}
        for one in told["icons"]:
            assert finders.find(one["src"].removeprefix("/static/").split("?")[0]), one

    def test_the_worker_keeps_every_file_that_the_page_of_the_way_loads_and_no_data(self) -> None:
        answer = Client().get(reverse("worker"))
        assert answer.headers["Content-Type"] == "text/javascript"
        assert answer.headers["Cache-Control"] == "no-cache"
        code = answer.content.decode()
        found = re.match(r"const KEPT = (\{.*\});\n", code)
        assert found is not None
        kept = json.loads(found[1])
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        self.client.force_login(sari)
        page = self.client.get(kept["pages"][0]).content.decode()
        loaded = {one.split("#")[0] for one in re.findall(r'(?:href|src)="(/static/[^"]+)"', page)}
        assert loaded <= set(kept["files"]), loaded - set(kept["files"])
        assert all(re.search(r"\?v=[0-9a-f]{12}$", one) for one in kept["files"])
        assert self.client.get(reverse("worker")).content.decode() == code

    def test_the_policy_lets_a_worker_and_a_manifest_of_ones_own_in_and_no_others(self) -> None:
        policy = Client().get(reverse("account_login")).headers["Content-Security-Policy"]
        assert "worker-src 'self'" in policy
        assert "manifest-src 'self'" in policy
