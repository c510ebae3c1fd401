from django.db import migrations, models

WHAT = [
    ("CUSTOMERS", "Customers"),
    ("PRODUCTS", "Products"),
    ("ORDERS", "Orders"),
    ("SUBSCRIPTIONS", "Subscriptions"),
    ("UNITS", "Installed units"),
]


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_first")]

    operations = [
        migrations.AlterField(model_name="run", name="what", field=models.CharField(choices=WHAT, max_length=15)),
        migrations.AlterField(model_name="shape", name="what", field=models.CharField(max_length=15)),
    ]
