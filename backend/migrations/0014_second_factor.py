"""Authenticator apps of staff, and the codes that stand in for a lost one."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("backend", "0013_questions_of_the_desk")]

    operations = [
        ops.CreateModel(
            name="SecondFactor",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "staff",
                    fields.OneToOneField(
                        "backend.Staff",
                        source_field="staff_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="second_factor",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("sealed", fields.CharField(max_length=200)),
                ("confirmed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_step", fields.BigIntField(default=0, db_default=0)),
            ],
            options={
                "table": "second_factor",
                "app": "backend",
                "pk_attr": "id",
                "table_description": "The authenticator app of a member of staff (TOTP, RFC 6238).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RecoveryCode",
            fields=[
                ("digest", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "backend.Staff",
                        source_field="staff_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="recovery_codes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "recovery_code",
                "app": "backend",
                "pk_attr": "digest",
                "table_description": "Stands in for the authenticator app, once; used ones are deleted.",
            },
            bases=["Model"],
        ),
    ]
