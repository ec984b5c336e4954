"""What follows from an event: in order, once, before anything is written, and without a round trip more."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from backend import database, models
from backend.actions import answer_interim, note_contact, rate, reply, sign
from backend.actions.consequences import CONSEQUENCES
from backend.contract.acts.answer_interim import InterimIn
from backend.contract.acts.note_contact import NoteContactIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.events import Event
from backend.contract.events.clocks import Reckoned
from backend.contract.events.filing import Added, NameConfirmed
from backend.contract.models.contact_requests import RateIn
from backend.contract.models.tickets import TicketOut
from backend.contract.words import EventKind, Grade, TicketState
from backend.rules.actor import SYSTEM
from backend.storage.unit_of_work import unit_of_work
from backend.work.ticket_work import TicketWork
from tests.backend.actions.acts import part_of, seen
from tests.backend.actions.conftest import Town


async def _kinds(number: str) -> list[str]:
    return [str(event.kind) for event in await models.Event.filter(ticket__number=number).order_by("seq")]


async def test_consequences_come_in_order_once_each_and_may_record_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    async def first(work: TicketWork, event: Event) -> None:
        done.append(f"first of {event.kind}")
        work.record(Reckoned())

    async def second(work: TicketWork, event: Event) -> None:
        done.append(f"second of {event.kind}")

    number = await town.file(await town.contact(), scenario="other")
    monkeypatch.setattr(TicketWork, "consequences", {Added: (first, second), Reckoned: (second,)})
    async with database.transaction():
        work = await TicketWork.on_number(await town.context(), SYSTEM, number)
        work.record(Added())
        work.record(NameConfirmed())
        assert done == []
        await work.settle()
        settled = ["first of added", "second of added", "second of reckoned"]
        assert done == settled
        await work.save()
        assert done == settled
    assert await _kinds(number) == ["submitted", "added", "name_confirmed", "reckoned"]


async def test_where_a_consequence_fails_nothing_has_happened(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(work: TicketWork, event: Event) -> None:
        raise RuntimeError

    number = await town.file(await town.contact(), scenario="other")
    monkeypatch.setattr(TicketWork, "consequences", {Added: (fails,)})
    with pytest.raises(RuntimeError):
        async with database.transaction():
            work = await TicketWork.on_number(await town.context(), SYSTEM, number)
            work.record(Added())
            await work.save()
    assert await _kinds(number) == ["submitted"]


async def test_the_table_is_in_force_for_whoever_imports_an_action() -> None:
    assert TicketWork.consequences is CONSEQUENCES
    assert {model.kind for model in CONSEQUENCES} <= {*EventKind}


async def _at_once(what: Awaitable[TicketOut]) -> TicketOut:
    """An action that reads once and writes by one statement, with all that follows from it."""
    async with unit_of_work() as unit:
        shown = await what
        assert not unit.begun, "more was written than the one statement"
        await unit.finish(())
    return shown


async def test_what_follows_from_the_most_common_acts_costs_no_statement_more(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring")
    part, ann = await part_of(town, number, "east-power"), town.staff["ann"]

    async def version() -> int:
        return (await seen(town, number)).version

    context = await town.context()
    await _at_once(sign.sign(context, ann, part, SignIn(version=await version())))
    noted = NoteContactIn(version=await version(), note="下午到")
    await _at_once(note_contact.note_contact(context, ann, part, noted))
    told = InterimIn(version=await version(), text="在办")
    await _at_once(answer_interim.answer_interim(context, ann, part, told))
    answer = ReplyIn(version=await version(), text="已办")
    assert (await _at_once(reply.reply(context, ann, part, answer))).state is TicketState.COMPLETED
    rating = RateIn(grade=Grade.SATISFIED, solved=True)
    assert (await _at_once(rate.rate(context, contact, number, rating))).state is TicketState.CLOSED
    assert (await _kinds(number))[3:] == ["signed", "contacted", "interim", "replied", "completed", "rated", "closed"]
