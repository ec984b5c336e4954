"""Members of staff as they are shown."""

from __future__ import annotations

from backend import models
from backend.contract.errors import Forbidden
from backend.contract.models.staff import StaffOut
from backend.contract.words import Role
from backend.rules.actor import Actor, ActorKind
from backend.work.context import Context


async def view_staff(context: Context, actor: Actor) -> StaffOut:
    if actor.kind is not ActorKind.STAFF:
        raise Forbidden
    shown = shown_staff(context, await models.Staff.get(id=actor.id))
    return shown.model_copy(update={"must_enrol": actor.must_enrol})


def shown_staff(context: Context, staff: models.Staff) -> StaffOut:
    return StaffOut(
        id=staff.id,
        username=staff.username,
        name=staff.name,
        roles=[Role(one) for one in staff.roles],
        department=context.directory.shown[staff.department_id],
        language=staff.language,
    )
