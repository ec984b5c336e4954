from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# Tickets accepted by hand have named the policy they were filed under until now.
AS_ACCEPTED = """
UPDATE ticket SET policy_version = event.data->>'policy' FROM event
WHERE event.ticket_id = ticket.id AND event.kind = 'accepted' AND event.data->>'policy' <> ticket.policy_version
"""


class Migration(migrations.Migration):
    dependencies = [("backend", "0003_rating_recordings")]

    operations = [
        ops.CreateModel(
            name="PolicyVersion",
            fields=[
                ("version", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("text", fields.TextField(unique=False)),
                ("in_force_since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "policy",
                "app": "backend",
                "pk_attr": "version",
                "table_description": "A policy that was in force once: tickets accepted under it are reckoned by it to their end.",
            },
            bases=["Model"],
        ),
        ops.RunSQL([AS_ACCEPTED], reverse_sql=[]),
    ]
