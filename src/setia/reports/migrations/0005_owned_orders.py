"""Notes whose customers' orders lie on which day; those that are there already, at once. Of the tallies all days are
counted anew, as they now hold each person's products, too.
"""

from django.db import migrations, models

_FILL = """
INSERT INTO reports_ownedorder (day, owner, order_id)
SELECT o.day, c.owner_id, o.id FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
WHERE c.owner_id IS NOT NULL AND o.kind IN ('PURCHASE', 'RETURN')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0024_request_reminded"),
        ("reports", "0004_buyer_tally"),
    ]
    operations = [
        migrations.CreateModel(
            name="OwnedOrder",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day", "owner", "order_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField(help_text="The firm's day.")),
                ("owner", models.BigIntegerField(help_text="Who looks after the customer.")),
                (
                    "order_id",
                    models.BigIntegerField(help_text="No foreign key: an order may go, and be counted later."),
                ),
            ],
        ),
        migrations.AddIndex(
            "buyertally",
            models.Index(
                models.F("owner"),
                models.F("span"),
                models.F("day"),
                condition=models.Q(("owner__gt", 0)),
                name="reports_bought_of",
            ),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RunSQL(
            "INSERT INTO reports_uncountedday (day) SELECT DISTINCT day FROM orders_order",
            migrations.RunSQL.noop,
        ),
    ]
