import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_first"), ("customers", "0017_owner")]

    operations = [
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(models.F("name"), models.F("id"), name="subscriptions_plan_name"),
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(
                condition=models.Q(("product__isnull", False)), fields=["product"], name="subscriptions_plan_product"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="subscriptions_plan_code_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(condition=models.Q(("price__gte", 0)), name="subscriptions_plan_price"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("days__gte", 1), ("days__lte", 3660), ("period", "DAYS")),
                    models.Q(models.Q(("period", "DAYS"), _negated=True), ("days", None)),
                    _connector="OR",
                ),
                name="subscriptions_plan_days",
            ),
        ),
        migrations.AddIndex(
            model_name="revenuemove",
            index=models.Index(
                models.F("month"),
                models.F("kind"),
                models.OrderBy(models.F("amount"), descending=True),
                models.F("id"),
                name="subscriptions_moves",
            ),
        ),
        migrations.AddConstraint(
            model_name="revenuemove",
            constraint=models.UniqueConstraint(fields=("customer", "month"), name="subscriptions_move_once"),
        ),
        migrations.AddConstraint(
            model_name="revenuemove",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="subscriptions_move_moves"
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                models.F("customer"),
                models.OrderBy(models.F("started_date"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="subscriptions_of_customer",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                models.OrderBy(models.F("started_date"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="subscriptions_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                models.F("status"),
                models.OrderBy(models.F("started_date"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="subscriptions_by_status",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                models.F("plan"),
                models.OrderBy(models.F("started_date"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="subscriptions_by_plan",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                models.OrderBy(models.F("monthly"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="subscriptions_by_monthly",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                models.F("due_date"),
                models.F("id"),
                condition=models.Q(("due_date__isnull", False)),
                name="subscriptions_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(fields=("source", "number"), name="subscriptions_subscription_number"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="subscriptions_quantity"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(condition=models.Q(("price__gte", 0)), name="subscriptions_price"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("discount__gte", 0), ("discount__lte", 100)), name="subscriptions_discount"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("days__gte", 1), ("period", "DAYS")),
                    models.Q(models.Q(("period", "DAYS"), _negated=True), ("days", None)),
                    _connector="OR",
                ),
                name="subscriptions_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "ACTIVE"), ("monthly", 0), _connector="OR"),
                name="subscriptions_only_active_ones_pay",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("due_date", None), ("ended_date__isnull", False), ("status__in", ["CANCELLED", "EXPIRED"])
                    ),
                    models.Q(models.Q(("status__in", ["CANCELLED", "EXPIRED"]), _negated=True), ("ended_date", None)),
                    _connector="OR",
                ),
                name="subscriptions_ended_is_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptionperiod",
            constraint=models.UniqueConstraint(fields=("subscription", "from_date"), name="subscriptions_period_once"),
        ),
        migrations.AddConstraint(
            model_name="subscriptionperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_date__gt", models.F("from_date"))), name="subscriptions_period_lasts"
            ),
        ),
        migrations.AddIndex(
            model_name="subscriptionstep",
            index=models.Index(fields=["subscription", "day", "id"], name="subscriptions_steps"),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(
                models.F("customer"),
                models.OrderBy(models.F("installed_date"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="subscriptions_units_of",
            ),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(
                models.OrderBy(models.F("installed_date"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="subscriptions_units_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(
                models.F("next_service_date"),
                models.F("id"),
                condition=models.Q(("next_service_date__isnull", False), ("retired_date", None)),
                name="subscriptions_units_service",
            ),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(
                models.F("warranty_until_date"),
                models.F("id"),
                condition=models.Q(("retired_date", None), ("warranty_until_date__isnull", False)),
                name="subscriptions_units_warranty",
            ),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("serial"), name="gin_trgm_ops"),
                name="subscriptions_units_serial",
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(fields=("product", "serial"), name="subscriptions_unit_serial"),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(("serial", ""), _negated=True), name="subscriptions_unit_serial_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("warranty_until_date", None),
                    ("warranty_from_date", None),
                    ("warranty_until_date__gte", models.F("warranty_from_date")),
                    _connector="OR",
                ),
                name="subscriptions_unit_warranty",
            ),
        ),
        migrations.AddIndex(
            model_name="unitservice",
            index=models.Index(
                models.F("unit"),
                models.OrderBy(models.F("day"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="subscriptions_services",
            ),
        ),
    ]
