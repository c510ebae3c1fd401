"""A group of doubles knows the merge it became. For groups accepted before, the audit trail says which."""

import django.db.models.deletion
from django.db import migrations, models

_FROM_THE_TRAIL = """
UPDATE customers_doublegroup g SET merge_id = CASE WHEN m.undone_at IS NULL THEN m.id END,
       state = CASE WHEN m.undone_at IS NULL THEN g.state ELSE 'OPEN' END,
       decided_by_id = CASE WHEN m.undone_at IS NULL THEN g.decided_by_id END,
       decided_at = CASE WHEN m.undone_at IS NULL THEN g.decided_at END
FROM accounts_auditentry a JOIN customers_merge m ON m.id = (a.data ->> 'merge')::bigint
WHERE a.verb = 'double.accepted' AND a.about_id = g.id AND g.state = 'ACCEPTED'
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0018_tax_number"), ("accounts", "0006_mentions")]

    operations = [
        migrations.AddField(
            model_name="doublegroup",
            name="merge",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="customers.merge"
            ),
        ),
        # What waits at the transaction's end must be checked before the table gets its new key.
        migrations.RunSQL([_FROM_THE_TRAIL, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
    ]
