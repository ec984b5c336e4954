"""What the models cannot say: partial indexes for claiming, events that stay, ticket numbers without races."""

from tortoise import migrations
from tortoise.migrations import operations as ops

INDEXES = [
    "CREATE INDEX due_open ON due (due_at) WHERE done_at IS NULL AND due_at IS NOT NULL",
    "CREATE INDEX notice_open ON notice (channel, ready_at) WHERE done_at IS NULL",
    "CREATE INDEX ticket_callback ON ticket (id) WHERE callback",
    "CREATE INDEX attachment_unused ON attachment (created_at) WHERE ticket_id IS NULL",
    "CREATE INDEX attachment_age ON attachment (created_at) WHERE ticket_id IS NOT NULL",
    "CREATE INDEX ticket_ended ON ticket (closed_at) WHERE closed_at IS NOT NULL AND cleared_at IS NULL",
    "CREATE INDEX idempotent_call_age ON idempotent_call (created_at)",
    "CREATE INDEX staff_session_age ON staff_session (expires_at)",
    "CREATE INDEX binding_code_age ON binding_code (expires_at)",
]

EVENTS_STAY = [
    """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- The one exception: words and the person go from the events of a ticket whose term is over.
        IF NEW.reason IS NULL AND NEW.data <@ OLD.data
            AND (NEW.actor_id = OLD.actor_id OR NEW.actor_id IS NULL AND (OLD.actor_id IS NULL OR OLD.actor_kind = 'contact'))
            AND (NEW.id, NEW.ticket_id, NEW.seq, NEW.at, NEW.kind, NEW.actor_kind) = (OLD.id, OLD.ticket_id, OLD.seq, OLD.at, OLD.kind, OLD.actor_kind)
            AND (NEW.department_id, NEW.channel) IS NOT DISTINCT FROM (OLD.department_id, OLD.channel)
            AND EXISTS (SELECT FROM ticket WHERE id = OLD.ticket_id AND cleared_at IS NOT NULL)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
""",
    "CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER event_all_stay BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
]

# One sequence a day: nextval takes no row lock, so filings do not queue behind each other's commit. Only the first
# filing of a day makes the sequence; others of that moment wait for its commit on the advisory lock.
TICKET_SEQUENCE = """
CREATE FUNCTION next_ticket_sequence(day date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    name text := 'ticket_of_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext('next_ticket_sequence'));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I MAXVALUE 99999', name);
    END IF;
    RETURN nextval(name::regclass);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("backend", "0001_initial")]

    operations = [
        ops.RunSQL(
            [*INDEXES, *EVENTS_STAY, TICKET_SEQUENCE],
            reverse_sql=[
                "DROP FUNCTION next_ticket_sequence(date)",
                "DROP TRIGGER event_all_stay ON event",
                "DROP TRIGGER event_stays ON event",
                "DROP FUNCTION refuse_change()",
                *(f"DROP INDEX {sql.split()[2]}" for sql in INDEXES),
            ],
        ),
    ]
