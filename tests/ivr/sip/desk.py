"""The workers that bring a test its calls, and who is at the other end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ivr.sip.keeper import Refused, unheard
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers
from tests.ivr.contract import CALLER
from tests.ivr.desk import Desk
from tests.ivr.sip.phone import Habits, Phone


@asynccontextmanager
async def workers(desk: Desk, port: int, *, refused: Refused = unheard, **settings: Any) -> AsyncIterator[SipWorkers]:
    running = SipWorkers(SipSettings(port=port, **settings), desk, refused=refused)
    await running.start()
    try:
        yield running
    finally:
        desk.release()
        await running.stop()


@asynccontextmanager
async def dialled(port: int, habits: Habits | None = None) -> AsyncIterator[Phone]:
    """A caller."""
    phone = await Phone.dial(port, CALLER, habits=habits)
    try:
        yield phone
    finally:
        await phone.close()


@asynccontextmanager
async def waiting(habits: Habits | None = None) -> AsyncIterator[Phone]:
    """Somebody to call."""
    phone = await Phone.waiting(habits)
    try:
        yield phone
    finally:
        await phone.close()
