from django.db import migrations

# An entry goes only with its customer (an erasure), never alone; `by` may become NULL when a user is removed.
FORWARD = """
CREATE FUNCTION customers_timeline_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM customers_customer WHERE id = OLD.customer_id) THEN
      RAISE EXCEPTION 'the timeline is append-only: entry % may not be deleted', OLD.id;
    END IF;
    RETURN OLD;
  END IF;
  IF (NEW.id, NEW.customer_id, NEW.kind, NEW.at, NEW.data) IS DISTINCT FROM
     (OLD.id, OLD.customer_id, OLD.kind, OLD.at, OLD.data) THEN
    RAISE EXCEPTION 'the timeline is append-only: entry % may not be changed', OLD.id;
  END IF;
  RETURN NEW;
END $$;
CREATE CONSTRAINT TRIGGER customers_timeline_keep_deleted AFTER DELETE ON customers_timelineentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION customers_timeline_keep();
CREATE TRIGGER customers_timeline_keep_changed BEFORE UPDATE ON customers_timelineentry
  FOR EACH ROW EXECUTE FUNCTION customers_timeline_keep();
"""
BACK = """
DROP TRIGGER customers_timeline_keep_deleted ON customers_timelineentry;
DROP TRIGGER customers_timeline_keep_changed ON customers_timelineentry;
DROP FUNCTION customers_timeline_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_stamps")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
