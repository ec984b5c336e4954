"""The same matter is found before it is filed again, told to its person and to desks, and never linked by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.contract.models.same_matter import MatterIn
from backend.contract.words import Kind
from tests.backend.city import Backend, new_ticket

ACTOR = "telegram:4711"


async def filed(backend: Backend, actor: str = ACTOR, **changes: Any) -> str:
    request = new_ticket(**changes)
    return (await backend.client.acting_as(actor).file_ticket(request, key=backend.key())).number


async def found(backend: Backend, actor: str = ACTOR, **changes: Any) -> list[str]:
    form = new_ticket(**changes)
    given = {name: getattr(form, name) for name in MatterIn.model_fields}
    return [one.number for one in (await backend.client.acting_as(actor).find_same(MatterIn(**given))).items]


async def test_an_open_request_of_ones_own_is_found(backend: Backend) -> None:
    number = await filed(backend)
    assert await found(backend, story="又停电了，今天早上到现在整个厂区都没电") == [number]
    assert await found(backend, address="人民路3号") == []
    assert await found(backend, scenario="gas-fee") == []


async def test_nobody_is_told_of_anothers(backend: Backend) -> None:
    await filed(backend)
    assert await found(backend, actor="telegram:other") == []


async def test_consultations_and_reports_are_matters_of_their_own(backend: Backend) -> None:
    await filed(backend, kind=Kind.CONSULTATION)
    assert await found(backend) == []
    await filed(backend, kind=Kind.REPORT, hidden_reporter=True)
    assert await found(backend, kind=Kind.REPORT, hidden_reporter=True) == []


async def test_after_thirty_days_it_is_another_matter(backend: Backend) -> None:
    await filed(backend)
    backend.clock.now += timedelta(days=31)
    assert await found(backend) == []


async def test_the_desk_sees_what_others_reported_and_a_unit_does_not(backend: Backend) -> None:
    first, second = await filed(backend), await filed(backend, actor="telegram:other")
    seat = await backend.staff("seat-1").view_ticket(second)
    assert [one.number for one in seat.same_matters] == [first]
    assert (await backend.staff("power-1").view_ticket(second)).same_matters == []
    own = await backend.client.acting_as("telegram:other").view_ticket(second)
    assert own.same_matters == []
