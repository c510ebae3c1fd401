from django.db import migrations

from setia.core.stamps import stamped


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_first"), ("core", "0002_stamp")]
    operations = [stamped("orders_order")]
