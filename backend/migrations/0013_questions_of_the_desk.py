"""The desk may ask the enterprise, too, before it sends a ticket out: such a question belongs to no part."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

TICKETS = """
UPDATE question SET ticket_id = assignment.ticket_id FROM assignment WHERE assignment.id = question.assignment_id
"""


class Migration(migrations.Migration):
    dependencies = [("backend", "0012_bound_accounts")]

    operations = [
        ops.AddField(model_name="Ticket", name="waiting", field=fields.BooleanField(default=False, db_default=False)),
        ops.AddField(
            model_name="Question",
            name="ticket",
            field=fields.ForeignKeyField(
                "backend.Ticket",
                source_field="ticket_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name="questions",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AlterField(
            model_name="Question",
            name="assignment",
            field=fields.ForeignKeyField(
                "backend.Assignment",
                source_field="assignment_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name="questions",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.RunSQL(TICKETS, reverse_sql="DELETE FROM question WHERE assignment_id IS NULL"),
        ops.AlterField(
            model_name="Question",
            name="ticket",
            field=fields.ForeignKeyField(
                "backend.Ticket",
                source_field="ticket_id",
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name="questions",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        # A field that is added gets no index by itself.
        ops.RunSQL("CREATE INDEX question_ticket ON question (ticket_id)", reverse_sql="DROP INDEX question_ticket"),
        ops.AlterModelOptions(
            name="Question",
            options={
                "table": "question",
                "app": "backend",
                "pk_attr": "id",
                "table_description": "What a handler or the desk asked the enterprise; their clock stands until it is answered.",
            },
        ),
    ]
