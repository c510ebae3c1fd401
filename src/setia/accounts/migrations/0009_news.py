"""Tells whoever listens what was just written to the audit trail, and that sessions ended: `core.news` reads it.

One message a statement and not a row: of a statement that wrote very many lines it says only so.
"""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION accounts_audit_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('setia_news', CASE WHEN count(*) > 40 THEN '*' ELSE string_agg(
    concat_ws(' ', verb, about, coalesce(about_id::text, '-'), coalesce(by_id::text, '-'),
      CASE WHEN data->'changes' ? 'owner' THEN '1' ELSE '0' END), E'\\n') END)
  FROM fresh HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER accounts_audit_news AFTER INSERT ON accounts_auditentry
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_news();
CREATE FUNCTION accounts_session_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('setia_news', 'people');
  RETURN NULL;
END $$;
CREATE TRIGGER accounts_session_news AFTER DELETE ON accounts_session
  FOR EACH STATEMENT EXECUTE FUNCTION accounts_session_news();
"""
BACK = """
DROP TRIGGER accounts_session_news ON accounts_session;
DROP FUNCTION accounts_session_news();
DROP TRIGGER accounts_audit_news ON accounts_auditentry;
DROP FUNCTION accounts_audit_news();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_audit_filters")]
    operations = [migrations.RunSQL(TRIGGERS, BACK)]
