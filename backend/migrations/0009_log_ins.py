"""Sessions know when they were used, failed log-ins are kept; the access log stays for its term."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

# By the database's own clock: a machine whose clock runs ahead deletes nothing early. The law asks for 180 days at least.
TERM = """
CREATE FUNCTION term_of(key text) RETURNS interval LANGUAGE sql STABLE AS $$
    SELECT make_interval(days => GREATEST(180, (
        SELECT (policy.text::jsonb -> 'retention' ->> key)::int FROM policy ORDER BY in_force_since DESC LIMIT 1
    )))
$$
"""
KEPT = """
CREATE FUNCTION keep_for_term() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - term_of(TG_ARGV[0]) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed, and deleted past their term alone', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""
TABLES = {"access_log": "access_log_days", "failed_log_in": "failed_log_ins_days"}
TRIGGER = "CREATE TRIGGER {0}_stays BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION keep_for_term('{1}')"
NO_TRUNCATE = (
    "CREATE TRIGGER {0}_all_stay BEFORE TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION keep_for_term('{1}')"
)
TRIGGERS = [sql.format(*one) for one in TABLES.items() for sql in (TRIGGER, NO_TRUNCATE)]


class Migration(migrations.Migration):
    dependencies = [("backend", "0008_lists")]

    operations = [
        ops.AddField(model_name="StaffSession", name="created_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="StaffSession", name="seen_at", field=fields.DatetimeField(null=True)),
        ops.AddField(
            model_name="StaffSession", name="address", field=fields.CharField(default="", db_default="", max_length=100)
        ),
        ops.CreateModel(
            name="FailedLogIn",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("staff_id", fields.BigIntField(null=True)),
                ("name_digest", fields.CharField(default="", max_length=64)),
                ("address", fields.CharField(max_length=100)),
                ("why", fields.CharField(max_length=24)),
            ],
            options={
                "table": "failed_log_in",
                "app": "backend",
                "indexes": [Index(fields=["at"])],
                "pk_attr": "id",
                "table_description": "A log-in that was refused, for the auditor; never changed, and deleted past its term alone.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            [TERM, KEPT, *TRIGGERS],
            reverse_sql=[
                *(f"DROP TRIGGER {table}_{name} ON {table}" for table in TABLES for name in ("stays", "all_stay")),
                "DROP FUNCTION keep_for_term()",
                "DROP FUNCTION term_of(text)",
            ],
        ),
    ]
