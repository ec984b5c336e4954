"""A telephone that was corrected opens its ticket by number only once the retrieval code was given from it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("backend", "0014_second_factor")]

    operations = [
        ops.AddField(model_name="Ticket", name="phone_bound", field=fields.BooleanField(default=True, db_default=True)),
    ]
