"""Another contact's ticket, opened by the phone on file or by the retrieval code, and how far."""

from __future__ import annotations

import pytest

from backend import database, models
from backend.actions import answer_at_once, queries, queues, rate
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.errors import NotFound, WrongState
from backend.contract.models.contact_requests import RateIn
from backend.contract.models.tickets import Lookup, TicketOut
from backend.contract.words import Grade, Kind, TicketState
from backend.rules.actor import Actor
from tests.backend.actions.conftest import Town

NUMBER = "+8613800138000"
PERSON = {"name": "王小明", "phone": NUMBER}


async def _answered(town: Town, **changes: object) -> str:
    """Filed by chat with the phone number, and answered by the seat."""
    form = {"scenario": "other", "contact": PERSON, "enterprise": {"name": "东区纺织厂"}, "address": "建设路18号"}
    number = await town.file(await town.contact(), **{**form, **changes})
    async with database.transaction():
        request = AnswerAtOnceIn(version=1, text="请到三楼办理")
        await answer_at_once.answer_at_once(await town.context(), town.staff["sue"], number, request)
    return number


async def _rate(town: Town, actor: Actor, number: str, code: str | None = None) -> TicketOut:
    async with database.transaction():
        request = RateIn(grade=Grade.SATISFIED, solved=True, code=code)
        return await rate.rate(await town.context(), actor, number, request)


async def _code(town: Town, number: str) -> str:
    [told] = await town.notices("received", number)
    return str(told.args["code"])


async def _looks(number: str) -> list[str]:
    ticket = await models.Ticket.get(number=number)
    return [row.what for row in await models.AccessLog.filter(ticket_id=ticket.id).order_by("id")]


async def test_the_phone_on_file_sees_state_and_answer_and_nothing_of_the_person(town: Town) -> None:
    number = await _answered(town)
    caller = await town.caller()
    with pytest.raises(NotFound):
        await queries.view_ticket(await town.context(), caller, number)
    seen = await queries.view_entrusted(await town.context(), caller, number)
    assert (seen.state, seen.reply, seen.may) == (TicketState.COMPLETED, "请到三楼办理", ["rate"])
    shown = seen.model_dump_json()
    for private in ("王小明", "13800138000", "纺织厂", "建设路", "一直停电"):
        assert private not in shown
    assert (seen.answers, seen.attachments, seen.questions) == ([], [], [])
    assert await _looks(number) == ["ticket by phone"]
    assert (await queues.list_tickets(await town.context(), caller, None, 10)).items == []
    with pytest.raises(NotFound):
        await queries.list_events(await town.context(), caller, number, None, 10)


async def test_another_phone_and_another_channel_see_nothing(town: Town) -> None:
    number = await _answered(town)
    for other in (await town.caller("+8613800138001"), await town.caller("anonymous-1"), await town.contact("2")):
        with pytest.raises(NotFound):
            await queries.view_entrusted(await town.context(), other, number)
        with pytest.raises(NotFound):
            await _rate(town, other, number)
    with pytest.raises(NotFound):
        await queries.view_entrusted(await town.context(), await town.caller(), "260310999990")
    assert await _looks(number) == []


async def test_the_phone_on_file_may_rate(town: Town) -> None:
    number = await _answered(town)
    rated = await _rate(town, await town.caller(), number)
    assert (rated.state, rated.story, rated.rating) == (TicketState.CLOSED, "", None)
    assert await _looks(number) == ["rating by phone"]
    [event] = await models.Event.filter(ticket__number=number, kind="rated")
    assert (event.channel, event.data["right"]) == ("phone", "phone")
    with pytest.raises(WrongState):
        await _rate(town, await town.caller(), number)


async def test_a_hidden_reporter_s_ticket_opens_by_its_code_alone_and_its_answer_stays_closed(town: Town) -> None:
    number = await _answered(town, kind=Kind.REPORT)
    caller = await town.caller()
    with pytest.raises(NotFound):
        await queries.view_entrusted(await town.context(), caller, number)
    with pytest.raises(NotFound):
        await _rate(town, caller, number)
    code = await _code(town, number)
    assert (await queries.look_up(await town.context(), caller, Lookup(number=number, code=code))).may_rate
    assert (await _rate(town, caller, number, code)).reply is None


async def test_a_telephone_lists_no_hidden_report(town: Town) -> None:
    caller = await town.caller()
    await town.file(caller, kind=Kind.REPORT)
    plain = await town.file(caller)
    page = await queues.list_tickets(await town.context(), caller, None, 10)
    assert [one.number for one in page.items] == [plain]


async def test_whoever_holds_the_code_may_rate_from_anywhere(town: Town) -> None:
    number = await _answered(town)
    code = await _code(town, number)
    stranger = await town.contact("77")
    with pytest.raises(NotFound):
        await _rate(town, stranger, number, f"{(int(code) + 1) % 10**8:08d}")
    assert (await _rate(town, stranger, number, code)).state is TicketState.CLOSED
    assert await _looks(number) == ["rating by code"]
    progress = await queries.look_up(await town.context(), stranger, Lookup(number=number, code=code))
    assert not progress.may_rate
