from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("sales", "0016_map_ground")]

    operations = [
        migrations.AddIndex(
            model_name="prospect",
            index=models.Index(
                F("customer_owner"),
                F("captured_at").desc(),
                F("id").desc(),
                condition=Q(closed_at=None),
                name="sales_prospects_open_of",
            ),
        ),
        migrations.AddIndex(
            model_name="prospect",
            index=models.Index(F("how"), F("captured_at").desc(), F("id").desc(), name="sales_prospects_how"),
        ),
        migrations.AddIndex(
            model_name="prospect",
            index=models.Index(
                F("status"),
                F("captured_at").desc(),
                F("id").desc(),
                condition=Q(closed_at=None, first_touch_at=None),
                name="sales_prospects_unanswered",
            ),
        ),
    ]
