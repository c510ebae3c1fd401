import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_saved")]

    operations = [
        # All days are marked anew below.
        migrations.DeleteModel(name="UncountedDay"),
        migrations.CreateModel(
            name="UncountedDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="BuyerTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product", models.BigIntegerField()),
                ("owner", models.BigIntegerField()),
                ("span", models.CharField(choices=[("D", "Day"), ("M", "Month")], max_length=1)),
                ("day", models.DateField(help_text="The firm's day; of a month its first.")),
                ("new", models.IntegerField()),
                ("again", models.IntegerField(help_text="Customers who had bought before.")),
                ("new_orders", models.IntegerField()),
                ("again_orders", models.IntegerField()),
                ("walk_in_orders", models.IntegerField()),
                (
                    "away",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        help_text="Of each customer who came back to the product, the shortest first: days from when"
                        " they had come back before until this day; of a month until its first, of those alone who had"
                        " not come back in it before.",
                        size=None,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(models.F("day"), models.F("span"), models.F("product"), name="reports_bought_day")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("product", "owner", "span", "day"), name="reports_bought_once")
                ],
            },
        ),
        # What is there already is counted by the worker; until then, along with each page.
        migrations.RunSQL(
            "INSERT INTO reports_uncountedday (day) SELECT DISTINCT day FROM orders_order",
            migrations.RunSQL.noop,
        ),
    ]
