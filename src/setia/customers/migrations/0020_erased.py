from django.db import migrations, models
from django.db.models import Q

# Whoever was erased before is locked from here on; what somebody has written there since is gone with it.
_LOCK = """
UPDATE customers_customer c
SET erased_at = e.at, name = '', call_name = '', title = '', gender = '', birthday = NULL, tax_number = '', region = '',
    region_code = '', notes = '', extra = '{}', archived_at = COALESCE(c.archived_at, e.at)
FROM customers_erasure e WHERE e.customer_key = c.id AND e.made_at = c.created_at
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0019_double_merge")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="erased_at",
            field=models.DateTimeField(
                null=True,
                editable=False,
                help_text="Since when the person is forgotten: nothing may be said of them again.",
            ),
        ),
        migrations.RunSQL(_LOCK, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(
                    name="",
                    call_name="",
                    title="",
                    gender="",
                    birthday=None,
                    tax_number="",
                    region="",
                    region_code="",
                    notes="",
                    extra={},
                    archived_at__isnull=False,
                ),
                name="customers_customer_erased_stays_empty",
            ),
        ),
    ]
