from django.db import migrations

from setia.core.stamps import stamped


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0002_rules"), ("core", "0002_stamp")]
    operations = [stamped("subscriptions_subscription"), stamped("subscriptions_unit")]
