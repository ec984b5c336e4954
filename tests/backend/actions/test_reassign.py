"""A leader hands what a colleague handles to another of the unit 内部改派."""

import pytest

from backend import models
from backend.actions import reassign, takers
from backend.contract.acts.reassign import ReassignIn
from backend.contract.errors import Forbidden, Invalid, NotFound, WrongState
from backend.contract.models.tickets import TicketOut
from backend.contract.words import EventKind, Grade
from tests.backend.actions.acts import does, done, part_of, rated, seen, signed, timeline
from tests.backend.actions.conftest import Town


async def reassigned(town: Town, number: str, by: str, to: str) -> TicketOut:
    request = ReassignIn(version=(await seen(town, number)).version, handler=town.staff[to].id, reason="出差")
    part = await part_of(town, number, "east-power")
    ticket: TicketOut = await does(reassign.reassign(await town.context(), town.staff[by], part, request))
    return ticket


async def test_the_colleague_has_it_from_then_on_and_the_clock_goes_on(town: Town) -> None:
    number = await town.file(await town.contact())
    await signed(town, number, "ann")
    before = await seen(town, number)
    after = await reassigned(town, number, "lea", "ben")
    [part] = [one for one in after.assignments if one.department.code == "east-power"]
    [old] = [one for one in before.assignments if one.department.code == "east-power"]
    assert part.handler == "ben"
    assert (part.resolve_due, part.state, after.promised_at) == (old.resolve_due, old.state, before.promised_at)
    [event] = [one for one in await timeline(town, number, town.staff["ann"]) if one.kind == EventKind.REASSIGNED]
    assert (event.reason, event.staff) == ("出差", "lea")


async def test_both_colleagues_are_told_and_the_enterprise_sees_nothing(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact)
    await signed(town, number, "ann")
    await reassigned(town, number, "lea", "ben")
    told = {row.address: row.args["own"] for row in await town.notices("reassigned", number)}
    assert told == {str(town.staff["ann"].id): False, str(town.staff["ben"].id): True}
    assert EventKind.REASSIGNED not in [one.kind for one in await timeline(town, number, contact)]


@pytest.mark.parametrize(("by", "why"), [("ann", Forbidden), ("off", Forbidden), ("dis", Forbidden), ("top", NotFound)])
async def test_nobody_but_the_leader_of_the_unit_does_it(town: Town, by: str, why: type[Exception]) -> None:
    number = await town.file(await town.contact())
    await signed(town, number, "ann")
    with pytest.raises(why):
        await reassigned(town, number, by, "ben")


async def test_what_nobody_has_signed_for_is_nobodys_to_hand_on(town: Town) -> None:
    with pytest.raises(WrongState):
        await reassigned(town, await town.file(await town.contact()), "lea", "ben")


@pytest.mark.parametrize("to", ["ann", "tom", "sue"])
async def test_it_goes_to_a_colleague_who_does_not_have_it(town: Town, to: str) -> None:
    number = await town.file(await town.contact())
    await signed(town, number, "ann")
    with pytest.raises(Invalid):
        await reassigned(town, number, "lea", to)
    part = await part_of(town, number, "east-power")
    found = await takers.list_takers(await town.context(), town.staff["lea"], part)
    assert [one.name for one in found.items] == ["ben", "lea"]


async def test_who_left_takes_nothing_over(town: Town) -> None:
    number = await town.file(await town.contact())
    await signed(town, number, "ann")
    await models.Staff.filter(id=town.staff["ben"].id).update(active=False)
    with pytest.raises(Invalid):
        await reassigned(town, number, "lea", "ben")


async def test_who_answered_the_round_before_does_not_get_it_again(town: Town) -> None:
    """A dissatisfied answer is done again by somebody else 二次转办."""
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring")
    await signed(town, number, "ann")
    await done(town, number, "ann")
    await rated(town, contact, number, Grade.DISSATISFIED, "没有解决")
    await signed(town, number, "ben")
    with pytest.raises(Invalid):
        await reassigned(town, number, "lea", "ann")


async def test_who_moved_to_another_unit_is_told_nothing_more(town: Town) -> None:
    number = await town.file(await town.contact())
    await signed(town, number, "ann")
    other = await models.Department.get(code="east-town")
    await models.Staff.filter(id=town.staff["ann"].id).update(department_id=other.id)
    await reassigned(town, number, "lea", "ben")
    assert [row.address for row in await town.notices("reassigned", number)] == [str(town.staff["ben"].id)]


async def test_who_moved_away_does_not_learn_why_their_answer_did_not_satisfy(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring")
    await signed(town, number, "ann")
    await done(town, number, "ann")
    other = await models.Department.get(code="east-town")
    await models.Staff.filter(id=town.staff["ann"].id).update(department_id=other.id)
    await rated(town, contact, number, Grade.DISSATISFIED, "没有解决")
    assert str(town.staff["ann"].id) not in [row.address for row in await town.notices("dissatisfied", number)]
