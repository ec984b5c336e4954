"""A call to the number that we show when we call: whatever agent it reaches takes it, or it is refused and counted."""

import asyncio

import pytest

from ivr.refusal import Refusal
from ivr.sip.settings import Trunk
from tests.ivr.contract import CALLER, PATIENCE
from tests.ivr.desk import Desk
from tests.ivr.sip.desk import waiting, workers
from tests.ivr.sip.phone import Habits, Phone, free_port

NUMBER = "12345"


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize(
    "names",
    [{"shown": NUMBER}, {"user": NUMBER}, {"user": NUMBER, "expiry": 60}, {"user": "hotline", "shown": NUMBER}],
    ids=["shown", "user", "registered", "shown instead of the user"],
)
async def test_who_dials_the_number_we_call_from_is_answered(names: dict[str, str | int], transport: str) -> None:
    desk, port = Desk(), free_port()
    async with waiting() as pbx, workers(desk, port, trunk=Trunk(pbx.place, **names)):  # type: ignore[arg-type]
        phone = await Phone.dial(port, CALLER, NUMBER, Habits(transport=transport))
        call = await desk.call()
        assert (call.caller, call.called) == (CALLER, NUMBER)
        await phone.close()


@pytest.mark.parametrize("called", ["hotline", "anything"])
async def test_without_a_trunk_every_name_is_answered(called: str) -> None:
    desk, port = Desk(), free_port()
    async with workers(desk, port):
        phone = await Phone.dial(port, CALLER, called)
        assert (await desk.call()).called == called
        await phone.close()


async def test_calls_go_out_while_calls_to_the_same_number_come_in() -> None:
    """The call out is not taken for a caller, nor the caller for it."""
    desk, port = Desk(), free_port()
    async with waiting() as pbx, workers(desk, port, trunk=Trunk(pbx.place, shown=NUMBER)) as running:
        out = await running.dial(CALLER)
        phone = await Phone.dial(port, CALLER, NUMBER)
        assert (await desk.call()).called == NUMBER
        assert out.called == NUMBER
        assert running.calls == 2
        assert not desk.calls
        await phone.close()
        await out.hangup()


async def test_whoever_calls_while_the_phone_stops_is_refused_and_counted() -> None:
    desk, port = Desk(), free_port()
    counted: asyncio.Queue[Refusal] = asyncio.Queue()
    async with workers(desk, port, refused=lambda why, _count: counted.put_nowait(why)) as running:
        first = await Phone.dial(port, CALLER, NUMBER)
        await desk.call()
        stopping = asyncio.create_task(running.stop(drain_seconds=PATIENCE))
        await asyncio.sleep(0)  # the door is shut at the first step
        with pytest.raises(ConnectionRefusedError):
            await Phone.dial(port, CALLER, NUMBER)
        async with asyncio.timeout(PATIENCE):
            assert await counted.get() is Refusal.CLOSED
        await first.close()
        desk.release()
        await stopping
