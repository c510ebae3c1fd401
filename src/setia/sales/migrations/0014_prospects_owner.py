from django.conf import settings
from django.db import migrations, models
from django.db.models import F

FILL = """
UPDATE sales_prospect p SET customer_owner_id = c.owner_id FROM customers_customer c
WHERE c.id = p.customer_id AND c.owner_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0013_customer_owner"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="prospect",
            name="customer_owner",
            field=models.ForeignKey(
                db_index=False,
                help_text="Who looks after the customer, as `follow_owners` keeps it: who may see it is asked of this row.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="prospect",
            index=models.Index(
                F("customer_owner"), F("status"), F("captured_at").desc(), F("id").desc(), name="sales_prospects_of"
            ),
        ),
    ]
