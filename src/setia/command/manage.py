"""`setia manage …`: Django's management commands, with this home's database."""

from setia.command import database


def run(words: list[str]) -> int:
    """Hands the words to Django; returns 0, or leaves with Django's own exit code."""
    with database.borrowed():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["setia manage", *words])
    return 0
