"""Counts the database queries of pages: `python -m bench.counted '{"what": ["/path/", …]}'`, answered in JSON."""

import json
import sys

import django

django.setup()

from django.db import connection  # noqa: E402 — Django must be set up before
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from setia.accounts.models import User  # noqa: E402
from setia.accounts.queries import owners  # noqa: E402


def main(paths: dict[str, list[str]], email: str = "") -> dict[str, int]:
    """The most queries that one page of each kind asked, warm; as the owner, or as the person with this address."""
    client = Client(headers={"accept-language": "id"})
    client.force_login(
        User.objects.get(email=email) if email else owners()[0],
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    most: dict[str, int] = {}
    for what, asked in paths.items():
        client.get(asked[0])
        for path in asked:
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(path)
                answer.content  # noqa: B018 — a page that is rendered late asks late
            if answer.status_code != 200:
                raise SystemExit(f"{path} answered {answer.status_code}")
            most[what] = max(most.get(what, 0), len(captured))
    return most


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]), *sys.argv[2:])))
