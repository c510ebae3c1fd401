"""The trigger behind `Stamped`: whoever changes a row, by whatever code, becomes the one whose value it holds.

Inside an import the session variable `setia.run` names the run; elsewhere it is empty and the stamp is cleared, so
undo can tell a value that is still the run's from one a person has changed since.
"""

from django.db.migrations import RunSQL

FUNCTION = """
CREATE FUNCTION core_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Generated columns are not computed yet in NEW, so they are left out of the comparison.
  IF to_jsonb(OLD) - '{sort_name,search,latest_run}'::text[]
     IS DISTINCT FROM to_jsonb(NEW) - '{sort_name,search,latest_run}'::text[] THEN
    NEW.latest_run := NULLIF(current_setting('setia.run', true), '')::bigint;
  END IF;
  RETURN NEW;
END $$;
"""


def stamped(table: str) -> RunSQL:
    """The migration step that puts the stamp on a table. `setia.restoring` lets undo put back an older stamp."""
    return RunSQL(
        f"CREATE TRIGGER {table}_stamp BEFORE UPDATE ON {table} FOR EACH ROW"
        f" WHEN (COALESCE(current_setting('setia.restoring', true), '') <> 'on')"
        f" EXECUTE FUNCTION core_stamp()",
        f"DROP TRIGGER {table}_stamp ON {table}",
    )
