"""A checksum over the business tables, to prove that nothing changed (after a second import, or an undo)."""

from django.db import connection

# Customers, catalogue and orders as a firm knows them; not audit, runs, jobs, outbox, or what is computed from these.
TABLES = (
    "catalogue_category",
    "catalogue_product",
    "customers_consent",
    "customers_consententry",
    "customers_contactpoint",
    "customers_customer",
    "customers_customertag",
    "customers_industry",
    "customers_tag",
    "customers_timelineentry",
    "orders_order",
    "orders_orderline",
    "sales_prospect",
    "sales_prospectstep",
    "service_concern",
    "service_contract",
    "subscriptions_plan",
    "subscriptions_subscription",
    "subscriptions_subscriptionperiod",
    "subscriptions_subscriptionstep",
    "subscriptions_unit",
    "subscriptions_unitservice",
)


def business_checksum() -> str:
    """One line of text per table: its name, its row count, and an order-free digest of all its rows."""
    parts = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"SELECT count(*), COALESCE(sum(hashtextextended(t::text, 0)::numeric), 0),"  # noqa: S608 — own names
                f" COALESCE(sum(hashtextextended(t::text, 1)::numeric), 0) FROM {table} t"
            )
            parts.append(f"{table} {' '.join(map(str, cursor.fetchone()))}")
    return "\n".join(parts)
