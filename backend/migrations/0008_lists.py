"""An index for every list, claim and clearing: without its own, each takes seconds once there are a million tickets."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

INDEXES = [
    # Lists of tickets, each in the order it is shown in: backend/actions/queues.py.
    "CREATE INDEX ticket_difficult ON ticket (id) WHERE difficult",
    "CREATE INDEX ticket_desk ON ticket (id) WHERE NOT callback AND (state IN ('submitted', 'accepted') OR lacks_lead)",
    "CREATE INDEX assignment_open ON assignment (department_id, ticket_id) WHERE state IN ('dispatched', 'signed')",
    "CREATE INDEX assignment_of_unit ON assignment (department_id, ticket_id) WHERE state NOT IN ('returned', 'cancelled')",
    "CREATE INDEX assignment_returning ON assignment (ticket_id) WHERE return_proposed AND state IN ('dispatched', 'signed')",
    # Notices: what a channel, or one open page, may have next.
    "CREATE INDEX notice_ready ON notice (channel, ready_at, id) WHERE done_at IS NULL",
    "CREATE INDEX notice_ready_for ON notice (channel, address, ready_at, id) WHERE done_at IS NULL",
    # What housekeeping looks for.
    "CREATE INDEX notice_unread ON notice (ready_at) WHERE done_at IS NULL AND ticket_id IS NULL",
    "CREATE INDEX notice_done ON notice (done_at) WHERE done_at IS NOT NULL",
    "CREATE INDEX due_done ON due (done_at) WHERE done_at IS NOT NULL",
    "CREATE INDEX access_log_age ON access_log (at)",
    "CREATE INDEX ticket_provisional ON ticket (id) WHERE provisional AND state IN ('submitted', 'accepted', 'handling')",
    "CREATE INDEX enterprise_unregistered ON enterprise (created_at) WHERE uscc IS NULL",
    "CREATE INDEX contact_age ON contact (created_at)",
]

LACKING_A_LEAD = """
UPDATE ticket SET lacks_lead = true WHERE state = 'handling' AND NOT EXISTS (
    SELECT FROM assignment WHERE ticket_id = ticket.id AND assignment.round = ticket.round AND role = 'lead'
        AND assignment.state NOT IN ('returned', 'cancelled')
)
"""


class Migration(migrations.Migration):
    dependencies = [("backend", "0007_waiting")]

    operations = [
        ops.AddField(
            model_name="Ticket", name="lacks_lead", field=fields.BooleanField(default=False, db_default=False)
        ),
        ops.RunSQL(LACKING_A_LEAD, reverse_sql=""),
        ops.RemoveIndex(model_name="Assignment", fields=["department_id", "state", "id"]),
        ops.AlterField(
            model_name="Ticket",
            name="contact",
            field=fields.ForeignKeyField(
                "backend.Contact",
                source_field="contact_id",
                to_field="id",
                related_name="tickets",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddIndex(model_name="Ticket", index=Index(fields=["contact_id", "id"])),
        ops.RunSQL(
            ["DROP INDEX notice_open", *INDEXES],
            reverse_sql=[
                *(f"DROP INDEX {sql.split()[2]}" for sql in INDEXES),
                "CREATE INDEX notice_open ON notice (channel, ready_at) WHERE done_at IS NULL",
            ],
        ),
    ]
