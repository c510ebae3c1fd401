from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("service", "0004_imported")]

    operations = [
        migrations.AddField(
            model_name="concern",
            name="due_date",
            field=models.DateField(help_text="The day it was promised for; null: none was promised.", null=True),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(
                F("due_date"),
                F("id"),
                condition=Q(closed_at=None, due_date__isnull=False),
                name="service_concerns_due",
            ),
        ),
    ]
