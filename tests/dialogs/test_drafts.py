"""Drafts are written a moment behind, once for several answers, and never after their end."""

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from backend.contract.client import Call, ContactClient, Transport
from backend.contract.errors import NotFound, Unavailable
from backend.contract.models.drafts import DraftIn, DraftOut
from dialogs.drafts import DraftKeeper, form_of
from dialogs.form import Form

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FORM = Form("power-cut", 1, "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10", "zh_CN", NOW, NOW)
LATER = dataclasses.replace(FORM, current="since", updated_at=NOW + timedelta(seconds=3))


class Pause:
    """A sleep the test ends."""

    def __init__(self) -> None:
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        await self.over.wait()


class Shelf(Transport):
    """Keeps drafts as the backend does; a write waits while the gate is closed."""

    def __init__(self) -> None:
        self.writes: list[str] = []
        self.keys: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()
        self.away = False

    async def exchange(self, call: Call) -> bytes:
        if call.method == "DELETE":
            raise NotFound
        self.begun.set()
        await self.gate.wait()
        if self.away:
            raise Unavailable
        assert isinstance(call.body, DraftIn)
        assert call.key is not None
        self.writes.append(call.body.form["current"])
        self.keys.append(call.key)
        draft = call.path.rpartition("/")[2]
        kept = DraftOut(id=draft, scenario=call.body.scenario, form=call.body.form, updated_at=NOW)
        return kept.model_dump_json().encode()


def backend(shelf: Shelf) -> ContactClient:
    return ContactClient(shelf)


async def test_quick_answers_are_one_write_of_the_last() -> None:
    pause, shelf = Pause(), Shelf()
    keeper = DraftKeeper(sleep=pause)
    keeper.keep(FORM, backend(shelf))
    keeper.keep(LATER, backend(shelf))
    pause.over.set()
    await shelf.begun.wait()
    await keeper.flush()
    assert shelf.writes == ["since"]


async def test_an_answer_during_a_write_is_written_after_it() -> None:
    pause, shelf = Pause(), Shelf()
    pause.over.set()
    shelf.gate.clear()
    keeper = DraftKeeper(sleep=pause)
    keeper.keep(FORM, backend(shelf))
    await shelf.begun.wait()
    keeper.keep(LATER, backend(shelf))
    shelf.gate.set()
    await keeper.flush()
    assert shelf.writes == ["", "since"]
    assert len(set(shelf.keys)) == 2


async def test_shutdown_writes_what_waits() -> None:
    shelf = Shelf()
    keeper = DraftKeeper(sleep=Pause())
    keeper.keep(FORM, backend(shelf))
    await keeper.flush()
    assert shelf.writes == [""]


async def test_a_settled_draft_is_not_written_any_more() -> None:
    shelf = Shelf()
    keeper = DraftKeeper(sleep=Pause())
    keeper.keep(FORM, backend(shelf))
    await keeper.settle(FORM.draft)
    await keeper.flush()
    assert shelf.writes == []


async def test_settling_waits_for_the_write_under_way() -> None:
    pause, shelf = Pause(), Shelf()
    pause.over.set()
    shelf.gate.clear()
    keeper = DraftKeeper(sleep=pause)
    keeper.keep(FORM, backend(shelf))
    await shelf.begun.wait()
    settling = asyncio.create_task(keeper.settle(FORM.draft))
    await asyncio.sleep(0)
    assert not settling.done()
    shelf.gate.set()
    await settling
    assert shelf.writes == [""]


async def test_a_backend_that_is_away_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    shelf.away = True
    keeper = DraftKeeper(sleep=Pause())
    keeper.keep(FORM, backend(shelf))
    await keeper.flush()
    assert [record.message for record in caplog.records] == ["draft not kept"]


async def test_forgetting_what_never_arrived_is_no_error() -> None:
    await DraftKeeper(sleep=Pause()).forget(FORM.draft, backend(Shelf()))


def test_a_draft_of_another_format_is_left_alone() -> None:
    kept = DraftOut(id=FORM.draft, scenario="power-cut", form={"format": 999}, updated_at=NOW)
    assert form_of(kept) is None
    assert form_of(kept.model_copy(update={"form": FORM.to_json()})) == FORM
