import django.db.models.deletion
from django.db import migrations, models

PERIODS = [("MONTH", "Month"), ("QUARTER", "Quarter"), ("YEAR", "Year"), ("DAYS", "Days")]


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0004_switched")]

    operations = [
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                models.F("until_date"),
                models.F("id"),
                condition=models.Q(("reason", ""), ("status", "ACTIVE")),
                name="subscriptions_renewals",
            ),
        ),
        migrations.CreateModel(
            name="LeavingStudy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.CharField(choices=PERIODS, max_length=10)),
                ("days", models.PositiveIntegerField(null=True)),
                ("subscriptions", models.BigIntegerField()),
                ("left", models.BigIntegerField()),
                ("alpha", models.FloatField(null=True)),
                ("beta", models.FloatField(null=True)),
                ("raised", models.BigIntegerField(default=0)),
                ("raised_left", models.BigIntegerField(default=0)),
                ("raised_expected", models.FloatField(default=0)),
                ("as_of_date", models.DateField()),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subscriptions.plan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "period", "days"), name="subscriptions_leaving_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("alpha", None), ("beta", None)),
                            models.Q(("alpha__gt", 0), ("beta__gt", 0)),
                            _connector="OR",
                        ),
                        name="subscriptions_leaving_model",
                    ),
                ],
            },
        ),
    ]
