"""The people of the page tests: Rani owns the shop, Dimas is on the team; and a stranger who must see nothing."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from setia.accounts.models import User

EN = {"accept-language": "en"}


def signed_in(name: str = "Dimas Prasetyo", role: str = User.Role.MEMBER) -> Client:
    """A browser in which this person is signed in, reading English."""
    email = f"{name.split()[0].lower()}@kopi.id"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name, role=role)
    client = Client(headers=EN)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def home(tmp_path: Path, settings: LazySettings) -> Path:
    """A data folder of the test's own."""
    settings.HOME = tmp_path / "home"
    return tmp_path
