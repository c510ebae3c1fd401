"""The staging table: one temporary table per import, filled by COPY, gone with the transaction."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.reading.own import KEY

# Whose a subscription, unit, contract or complaint is. No column of theirs says gender or kind; whoever makes customers
# asks for both.
_PAYER = {
    "customer_number": "text",
    "customer_name": "text",
    "customer_phone": "text",
    "customer_email": "text",
    "customer_region": "text",
    "customer_gender": "text",
    "customer_kind": "text",
}

_PERSON = {
    "number": "text",
    "name": "text",
    "call_name": "text",
    "title": "text",
    "kind": "text",
    "role": "text",
    "relation": "text",
    "industry": "text",
    "acquisition": "text",
    "gender": "text",
    "tax_number": "text",
    "birthday": "date",
    "region": "text",
    "notes": "text",
    "phone": "text",
    "whatsapp": "text",
    "email": "text",
    "instagram": "text",
    "facebook": "text",
    "telegram": "text",
    "line": "text",
    "tiktok": "text",
    "address": "text",
    "owner": "bigint",
    "tags": "text",
    "consent": "text",
    "consent_purpose": "text",
    "consent_channel": "text",
    "consent_at": "timestamptz",
    "consent_how": "text",
}

# Column of the staged row → its PostgreSQL type. `rn` is the row's number in the file.
COLUMNS: dict[str, dict[str, str]] = {
    "ORDERS": {
        "order_number": "text",
        "ordered_at": "timestamptz",
        "customer_number": "text",
        "customer_name": "text",
        "customer_phone": "text",
        "customer_email": "text",
        "customer_region": "text",
        "customer_gender": "text",
        "customer_kind": "text",
        "product_code": "text",
        "product_name": "text",
        "category": "text",
        "quantity": "numeric",
        "unit_price": "numeric",
        "amount": "numeric",
        "line_discount": "numeric",
        "order_discount": "numeric",
        "promotion_code": "text",
        "channel": "text",
        "cancelled": "boolean",
        "reverses_number": "text",
        "currency": "text",
        "note": "text",
    },
    "CUSTOMERS": _PERSON,
    "PROSPECTS": {**_PERSON, "prospect_source": "text", "campaign": "text", "wants": "text"},
    "SUBSCRIPTIONS": {
        "subscription_number": "text",
        **_PAYER,
        "plan_code": "text",
        "plan_name": "text",
        "quantity": "numeric",
        "price": "numeric",
        "discount_percent": "numeric",
        "currency": "text",
        "period": "text",
        "period_days": "numeric",
        "started_date": "date",
        "trial_until_date": "date",
        "renews_date": "date",
        "paused_date": "date",
        "resumes_date": "date",
        "ended_date": "date",
        "status": "text",
        "reason": "text",
        "note": "text",
    },
    "UNITS": {
        "serial": "text",
        "product_code": "text",
        "product_name": "text",
        **_PAYER,
        "installed_date": "date",
        "warranty_from_date": "date",
        "warranty_until_date": "date",
        "service_every_months": "numeric",
        "next_service_date": "date",
        "retired_date": "date",
        "place": "text",
        "note": "text",
    },
    "CONTRACTS": {
        "contract_number": "text",
        **_PAYER,
        "contract_title": "text",
        "from_date": "date",
        "until_date": "date",
        "value": "numeric",
        "currency": "text",
        "complexity": "text",
        "account_manager": "bigint",
        "note": "text",
    },
    "CONCERNS": {
        "concern_number": "text",
        **_PAYER,
        "concern_kind": "text",
        "concern_words": "text",
        "raised_date": "date",
        "contract_number": "text",
        "resolver": "bigint",
        "done_date": "date",
        "answer": "text",
    },
    "PRODUCTS": {
        "code": "text",
        "name": "text",
        "category": "text",
        "price": "numeric",
        "kind": "text",
        "notes": "text",
    },
}

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


_OWN = {"t": "text", "n": "numeric", "m": "numeric", "d": "date", "c": "bigint", "r": "text"}


def columns_of(what: str, fields: Iterable[str]) -> dict[str, str]:
    """The staged columns of a kind of file, with those of the firm's own fields that a plan fills."""
    return COLUMNS[what] | {name: _OWN[found[1][0]] for name in sorted(fields) if (found := KEY.fullmatch(name))}


def create(cursor: CursorWrapper, what: str, fields: Iterable[str] = ()) -> None:
    """Make the empty staging table `stage` for this transaction. `fields` are those of the plan."""
    columns = ", ".join(f"{name} {kind}" for name, kind in columns_of(what, fields).items())
    cursor.execute(f"CREATE TEMP TABLE stage (rn bigint NOT NULL, {columns}) ON COMMIT DROP")


def _encoded(column: Sequence[str | None]) -> Iterable[str]:
    """A column in COPY's text format. Only a chunk that holds a special character pays for escaping."""
    filled = ["\\N" if value is None else value for value in column]
    joined = "".join(filled)
    if not _SPECIAL.search(joined.replace("\\N", "")):
        return filled
    return ["\\N" if value is None else _SPECIAL.sub(lambda found: _ESCAPES[found[0]], value) for value in column]


def fill(cursor: CursorWrapper, row_numbers: Sequence[int], columns: dict[str, list[str | None]]) -> None:
    """Append one chunk of canonical text columns to the staging table."""
    if not row_numbers:
        return
    names = list(columns)
    encoded: list[Any] = [map(str, row_numbers), *(_encoded(columns[name]) for name in names)]
    with cursor.copy(f"COPY stage (rn, {', '.join(names)}) FROM STDIN") as copy:
        copy.write("\n".join(map("\t".join, zip(*encoded, strict=True))) + "\n")
