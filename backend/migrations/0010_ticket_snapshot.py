from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# Tickets filed until now knew their contact by the account alone, which kept what it last said: they take that, marked
# as not what was filed. Those whose term is over keep nothing.
PRESENT_VALUES = """
UPDATE ticket SET as_filed = false, contact_name = contact.name, contact_phone = contact.phone,
    enterprise_name = enterprise.name, enterprise_uscc = enterprise.uscc
FROM contact LEFT JOIN enterprise ON enterprise.id = contact.enterprise_id
WHERE contact.id = ticket.contact_id AND ticket.cleared_at IS NULL
"""
# What was shown of a ticket was its contact's enterprise; where the ticket names another file, that is the truer one.
OWN_ENTERPRISE = """
UPDATE ticket SET enterprise_name = enterprise.name, enterprise_uscc = enterprise.uscc
FROM enterprise WHERE enterprise.id = ticket.enterprise_id AND ticket.cleared_at IS NULL
"""
STATED = """
UPDATE contact SET enterprise_name = enterprise.name FROM enterprise WHERE enterprise.id = contact.enterprise_id
"""
# A district has only who came with the office's own list. Every other name was fixed by whoever typed the credit code
# first: it stays on the tickets, as stated.
NOT_CONFIRMED = "UPDATE enterprise SET name = NULL WHERE district_id IS NULL"
WITHOUT_FILE = (
    "UPDATE ticket SET enterprise_id = NULL FROM enterprise WHERE enterprise.id = enterprise_id AND uscc IS NULL",
    "UPDATE contact SET enterprise_id = NULL FROM enterprise WHERE enterprise.id = enterprise_id AND uscc IS NULL",
    "DELETE FROM enterprise WHERE uscc IS NULL",
)
BY_PHONE = (
    "CREATE INDEX ticket_contact_phone ON ticket (contact_phone) WHERE contact_phone IS NOT NULL"
    " AND enterprise_id IS NOT NULL"
)


class Migration(migrations.Migration):
    dependencies = [("backend", "0009_log_ins")]

    operations = [
        ops.AddField(model_name="Contact", name="enterprise_name", field=fields.CharField(null=True, max_length=200)),
        ops.AddField(model_name="Ticket", name="contact_name", field=fields.CharField(null=True, max_length=200)),
        ops.AddField(model_name="Ticket", name="contact_phone", field=fields.CharField(null=True, max_length=20)),
        ops.AddField(model_name="Ticket", name="enterprise_name", field=fields.CharField(null=True, max_length=200)),
        ops.AddField(model_name="Ticket", name="enterprise_uscc", field=fields.CharField(null=True, max_length=18)),
        ops.AddField(model_name="Ticket", name="as_filed", field=fields.BooleanField(default=True, db_default=True)),
        ops.RunSQL(
            [PRESENT_VALUES, OWN_ENTERPRISE, STATED, NOT_CONFIRMED, *WITHOUT_FILE, BY_PHONE],
            reverse_sql=["DROP INDEX ticket_contact_phone"],
        ),
    ]
