from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

FILL = """
UPDATE sales_opportunity o SET customer_owner_id = c.owner_id FROM customers_customer c
WHERE c.id = o.customer_id AND c.owner_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0012_targets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="opportunity", name="sales_opp_board"),
        migrations.AddField(
            model_name="opportunity",
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
        # Rows just filled wait for their foreign key to be looked at; the indexes wait for nothing.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                F("stage"),
                F("entered_at").desc(),
                F("id").desc(),
                condition=Q(status="OPEN"),
                include=["amount", "owner", "customer_owner"],
                name="sales_opp_board",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                F("customer_owner"),
                F("status"),
                F("entered_at").desc(),
                F("id").desc(),
                name="sales_opp_of_customers",
            ),
        ),
    ]
