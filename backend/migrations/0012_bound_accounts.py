"""Accounts that staff bound in messengers know since when they are, and when they were last used."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("backend", "0011_longer_numbers")]

    operations = [
        ops.AddField(model_name="Identity", name="bound_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Identity", name="seen_at", field=fields.DatetimeField(null=True)),
    ]
