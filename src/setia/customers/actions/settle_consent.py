"""What customers agree to after a merge, or after one was undone: the stricter of the records' latest answers.

The answers themselves (`ConsentEntry`) are never rewritten; what holds now (`Consent`) follows from them.
"""

from collections.abc import Iterable

from django.db import connection

# The latest answer on each record; of several records that are one customer now, a no goes before a yes, unless
# somebody wrote an answer down after that record had been merged away: they knew of both.
_LATEST = """
SELECT DISTINCT ON (whose, purpose, channel) * FROM (
  SELECT DISTINCT ON (e.customer_id, e.purpose, e.channel) COALESCE(c.merged_into_id, c.id) AS whose, e.purpose,
         e.channel, e.state, e.at, e.how, e.text_id, e.guardian, e.id,
         EXISTS (
           SELECT FROM customers_consententry later JOIN customers_customer l ON l.id = later.customer_id
           WHERE COALESCE(l.merged_into_id, l.id) = c.merged_into_id
             AND later.purpose = e.purpose AND later.channel = e.channel AND later.written_at > (
               SELECT max(m.at) FROM customers_merge m JOIN customers_mergedcustomer o ON o.merge_id = m.id
               WHERE o.customer_id = c.id AND m.undone_at IS NULL)) AS superseded
  FROM customers_consententry e JOIN customers_customer c ON c.id = e.customer_id
  WHERE c.id = ANY(%(keys)s) OR c.merged_into_id = ANY(%(keys)s)
  ORDER BY e.customer_id, e.purpose, e.channel, e.at DESC, e.id DESC) latest_of_record
WHERE NOT superseded
ORDER BY whose, purpose, channel, state = 'WITHDRAWN' DESC, at DESC, id DESC
"""


def settle_consent(customer_ids: Iterable[int]) -> None:
    """Let what holds now follow from the answers given, for these customers and those merged into them."""
    names = {"keys": list(customer_ids)}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            DELETE FROM customers_consent had USING customers_customer c
            WHERE had.customer_id = c.id AND c.merged_into_id IS NULL AND c.id = ANY(%(keys)s) AND NOT EXISTS (
              SELECT FROM ({_LATEST}) latest WHERE latest.whose = had.customer_id AND latest.purpose = had.purpose
                AND latest.channel = had.channel)
            """,  # noqa: S608 - this module's own words
            names,
        )
        cursor.execute(
            f"""
            INSERT INTO customers_consent (customer_id, purpose, channel, state, at, how, text_id, guardian)
            SELECT whose, purpose, channel, state, at, how, text_id, guardian FROM ({_LATEST}) latest
            ON CONFLICT (customer_id, purpose, channel) DO UPDATE SET
              state = excluded.state, at = excluded.at, how = excluded.how, text_id = excluded.text_id,
              guardian = excluded.guardian
            """,  # noqa: S608 - this module's own words
            names,
        )
