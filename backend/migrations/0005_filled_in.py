from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from backend.contract.words import EventKind


class Migration(migrations.Migration):
    dependencies = [("backend", "0004_policy_versions")]

    operations = [
        ops.AlterField(
            model_name="Event",
            name="kind",
            field=fields.CharEnumField(
                description="SUBMITTED: submitted\nACCEPTED: accepted\nREJECTED: rejected\nDISPATCHED: dispatched\nSIGNED: signed\nCONTACTED: contacted\nASKED: asked\nANSWERED: answered\nADDED: added\nFILLED_IN: filled_in\nINTERIM: interim\nREPLIED: replied\nRETURN_PROPOSED: return_proposed\nRETURN_APPROVED: return_approved\nRETURN_REFUSED: return_refused\nCOMPLETED: completed\nRATED: rated\nREDONE: redone\nLEVELLED_UP: levelled_up\nWITHDRAWN: withdrawn\nCLOSED: closed\nWARNED: warned\nWARNING_LIFTED: warning_lifted\nESCALATED: escalated\nREMINDED: reminded\nRECKONED: reckoned\nRATING_EXPIRED: rating_expired\nCALLED: called\nCLEARED: cleared",
                enum_type=EventKind,
                max_length=24,
            ),
        ),
    ]
