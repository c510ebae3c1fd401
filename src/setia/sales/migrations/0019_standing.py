"""Counts what prospects have come to and what was done, in the transaction that changes it.

Each trigger adds what its statement changes, told from the rows as they are now. How far a prospect got depends on two
more tables: a change of those locks the prospect first, so that two at once are told one after the other.
"""

from django.db import migrations, models

_AFTER, _BEFORE = "SELECT 1 AS sign, a.* FROM after_rows a", "SELECT -1 AS sign, b.* FROM before_rows b"
_CHANGES = {
    "INSERT": (_AFTER, "NEW TABLE AS after_rows"),
    "DELETE": (_BEFORE, "OLD TABLE AS before_rows"),
    "UPDATE": (f"{_AFTER} UNION ALL {_BEFORE}", "OLD TABLE AS before_rows NEW TABLE AS after_rows"),
}

# Asked for once a statement: as a function of its own it would be called for every row.
_DECLARED = "DECLARE firm_zone text := COALESCE((SELECT zone FROM core_firm LIMIT 1), 'Asia/Jakarta');"
# Most changes of a row touch nothing that is counted, and cost no more than this look.
_IDLE = """
PERFORM FROM after_rows a JOIN before_rows b USING (id) WHERE ({after}) IS DISTINCT FROM ({before});
IF NOT FOUND THEN RETURN NULL; END IF;"""

_COLUMNS = "day, source, how, captured, touched, qualified, chances, won, unqualified"
# Prospects, each with the sign it counts with: those of a merged customer are not counted.
_FUNNEL = """
INSERT INTO sales_funneltally ({columns})
SELECT * FROM (
  SELECT (p.captured_at AT TIME ZONE firm_zone)::date, p.source, p.how, sum(p.sign) AS captured,
    sum(p.sign * (p.first_touch_at IS NOT NULL OR p.status IN ('QUALIFIED', 'WON'))::int) AS touched,
    sum(p.sign * (p.status IN ('QUALIFIED', 'WON'))::int) AS qualified, sum(p.sign * p.chance::int) AS chances,
    sum(p.sign * (p.status = 'WON')::int) AS won, sum(p.sign * (p.status = 'UNQUALIFIED')::int) AS unqualified
  FROM (
    SELECT r.*, EXISTS (SELECT FROM sales_opportunity o WHERE o.customer_id = r.customer_id) AS chance FROM ({rows}) r
  ) p
  LEFT JOIN customers_customer c ON c.id = p.customer_id WHERE {counted} GROUP BY 1, 2, 3
) n WHERE (captured, touched, qualified, chances, won, unqualified) <> (0, 0, 0, 0, 0, 0);"""
_UNMERGED = "c.merged_into_id IS NULL"

# Opportunities: there are `n` of a customer now, `came` more than before the statement.
_CHANCES = """
PERFORM FROM sales_prospect WHERE customer_id IN (SELECT r.customer_id FROM ({rows}) r GROUP BY 1 HAVING sum(r.sign) <> 0)
  ORDER BY id FOR NO KEY UPDATE;
INSERT INTO sales_funneltally ({columns})
SELECT (p.captured_at AT TIME ZONE firm_zone)::date, p.source, p.how, 0, 0, 0, sum((o.n > 0)::int - (o.n > m.came)::int), 0, 0
FROM (SELECT r.customer_id, sum(r.sign) AS came FROM ({rows}) r GROUP BY 1 HAVING sum(r.sign) <> 0) m
JOIN sales_prospect p ON p.customer_id = m.customer_id
LEFT JOIN customers_customer c ON c.id = p.customer_id
CROSS JOIN LATERAL (SELECT count(*) AS n FROM sales_opportunity o WHERE o.customer_id = p.customer_id) o
WHERE {counted} GROUP BY 1, 2, 3 HAVING sum((o.n > 0)::int - (o.n > m.came)::int) <> 0;"""

_DONE = """
INSERT INTO sales_donetally (month, owner_id, kind, number)
SELECT date_trunc('month', (r.done_at AT TIME ZONE firm_zone)::date)::date, r.owner_id, r.kind, sum(r.sign)
FROM ({rows}) r WHERE r.done_at IS NOT NULL GROUP BY 1, 2, 3 HAVING sum(r.sign) <> 0;"""

_MERGED = """
CREATE FUNCTION sales_tally_merged() RETURNS trigger LANGUAGE plpgsql AS $$
{declared}
BEGIN
PERFORM FROM sales_prospect WHERE customer_id = NEW.id FOR NO KEY UPDATE;
{counting}
RETURN NULL;
END $$;
CREATE TRIGGER sales_tally_merged AFTER UPDATE OF merged_into_id ON customers_customer FOR EACH ROW
  WHEN ((OLD.merged_into_id IS NULL) <> (NEW.merged_into_id IS NULL)) EXECUTE FUNCTION sales_tally_merged();"""
