from django.db import migrations, models

KINDS = [
    ("STARTED", "Began"),
    ("TRIAL_ENDED", "The trial ended"),
    ("CHANGED", "Terms changed"),
    ("SWITCHED", "Went to another plan"),
    ("PAUSED", "Paused"),
    ("RESUMED", "Resumed"),
    ("CANCELLED", "Cancelled"),
    ("EXPIRED", "Expired"),
]
HELP = "What changes on that day: texts of numbers, by field; the key of a plan."


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0003_stamps")]

    operations = [
        migrations.AlterField(
            model_name="subscriptionstep", name="kind", field=models.CharField(choices=KINDS, max_length=12)
        ),
        migrations.AlterField(
            model_name="subscription",
            name="planned",
            field=models.JSONField(blank=True, default=dict, help_text=HELP),
        ),
    ]
