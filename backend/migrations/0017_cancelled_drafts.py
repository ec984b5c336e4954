"""Which half-filled forms were cancelled: they can be taken up again for a day, and nobody is reminded of them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("backend", "0016_group_linker")]

    operations = [
        ops.AddField(model_name="Draft", name="cancelled", field=fields.BooleanField(default=False, db_default=False)),
    ]
