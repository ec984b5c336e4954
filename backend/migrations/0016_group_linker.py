"""Who linked a department's group: shut out, they may not leave it behind as an ear of theirs."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("backend", "0015_bound_phone")]

    operations = [
        ops.AddField(model_name="Department", name="group_linked_by", field=fields.BigIntField(null=True)),
    ]
