from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("backend", "0002_guards")]

    operations = [
        ops.AddField(model_name="Attachment", name="rating_round", field=fields.IntField(null=True)),
    ]
