"""Words of the contract's vocabularies become plain strings: a vocabulary that grows needs no migration any more."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("backend", "0005_filled_in")]

    operations = [
        ops.AlterField(model_name="Assignment", name="role", field=fields.CharField(max_length=8)),
        ops.AlterField(model_name="Assignment", name="state", field=fields.CharField(max_length=16)),
        ops.AlterField(model_name="Assignment", name="warning", field=fields.CharField(null=True, max_length=8)),
        ops.AlterField(model_name="Department", name="level", field=fields.CharField(max_length=16)),
        ops.AlterField(model_name="Event", name="kind", field=fields.CharField(max_length=32)),
        ops.AlterField(model_name="Rating", name="grade", field=fields.CharField(max_length=16)),
        ops.AlterField(model_name="Ticket", name="kind", field=fields.CharField(max_length=16)),
        ops.AlterField(model_name="Ticket", name="state", field=fields.CharField(max_length=16)),
    ]
