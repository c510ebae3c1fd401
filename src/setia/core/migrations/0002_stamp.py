from django.db import migrations

from setia.core.stamps import FUNCTION

CACHE = """
CREATE TABLE core_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX core_cache_expires ON core_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_first")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION core_stamp()"),
        migrations.RunSQL(CACHE, "DROP TABLE core_cache"),
    ]