_OF_MERGED = """SELECT CASE WHEN NEW.merged_into_id IS NULL THEN 1 ELSE -1 END AS sign, s.*
  FROM sales_prospect s WHERE s.customer_id = NEW.id"""

_TRIGGER = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
{declared}
BEGIN{idle}{counting}
RETURN NULL;
END $$;
CREATE TRIGGER {name} AFTER {kind} ON {table} REFERENCING {known} FOR EACH STATEMENT EXECUTE FUNCTION {name}();"""

# Each in one statement, which sees the same rows where it takes away and where it counts: what others change meanwhile is
# in neither, and is added by their triggers. Two of these at once would count twice.
_ALL = """
CREATE FUNCTION sales_count_standing() RETURNS void LANGUAGE plpgsql AS $$
{declared}
BEGIN
PERFORM pg_advisory_xact_lock(7340083);
WITH gone AS (DELETE FROM sales_funneltally) {prospects}
WITH gone AS (DELETE FROM sales_donetally) {activities}
END $$;"""

_TABLES = {"sales_prospect": _FUNNEL, "sales_opportunity": _CHANCES, "sales_activity": _DONE}
_COUNTED = {
    "sales_prospect": ("customer_id", "captured_at", "source", "how", "status", "first_touch_at"),
    "sales_opportunity": ("customer_id", "id"),
    "sales_activity": ("owner_id", "kind", "done_at"),
}


def _counting(statement: str, rows: str, counted: str = _UNMERGED) -> str:
    return statement.format(columns=_COLUMNS, rows=rows, counted=counted)


def _idle(table: str, kind: str) -> str:
    """What ends a trigger early; nothing where rows come or go, as these always count."""
    if kind != "UPDATE":
        return ""
    both = (", ".join(f"{row}.{column}" for column in _COUNTED[table]) for row in "ab")
    return _IDLE.format(**dict(zip(("after", "before"), both, strict=True)))


def _name(table: str, kind: str) -> str:
    return f"{table.replace('_', '_tally_')}_{kind.lower()}"


# A trigger for each kind of change, as each knows other rows: those before, those after, or both.
_MAKE = [
    *(
        _TRIGGER.format(
            name=_name(table, kind),
            kind=kind,
            table=table,
            known=known,
            declared=_DECLARED,
            idle=_idle(table, kind),
            counting=_counting(statement, rows),
        )
        for table, statement in _TABLES.items()
        for kind, (rows, known) in _CHANGES.items()
    ),
    _MERGED.format(declared=_DECLARED, counting=_counting(_FUNNEL, _OF_MERGED, "true")),
    # What is there already: nobody writes until the triggers stand.
    _ALL.format(
        declared=_DECLARED,
        prospects=_counting(_FUNNEL, "SELECT 1 AS sign, s.* FROM sales_prospect s").strip(),
        activities=_counting(_DONE, "SELECT 1 AS sign, s.* FROM sales_activity s").strip(),
    ),
    "SELECT sales_count_standing();",
]
_DROP = [
    "DROP FUNCTION sales_count_standing();",
    "DROP TRIGGER sales_tally_merged ON customers_customer; DROP FUNCTION sales_tally_merged();",
    *(
        f"DROP TRIGGER {_name(table, kind)} ON {table}; DROP FUNCTION {_name(table, kind)}();"
        for table in _TABLES
        for kind in _CHANGES
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_elsewhere"),
        ("customers", "0024_request_reminded"),
        ("sales", "0018_sequences"),
    ]
    operations = [
        migrations.CreateModel(
            name="FunnelTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(db_index=True, help_text="The firm's day they were taken down on.")),
                ("source", models.CharField(max_length=60)),
                ("how", models.CharField(max_length=4)),
                ("captured", models.IntegerField()),
                ("touched", models.IntegerField()),
                ("qualified", models.IntegerField()),
                (
                    "chances",
                    models.IntegerField(help_text="Those for whom there is an opportunity, open or not."),
                ),
                ("won", models.IntegerField()),
                ("unqualified", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="DoneTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="The first of the firm's month.")),
                (
                    "owner_id",
                    models.BigIntegerField(help_text="Whose activities: no foreign key, as the triggers write it."),
                ),
                ("kind", models.CharField(max_length=7)),
                ("number", models.IntegerField()),
            ],
            options={"indexes": [models.Index(fields=["month", "owner_id"], name="sales_done_tally")]},
        ),
        migrations.RunSQL("\n".join(_MAKE), "\n".join(_DROP)),
    ]
