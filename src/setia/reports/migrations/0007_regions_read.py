"""All days are counted anew: what a region typed freely means was found out after some of them had been counted."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_best_buyers")]
    operations = [
        migrations.RunSQL(
            "INSERT INTO reports_uncountedday (day) SELECT DISTINCT day FROM orders_order",
            migrations.RunSQL.noop,
        )
    ]
