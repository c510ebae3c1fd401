"""Gives these tests their database: the run's own PostgreSQL, started when the first of them asks for it."""

from setia.command.testing import django_db_modify_db_settings

__all__ = ["django_db_modify_db_settings"]
