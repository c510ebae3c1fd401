import logging
from pathlib import Path

import pytest
from django.apps import apps

from setia.web import i18n


def test_a_torn_catalogue_is_told_and_does_not_keep_the_program_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room = tmp_path / "kedai"
    catalogue = room / "locale/id/LC_MESSAGES/django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('<<<<<<< ours\nmsgid "Coffee"\nmsgstr "Kopi"\n')
    monkeypatch.setattr(i18n, "rooms", lambda names=(): [room])
    monkeypatch.setattr("setia.web.apps._fresh", lambda source: False)
    with caplog.at_level(logging.WARNING):
        apps.get_app_config("web").ready()
    assert "cannot be read" in caplog.text
    assert not catalogue.with_suffix(".mo").exists()
