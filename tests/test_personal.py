"""No copy of a person is overlooked: every table with a customer's key says what becomes of it."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from setia.core.personal import AtErasure, holdings

# Tables that name customers in a way of their own; each says here why it holds nothing about one of them.
HARMLESS = {
    "portraits_forecast": "counts customers",
    "portraits_refresh": "counts customers",
    "demo_load": "counts customers of the demo",
    "customers_regiontally": "counts customers by region",
}

# What a customer's row keeps at an erasure: nothing of it tells who it was.
KEPT = {
    "id",
    "kind",
    "source",
    "role",
    "relation",
    "acquisition",
    "recommended_by_id",
    "merged_into_id",
    "created_at",
    "owner_id",  # a colleague: who of the firm looked after the customer
    "made_by_run",
    "latest_run",
}


def _keyed() -> dict[str, str]:
    """Every table of ours with a key to a customer, by foreign key or by name: table → the column."""
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("setia.")}
    found = {"customers_customer": "id"}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in ours:
            continue
        for one in model._meta.local_concrete_fields:
            to_customer = isinstance(one, ForeignKey) and one.related_model._meta.label == "customers.Customer"
            if to_customer or "customer" in one.name:
                found.setdefault(model._meta.db_table, one.name)
    return found


def test_every_table_with_a_customers_key_says_what_it_holds_and_what_becomes_of_it() -> None:
    named = {one.table for one in holdings()}
    missing = {table: column for table, column in _keyed().items() if table not in named and table not in HARMLESS}
    assert not missing, f"name these in their room's module personal (see core.personal): {missing}"


def test_every_fact_of_a_customer_is_either_blanked_or_known_to_tell_nothing() -> None:
    row = next(one for one in holdings() if one.table == "customers_customer")
    customer = apps.get_model("customers", "Customer")
    columns = {field.column for field in customer._meta.local_concrete_fields if not field.generated}
    assert columns == set(row.blank) | KEPT


def test_nothing_is_named_that_does_not_exist() -> None:
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    for one in holdings():
        assert one.table in models, one.table
        fields = {field.name for field in models[one.table]._meta.concrete_fields}
        columns = {field.column for field in models[one.table]._meta.concrete_fields}
        assert set(one.columns) <= fields, f"{one.table}: {set(one.columns) - fields}"
        assert set(one.blank) <= columns, f"{one.table}: {set(one.blank) - columns}"
        assert set(one.words) <= set(one.columns), one.table
    assert set(HARMLESS) <= set(models)


def test_a_table_that_loses_its_rows_is_not_needed_by_one_that_keeps_them() -> None:
    """What stays must not point with a key that the database holds at what goes."""
    going = {one.table for one in holdings() if one.at_erasure is AtErasure.DELETE}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table in going:
            continue
        for one in model._meta.local_concrete_fields:
            if isinstance(one, ForeignKey) and one.related_model._meta.db_table in going:
                assert one.null or model._meta.db_table in going, f"{model.__name__}.{one.name}"


@pytest.mark.django_db
def test_each_table_can_be_asked_and_emptied() -> None:
    """The conditions are SQL by hand: each runs on the tables as they are."""
    with connection.cursor() as cursor:
        for one in holdings():
            cursor.execute(f"SELECT to_jsonb(t) FROM {one.table} t WHERE {one.where}", {"customer": 0})
            for column, value in one.blank.items():
                changed = f'UPDATE {one.table} t SET "{column}" = {value} WHERE {one.where}'
                cursor.execute(changed, {"customer": 0})
