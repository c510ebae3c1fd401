from django.db import migrations

# A portrait is computed from its customer and goes with it, also when rooms below remove customers by SQL.
FORWARD = """
DO $$ DECLARE name text; BEGIN
  SELECT conname INTO name FROM pg_constraint
  WHERE conrelid = 'portraits_portrait'::regclass AND contype = 'f' AND confrelid = 'customers_customer'::regclass;
  EXECUTE format('ALTER TABLE portraits_portrait DROP CONSTRAINT %I', name);
  ALTER TABLE portraits_portrait ADD CONSTRAINT portraits_portrait_customer FOREIGN KEY (customer_id)
    REFERENCES customers_customer (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("portraits", "0001_first")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
