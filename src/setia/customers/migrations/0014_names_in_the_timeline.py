from django.db import migrations

# An erasure takes a person's name out of other people's timelines: few entries can hold one, among millions.
FORWARD = """
CREATE INDEX customers_timeline_names ON customers_timelineentry (id)
  WHERE kind IN ('EDITED', 'LINKED', 'UNLINKED', 'MERGED', 'UNMERGED')
    AND (kind <> 'EDITED' OR (data -> 'changes') ? 'recommended_by');
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_doubles")]
    operations = [migrations.RunSQL(FORWARD, "DROP INDEX customers_timeline_names")]
