"""What each year's best customers bought at most; counted at once for the orders that are there already."""

from django.db import migrations, models

_FILL = """
INSERT INTO reports_bestbuyer (year, customer, at_most)
WITH each AS (
  SELECT extract(year FROM day)::smallint AS year, customer_id AS customer, sum(total) AS at_most
  FROM orders_order WHERE kind IN ('PURCHASE', 'RETURN') AND total > 0 AND customer_id IS NOT NULL GROUP BY 1, 2
), placed AS (SELECT *, row_number() OVER (PARTITION BY year ORDER BY at_most DESC) AS place FROM each)
SELECT year, customer, at_most FROM placed WHERE place <= 10000
UNION ALL SELECT year, 0, COALESCE(max(at_most) FILTER (WHERE place > 10000), 0) FROM placed GROUP BY year
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0005_covering"),
        ("reports", "0005_owned_orders"),
    ]
    operations = [
        migrations.CreateModel(
            name="BestBuyer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "year", "customer", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("year", models.SmallIntegerField()),
                (
                    "customer",
                    models.BigIntegerField(help_text="No foreign key: a customer may go, and be counted later."),
                ),
                (
                    "at_most",
                    models.DecimalField(
                        decimal_places=4, help_text="All they bought, no return taken off.", max_digits=22
                    ),
                ),
            ],
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
