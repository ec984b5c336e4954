"""Ticket numbers over the API: none is lost by what is refused, and a full day goes on."""

import asyncio
import uuid
from typing import Any

import pytest

from backend import database
from backend.contract.errors import BackendError, DayFull, FilesMissing, Invalid, WrongState
from backend.contract.models.contact_requests import RateIn
from backend.contract.models.contacts import EnterpriseIn
from backend.contract.ticket_number import check
from backend.contract.words import Grade
from tests.backend.city import Backend, new_ticket

ACTOR = "telegram:5001"


async def _file(backend: Backend, **changes: Any) -> str:
    return (await backend.client.acting_as(ACTOR).file_ticket(new_ticket(**changes), key=backend.key())).number


def _sequence(number: str) -> int:
    return int(number[6:-1])


async def test_what_is_refused_takes_no_number(backend: Backend) -> None:
    await _file(backend)  # the first of a day makes its sequence, which a refusal would take back
    for changes in (
        {"attachments": [str(uuid.uuid4())]},
        {"enterprise": EnterpriseIn(uscc="91350100M000100Y40", name="甲厂")},
    ):
        for _ in range(3):
            with pytest.raises((FilesMissing, Invalid)):
                await _file(backend, **changes)
    with pytest.raises(BackendError):
        await backend.staff("seat-1").acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    assert _sequence(await _file(backend)) == 2


async def test_a_filing_that_is_sent_again_takes_no_number(backend: Backend) -> None:
    """Later, or at the same moment: twins wait for the first."""
    key = backend.key()
    twins = (backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=key) for _ in range(6))
    receipts = await asyncio.gather(*twins)
    receipts.append(await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=key))
    assert len({one.number for one in receipts}) == 1
    assert (_sequence(receipts[0].number), _sequence(await _file(backend))) == (1, 2)


async def test_a_day_past_99999_goes_on_with_thirteen_digits(backend: Backend) -> None:
    await _file(backend)
    await database.query("SELECT setval('ticket_of_20261123', 99999)")
    number = await _file(backend)
    assert (len(check(number)), _sequence(number)) == (13, 100_000)
    seen = await backend.client.acting_as(ACTOR).view_ticket(number)
    assert seen.number == number
    with pytest.raises(WrongState):
        await backend.client.acting_as(ACTOR).rate(
            number, RateIn(grade=Grade.SATISFIED, solved=True), key=backend.key()
        )


async def test_a_day_that_is_quite_full_says_so(backend: Backend) -> None:
    await _file(backend)
    await database.query("SELECT setval('ticket_of_20261123', 999999)")
    with pytest.raises(DayFull):
        await _file(backend)
