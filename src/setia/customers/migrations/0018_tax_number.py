from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("customers", "0017_owner")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="tax_number",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="NPWP or NIK, sixteen digits; see `normalise.tax_number`. Branches and families may share one.",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=Q(tax_number="") | Q(tax_number__regex=r"^[0-9]{16}$"), name="customers_customer_tax_number"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["tax_number"], condition=Q(tax_number__gt=""), name="customers_tax_number"),
        ),
    ]
