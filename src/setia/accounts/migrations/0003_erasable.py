from django.db import migrations

# A customer's erasure takes out what an entry said about them; who did what and when stays. `setia.erasing` is set for
# the length of that one transaction, and deleting stays refused in it too.
FORWARD = """
DROP TRIGGER accounts_audit_keep ON accounts_auditentry;
CREATE TRIGGER accounts_audit_keep BEFORE UPDATE ON accounts_auditentry FOR EACH ROW
  WHEN (COALESCE(current_setting('setia.erasing', true), '') <> 'on') EXECUTE FUNCTION accounts_audit_keep();
CREATE TRIGGER accounts_audit_keep_deleted BEFORE DELETE ON accounts_auditentry
  FOR EACH ROW EXECUTE FUNCTION accounts_audit_keep();
"""
BACK = """
DROP TRIGGER accounts_audit_keep_deleted ON accounts_auditentry;
DROP TRIGGER accounts_audit_keep ON accounts_auditentry;
CREATE TRIGGER accounts_audit_keep BEFORE UPDATE OR DELETE ON accounts_auditentry
  FOR EACH ROW EXECUTE FUNCTION accounts_audit_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people_and_audit")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
