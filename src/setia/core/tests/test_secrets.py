"""Sealed secrets: readable with the key file, useless without it."""

import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from setia.core.secrets import CannotOpen, seal, unseal


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SETIA_SEAL_KEYS", raising=False)
    settings.HOME = tmp_path / "home"
    return tmp_path / "home"


def test_what_was_sealed_is_read_back_and_looks_like_nothing(home: Path) -> None:
    sealed = seal("rahasia ☕")
    assert "rahasia" not in sealed
    assert unseal(sealed) == "rahasia ☕"
    assert seal("rahasia ☕") != sealed


def test_the_key_file_is_its_owners_alone(home: Path) -> None:
    seal("x")
    assert stat.S_IMODE((home / "seal.key").stat().st_mode) == 0o600


def test_a_new_key_on_top_seals_and_the_old_one_still_opens(home: Path) -> None:
    old = seal("lama")
    file = home / "seal.key"
    former = file.read_text()
    file.write_text(Fernet.generate_key().decode() + "\n" + former + "\n")
    new = seal("baru")
    assert (unseal(old), unseal(new)) == ("lama", "baru")
    file.write_text(former)
    with pytest.raises(CannotOpen):
        unseal(new)


def test_another_key_or_a_changed_letter_opens_nothing(home: Path) -> None:
    sealed = seal("rahasia")
    with pytest.raises(CannotOpen):
        unseal(sealed[:-4] + "AAA=")
    (home / "seal.key").write_bytes(Fernet.generate_key())
    with pytest.raises(CannotOpen):
        unseal(sealed)


def test_keys_from_the_environment_take_the_files_place(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETIA_SEAL_KEYS", Fernet.generate_key().decode())
    assert unseal(seal("rahasia")) == "rahasia"
    assert not (home / "seal.key").exists()


def test_a_broken_key_file_is_told_loudly(home: Path) -> None:
    home.mkdir()
    (home / "seal.key").write_text("not a key")
    with pytest.raises(ImproperlyConfigured, match=r"seal\.key"):
        seal("x")
