from django.db import migrations

from setia.core.stamps import stamped


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_first"), ("core", "0002_stamp")]
    operations = [stamped("customers_customer"), stamped("customers_contactpoint")]
