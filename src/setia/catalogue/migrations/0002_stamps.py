from django.db import migrations

from setia.core.stamps import stamped


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_first"), ("core", "0002_stamp")]
    operations = [stamped("catalogue_product")]
