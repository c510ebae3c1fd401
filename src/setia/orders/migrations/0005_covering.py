"""The index of a customer's orders holds what reports add up by customer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_agent")]
    operations = [
        migrations.RemoveIndex("order", "orders_of_customer"),
        migrations.AddIndex(
            "order",
            models.Index(
                models.F("customer"),
                models.OrderBy(models.F("ordered_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                include=("day", "kind", "reversed", "total"),
                name="orders_of_customer",
            ),
        ),
    ]
