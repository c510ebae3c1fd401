"""Gives these tests their database (the run's own PostgreSQL, started when first asked for) and their browser."""

from setia.command.testing import django_db_modify_db_settings
from tests.browser import chromium, visit

__all__ = ["chromium", "django_db_modify_db_settings", "visit"]
