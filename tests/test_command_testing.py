"""The tests' own database is the private server, and nobody else's."""

import os
from pathlib import Path

import pytest
from django.db import connection


@pytest.mark.django_db
def test_tests_run_against_a_server_in_a_folder_of_their_own() -> None:
    if "/setia-test-" not in os.environ["SETIA_HOME"] or "setia-test-" not in os.environ["DATABASE_URL"]:
        pytest.skip("DATABASE_URL names another server")
    assert connection.settings_dict["HOST"] == str(Path(os.environ["SETIA_HOME"]) / "postgres" / "run")
    with connection.cursor() as cursor:
        cursor.execute("SELECT inet_server_addr(), current_setting('fsync')")
        assert cursor.fetchone() == (None, "off")
