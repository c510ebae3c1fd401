from django.db import migrations, models

NEXT = """
UPDATE subscriptions_revenuemove m SET next_month = n.next_month FROM (
  SELECT id, lead(month) OVER (PARTITION BY customer_id ORDER BY month) AS next_month FROM subscriptions_revenuemove) n
WHERE n.id = m.id AND n.next_month IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0005_leaving")]

    operations = [
        migrations.AddField(
            model_name="revenuemove",
            name="next_month",
            field=models.DateField(help_text="Of the customer's next move; none: it stands still.", null=True),
        ),
        migrations.RunSQL(NEXT, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="revenuemove",
            index=models.Index(
                models.OrderBy(models.F("after"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("after__gt", 0)),
                name="subscriptions_standing",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                models.F("reason"),
                models.OrderBy(models.F("started_date"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("reason", ""), _negated=True),
                name="subscriptions_by_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                models.OrderBy(models.F("started_date"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("ended_date", None), models.Q(("reason", ""), _negated=True)),
                name="subscriptions_leaving",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                models.F("plan"),
                models.OrderBy(models.F("monthly"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="subscriptions_plan_monthly",
            ),
        ),
        migrations.AddIndex(
            model_name="subscriptionstep",
            index=models.Index(
                condition=models.Q(("kind__in", ["CHANGED", "SWITCHED"])),
                fields=["subscription"],
                name="subscriptions_changes",
            ),
        ),
    ]
