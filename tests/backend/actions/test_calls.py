"""Calls to enterprises: who waits for one, what became of each, when the next is made."""

from __future__ import annotations

import pytest

from backend import database, models
from backend.actions import calls, close, dispatch, queries
from backend.contract.errors import Forbidden, Invalid
from backend.contract.models import CallIn, CloseIn, DispatchIn
from backend.contract.words import CallOutcome, EventKind
from backend.rules import lifecycle
from tests.backend.actions.conftest import Town


async def _called(town: Town, number: str, who: str, outcome: CallOutcome) -> None:
    async with database.transaction():
        await calls.record_call(await town.context(), town.staff[who], number, CallIn(outcome=outcome, seconds=40))


async def _desk(town: Town, cursor: str | None = None, limit: int = 10) -> tuple[list[str], str | None]:
    page = await queries.list_tickets(await town.context(), town.staff["sue"], cursor, limit, None, "desk")
    return [one.number for one in page.items], page.next


async def test_who_waits_for_a_call_back_is_first_at_the_desk_until_reached(town: Town) -> None:
    caller = await town.caller()
    cut_off = await town.file(
        caller, scenario="other", title="来电中断", story="来电中断，请回电。", unclear=True, callback=True
    )
    plain = [await town.file(caller, scenario="other") for _ in range(2)]
    [notice, *_] = await town.notices("desk", cut_off)
    assert notice.args["callback"] is True
    assert (await _desk(town))[0] == [cut_off, plain[1], plain[0]]
    await _called(town, cut_off, "sue", CallOutcome.NO_ANSWER)
    shown = await queries.view_ticket(await town.context(), town.staff["sue"], cut_off)
    assert shown.callback
    assert "call" in shown.may
    await _called(town, cut_off, "sue", CallOutcome.ANSWERED)
    assert (await _desk(town))[0] == [plain[1], plain[0], cut_off]
    events = await models.Event.filter(ticket__number=cut_off, kind=EventKind.CALLED).order_by("seq")
    assert [(one.data["outcome"], one.data["seconds"]) for one in events] == [("no_answer", 40), ("answered", 40)]
    with pytest.raises(Forbidden):
        await _called(town, cut_off, "ann", CallOutcome.ANSWERED)


async def test_the_desk_pages_through_those_who_wait_and_then_the_others(town: Town) -> None:
    contact = await town.contact()
    waits = [await town.file(contact, scenario="other", callback=one % 2 == 0) for one in range(5)]
    expected = [waits[4], waits[2], waits[0], waits[3], waits[1]]
    for limit in (1, 2, 3):
        found: list[str] = []
        cursor: str | None = None
        while True:
            page, cursor = await _desk(town, cursor, limit)
            found += page
            if cursor is None:
                break
        assert found == expected
    with pytest.raises(Invalid):
        await _desk(town, "cc1")


async def test_a_matter_that_goes_out_at_once_is_called_back_all_the_same(town: Town) -> None:
    number = await town.file(await town.caller(), callback=True)
    assert await town.notices("assigned", number)
    assert await town.notices("desk", number)
    assert (await _desk(town))[0] == [number]
    version = (await queries.view_ticket(await town.context(), town.staff["off"], number)).version
    async with database.transaction():
        await close.close(await town.context(), town.staff["off"], number, CloseIn(version=version, reason="重复"))
    assert (await _desk(town))[0] == []


async def test_a_dispatch_is_no_call(town: Town) -> None:
    number = await town.file(await town.caller(), scenario="other", unclear=True, callback=True)
    async with database.transaction():
        request = DispatchIn(version=1, lead="city-power")
        assert (await dispatch.dispatch(await town.context(), town.staff["sue"], number, request)).callback
    await _called(town, number, "dis", CallOutcome.ANSWERED)
    rows = await models.Event.filter(ticket__number=number).order_by("seq")
    assert lifecycle.replay([(row.kind, row.data) for row in rows]) == "handling"
