"""Calls that SIP workers refuse reach the measures, by reason: real calls, through real processes."""

import asyncio
from functools import partial
from ipaddress import ip_network

import pytest

from ivr.meters import Meters
from ivr.sip.dialling import NotReached
from ivr.sip.settings import Srtp
from tests.ivr.contract import CALLER, PATIENCE
from tests.ivr.desk import Desk
from tests.ivr.sip.desk import dialled, waiting, workers
from tests.ivr.sip.phone import Habits, Phone, free_port

FRIEND, STRANGER = "127.0.0.2", "127.0.0.3"


class Counts:
    def __init__(self) -> None:
        self._meters = Meters()
        self.refused = partial(self._meters.refused, "sip")

    @property
    def seen(self) -> dict[str, float]:
        return {
            sample.labels["reason"]: sample.value
            for metric in self._meters.registry.collect()
            for sample in metric.samples
            if sample.name == "jiesu_phone_refused_total" and sample.labels["transport"] == "sip"
        }

    async def come_to(self, **wanted: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while sum(self.seen.values()) < sum(wanted.values()):  # noqa: ASYNC110 - told once a second
                await asyncio.sleep(0.02)
        assert self.seen == wanted


async def _refused(port: int, status: int, habits: Habits | None = None) -> None:
    with pytest.raises(ConnectionRefusedError) as refusal:
        await Phone.dial(port, CALLER, habits=habits)
    assert refusal.value.args == (status,)


async def test_callers_beyond_the_cap_are_counted_each_once() -> None:
    desk, port, counts = Desk(), free_port(), Counts()
    async with workers(desk, port, refused=counts.refused, max_calls=1), dialled(port):
        await desk.call()
        await asyncio.gather(*(_refused(port, 486) for _ in range(3)))
        await counts.come_to(busy=3)


async def test_strangers_are_counted_by_every_transport() -> None:
    desk, port, counts = Desk(), free_port(), Counts()
    async with workers(desk, port, refused=counts.refused, allowed=(ip_network(FRIEND),)):
        for transport in ("udp", "tcp"):
            await _refused(port, 403, Habits(host=STRANGER, transport=transport))
        scanner = Phone(Habits(host=STRANGER))
        await scanner.open(port, CALLER, "12345")
        scanner.send("OPTIONS")
        await scanner.final("OPTIONS")
        await scanner.close()
        await _refused(port, 403, Habits(host=STRANGER))
        async with dialled(port, Habits(host=FRIEND)):
            await desk.call()
        await counts.come_to(stranger=3)


async def test_calls_that_offer_nothing_we_speak_are_counted() -> None:
    desk, port, counts = Desk(), free_port(), Counts()
    async with workers(desk, port, refused=counts.refused, srtp=Srtp.REQUIRED):
        await _refused(port, 488)
        await counts.come_to(unfit=1)


async def test_what_others_refuse_us_is_not_counted() -> None:
    desk, port, counts = Desk(), free_port(), Counts()
    async with workers(desk, port, refused=counts.refused, max_calls=1) as running, waiting() as phone:
        phone.invite_status = 486
        with pytest.raises(NotReached):
            await running.dial(f"sip:{CALLER}@{phone.place}")
        async with dialled(port):
            await desk.call()
            await _refused(port, 486)
            await counts.come_to(busy=1)
