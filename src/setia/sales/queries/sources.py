"""Where prospects heard of the firm: a word each, spelled one way."""

from django.db import connection

from setia.sales.models import Prospect

USUAL = ("Instagram", "WhatsApp", "Facebook", "TikTok", "Google", "Website", "Tokopedia", "Shopee", "LinkedIn")
"""Names everybody spells this way, known before the first prospect came from there."""


def sources() -> list[str]:
    """The sources in use, read off the index one distinct value at a time; at most 200.

    The index knows of prospects with a source alone, which PostgreSQL wants to be told each time before it trusts it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE one AS (
                (SELECT source FROM sales_prospect WHERE source > '' ORDER BY source LIMIT 1)
                UNION ALL
                SELECT (SELECT p.source FROM sales_prospect p WHERE p.source > one.source AND p.source > ''
                        ORDER BY p.source LIMIT 1)
                FROM one WHERE one.source IS NOT NULL
            )
            SELECT source FROM one WHERE source IS NOT NULL LIMIT 200
            """
        )
        return [source for (source,) in cursor.fetchall()]


def as_spelled(source: str) -> str:
    """A source in the spelling that is in use already, so that “instagram” and “Instagram” are one."""
    if not source or Prospect.objects.filter(source=source).exists():
        return source
    folded = source.casefold()
    return next((one for one in (*sources(), *USUAL) if one.casefold() == folded), source)
