"""A day that has given out 99,999 ticket numbers goes on with longer ones, today's sequence too."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# The sequence itself knows no end: what fits a number is a rule of the program's, which says so to people.
TICKET_SEQUENCE = """
CREATE OR REPLACE FUNCTION next_ticket_sequence(day date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    name text := 'ticket_of_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext('next_ticket_sequence'));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', name);
    END IF;
    RETURN nextval(name::regclass);
END
$$
"""

SEQUENCES_GO_ON = """
DO $$
DECLARE
    one regclass;
BEGIN
    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'S' AND relname ~ '^ticket_of_[0-9]{8}$' AND pg_table_is_visible(oid) LOOP
        EXECUTE format('ALTER SEQUENCE %s NO MAXVALUE', one);
    END LOOP;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("backend", "0010_ticket_snapshot")]

    operations = [
        ops.AlterField(model_name="Ticket", name="number", field=fields.CharField(unique=True, max_length=13)),
        ops.RunSQL([TICKET_SEQUENCE, SEQUENCES_GO_ON], reverse_sql=[]),
    ]
