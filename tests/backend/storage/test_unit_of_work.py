"""A unit of work: no transaction for one last statement, and whoever was overtaken works again."""

import asyncio
from contextvars import Context

import asyncpg
import pytest

from backend import database, models
from backend.contract.acts import ASK, PROPOSE_RETURN, REPLY, SIGN
from backend.contract.acts.act import AnyAct
from backend.contract.acts.ask import AskIn
from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.errors import Stale, WrongState
from backend.database import Overtaken
from backend.rules.actor import SYSTEM
from backend.storage.ticket_rows import hold_number
from backend.storage.unit_of_work import unit_of_work
from backend.work.ticket_work import TicketWork
from tests.backend.city import Backend, new_ticket

CALL = ("somebody", "a-key-of-somebody", "digest", 200, "{}")


@pytest.fixture
async def number(backend: Backend) -> str:
    return (await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())).number


async def _open(backend: Backend, number: str) -> TicketWork:
    return await TicketWork.on_number(await backend.deps.context(), SYSTEM, number)


async def _call(backend: Backend) -> tuple[object, ...]:
    return (*CALL, backend.clock.now)


async def _remembered() -> int:
    return await models.IdempotentCall.filter(key=CALL[1]).count()


async def test_one_last_statement_is_written_without_a_transaction_together_with_the_call(
    backend: Backend, number: str
) -> None:
    async with unit_of_work() as unit:
        work = await _open(backend, number)
        work.ticket.difficult = True
        await work.save()
        assert not unit.begun
        await unit.finish(await _call(backend))
        assert not unit.begun
    assert (await models.Ticket.get(number=number)).difficult
    assert await _remembered() == 1


async def test_what_is_not_finished_is_not_written(backend: Backend, number: str) -> None:
    async with unit_of_work():
        work = await _open(backend, number)
        work.ticket.difficult = True
        await work.save()
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work():
            await models.Ticket.filter(number=number).update(difficult=True)
            raise ZeroDivisionError
    assert not (await models.Ticket.get(number=number)).difficult


async def test_work_that_records_no_event_is_overtaken_too(backend: Backend, number: str) -> None:
    """The version of a ticket counts events; what was read is checked by the row itself."""
    with pytest.raises(Overtaken):
        async with unit_of_work() as unit:
            work = await _open(backend, number)
            await change_apart(number)
            work.ticket.lacks_lead = True
            await work.save()
            await unit.finish(await _call(backend))
    assert await _remembered() == 0


async def test_beginning_a_transaction_locks_what_was_read_and_finds_it_changed(backend: Backend, number: str) -> None:
    with pytest.raises(Overtaken):
        async with unit_of_work():
            work = await _open(backend, number)
            await change_apart(number)
            await models.Question.create(ticket_id=work.ticket.id, text="几点？", asked_at=backend.clock.now)
    assert await models.Question.all().count() == 0


async def test_what_was_read_stays_locked_once_a_transaction_has_begun(backend: Backend, number: str) -> None:
    async with unit_of_work() as unit:
        work = await _open(backend, number)
        await models.Question.create(ticket_id=work.ticket.id, text="几点？", asked_at=backend.clock.now)
        other = asyncio.create_task(change_apart(number))
        work.ticket.waiting = False
        await work.save()
        assert not other.done()
        await unit.finish(await _call(backend))
    await other
    assert await models.Question.all().count() == 1
    assert await _remembered() == 1


async def test_a_statement_after_the_last_runs_it_first_in_one_transaction(backend: Backend, number: str) -> None:
    async with unit_of_work() as unit:
        work = await _open(backend, number)
        work.ticket.difficult = True
        await work.save()
        assert (await models.Ticket.get(number=number)).difficult, "it sees what was written"
        assert unit.begun
    assert not (await models.Ticket.get(number=number)).difficult, "and it was not finished"


async def test_the_second_of_two_works_in_one_unit_is_written_too(backend: Backend, number: str) -> None:
    other = (await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())).number
    async with unit_of_work() as unit:
        for one in (number, other):
            work = await _open(backend, one)
            work.ticket.difficult = True
            await work.save()
        await unit.finish(())
    assert await models.Ticket.filter(difficult=True).count() == 2


async def test_a_savepoint_inside_belongs_to_the_unit(backend: Backend, number: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work():
            async with database.transaction():
                await models.Ticket.filter(number=number).update(difficult=True)
            raise ZeroDivisionError
    assert not (await models.Ticket.get(number=number)).difficult


async def test_a_call_that_is_known_writes_nothing(backend: Backend, number: str) -> None:
    for _ in range(2):
        try:
            async with unit_of_work() as unit:
                work = await _open(backend, number)
                work.ticket.round += 1
                await work.save()
                await unit.finish(await _call(backend))
        except asyncpg.UniqueViolationError:
            pass
    assert (await models.Ticket.get(number=number)).round == 2
    assert await _remembered() == 1


async def test_the_second_run_locks_before_it_reads(backend: Backend, number: str) -> None:
    async with unit_of_work(locking=True) as unit:
        await hold_number(number)
        other = asyncio.create_task(change_apart(number))
        await asyncio.sleep(0)
        assert unit.begun
        rows = await hold_number(number)
        assert rows is not None
        assert not rows.ticket.urgent
        assert not other.done()
        await unit.finish(())
    await other


async def change_apart(number: str) -> None:
    """By somebody else, on a connection of their own; records no event."""
    await asyncio.create_task(_change(number), context=Context())


async def _change(number: str) -> None:
    await models.Ticket.filter(number=number).update(urgent=True)


AT_ONCE = [
    (SIGN, lambda version: SignIn(version=version)),
    (REPLY, lambda version: ReplyIn(version=version, text="已恢复供电，请查收。", solved=True)),
    (ASK, lambda version: AskIn(version=version, text="停电前有没有施工？")),
    (
        PROPOSE_RETURN,
        lambda version: ProposeReturnIn(version=version, reason="不属于我局的职责范围", basis="《电力法》第七条"),
    ),
]


@pytest.mark.parametrize(("act", "request_of"), AT_ONCE, ids=lambda one: getattr(one, "operation", ""))
async def test_of_eight_at_once_one_is_done_and_seven_are_told_so(
    backend: Backend, number: str, act: AnyAct, request_of: object
) -> None:
    handler = backend.staff("power-1")
    ticket = await handler.view_ticket(number)
    part = ticket.assignments[0].id
    if act is not SIGN:
        ticket = await handler.do(SIGN, part, SignIn(version=ticket.version), key=backend.key())
    request = request_of(ticket.version)  # type: ignore[operator]
    done = await asyncio.gather(
        *(handler.do(act, part, request, key=backend.key()) for _ in range(8)), return_exceptions=True
    )
    refused = [one for one in done if isinstance(one, (Stale, WrongState))]
    assert len(refused) == 7, done
    assert (await models.Ticket.get(number=number)).version > ticket.version
