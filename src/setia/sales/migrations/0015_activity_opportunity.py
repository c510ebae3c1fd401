from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("sales", "0014_prospects_owner")]

    operations = [
        migrations.AddField(
            model_name="activity",
            name="opportunity",
            field=models.ForeignKey(
                db_index=False,
                help_text="What of the customer's it is to win.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to="sales.opportunity",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                F("opportunity"),
                F("done_at").desc(),
                F("id").desc(),
                condition=Q(opportunity__isnull=False),
                name="sales_activities_to_win",
            ),
        ),
    ]
