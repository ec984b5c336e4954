"""The contract of every call, over SIP: where we are called, and where we call."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.ivr.contract import CALLER, Events, Line, MediaCallContract
from tests.ivr.sip.desk import dialled, waiting
from tests.ivr.sip.exchange import Exchange, opened

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange() -> AsyncIterator[Exchange]:
    async with opened() as exchange:
        yield exchange


class _Contract(MediaCallContract):
    @pytest_asyncio.fixture(loop_scope="module")
    async def events(self, line: Line) -> AsyncIterator[Events]:  # type: ignore[override] # on the line's loop
        events = Events(line[0])
        yield events
        await events.stop()


class TestCalled(_Contract):
    @pytest_asyncio.fixture(loop_scope="module")
    async def line(self, exchange: Exchange) -> AsyncIterator[Line]:
        async with dialled(exchange.port) as phone:
            yield await exchange.desk.call(), phone


class TestCalling(_Contract):
    @pytest_asyncio.fixture(loop_scope="module")
    async def line(self, exchange: Exchange) -> AsyncIterator[Line]:
        async with waiting() as phone:
            yield await exchange.workers.dial(f"sip:{CALLER}@{phone.place}"), phone
