"""The people of these tests: Ratna owns the firm, Dewi works there, Bayu has not come in yet."""

from datetime import UTC, datetime

from setia.accounts.models import User

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PASSWORD = "kopi-susu-gula-aren"


def ratna() -> User:
    """The owner."""
    return User.objects.create_user("ratna@kopi.example", PASSWORD, name="Ratna Wulandari", role=User.Role.OWNER)


def dewi() -> User:
    """A member."""
    return User.objects.create_user("dewi@kopi.example", PASSWORD, name="Dewi Lestari")
