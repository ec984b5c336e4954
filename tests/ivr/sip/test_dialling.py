"""Calls out: the contract, how each way of not reaching anybody is told, and by which worker and number."""

import asyncio
import os
import signal

import pytest

from ivr.call import EndReason
from ivr.sip.dialling import NotReached, Unreached, reason, uri
from ivr.sip.settings import NumberForm, SipSettings, Trunk
from tests.ivr.contract import CALLER, PATIENCE, Events
from tests.ivr.desk import Desk
from tests.ivr.sip.desk import dialled, waiting, workers
from tests.ivr.sip.digest import Account
from tests.ivr.sip.phone import free_port, header


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.mark.parametrize(
    ("status", "expected"),
    [(486, Unreached.BUSY), (603, Unreached.REFUSED), (480, Unreached.NO_ANSWER), (404, Unreached.FAILED)],
)
async def test_nobody_is_reached(port: int, status: int, expected: Unreached) -> None:
    async with waiting() as phone, workers(Desk(), port, trunk=Trunk(phone.place)) as running:
        phone.invite_status = status
        with pytest.raises(NotReached) as unreached:
            await running.dial(CALLER)
        assert (unreached.value.reason, unreached.value.status) == (expected, status)
        phone.invite_status = 200
        await (await running.dial(CALLER)).hangup()


@pytest.mark.parametrize(("status", "expected"), [(0, Unreached.NO_ANSWER), (100, Unreached.FAILED)])
async def test_it_rings_for_so_long_and_is_cancelled_then(port: int, status: int, expected: Unreached) -> None:
    async with waiting() as phone, workers(Desk(), port, trunk=Trunk(phone.place)) as running:
        phone.invite_status = status
        with pytest.raises(NotReached) as unreached:
            await running.dial(CALLER, ring_seconds=0.5)
        assert unreached.value.reason is expected
        async with asyncio.timeout(PATIENCE):
            await phone.cancelled.wait()


async def test_whoever_gives_up_waiting_stops_the_ringing(port: int) -> None:
    async with waiting() as phone, workers(Desk(), port, trunk=Trunk(phone.place)) as running:
        phone.invite_status = 0
        dialling = asyncio.create_task(running.dial(CALLER))
        async with asyncio.timeout(PATIENCE):
            await phone.invited.wait()
            dialling.cancel()
            await phone.cancelled.wait()
        assert running.calls == 0


async def test_the_trunk_is_shown_a_number_and_given_proof_who_calls(port: int) -> None:
    async with waiting() as phone:
        phone.account = Account("hotline", "a long secret")
        trunk = Trunk(phone.place, "hotline", "a long secret", shown="01012345", numbers=NumberForm.NATIONAL)
        async with workers(Desk(), port, trunk=trunk) as running:
            call = await running.dial(CALLER)
            assert (call.caller, call.called) == (CALLER, "01012345")
            assert "<sip:01012345@" in header(phone.requests[-2], "From")
            assert phone.requests[-2].startswith("INVITE sip:13912345678@")
            await call.hangup()


async def test_a_wrong_password_reaches_nobody_and_is_logged_nowhere(
    port: int, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with waiting() as phone:
        phone.account = Account("hotline", "right")
        async with workers(Desk(), port, trunk=Trunk(phone.place, "hotline", "wrong-secret")) as running:
            with pytest.raises(NotReached) as unreached:
                await running.dial(CALLER)
            assert unreached.value.reason is Unreached.FAILED
    told = caplog.text + "".join(capfd.readouterr())
    assert "wrong-secret" not in told
    assert CALLER.lstrip("+") not in told


async def test_the_worker_with_the_fewest_calls_dials(port: int) -> None:
    desk = Desk()
    async with (
        waiting() as phone,
        workers(desk, port, workers=2, trunk=Trunk(phone.place)) as running,
        dialled(port),
    ):
        await desk.call()
        call = await running.dial(CALLER)
        assert f"127.0.0.1:{port + 2}" in header(phone.requests[0], "Via")
        await call.hangup()


async def test_when_every_worker_is_full_nobody_is_called(port: int) -> None:
    desk = Desk()
    async with (
        waiting() as phone,
        workers(desk, port, max_calls=1, trunk=Trunk(phone.place)) as running,
        dialled(port),
    ):
        await desk.call()
        with pytest.raises(NotReached) as unreached:
            await running.dial(CALLER)
        assert unreached.value.reason is Unreached.FAILED
        assert not phone.requests


async def test_a_worker_that_dies_while_it_rings_ends_the_wait_at_once(port: int) -> None:
    async with waiting() as phone, workers(Desk(), port, trunk=Trunk(phone.place)) as running:
        phone.invite_status = 0
        dialling = asyncio.create_task(running.dial(CALLER))
        async with asyncio.timeout(PATIENCE):
            await phone.invited.wait()
            os.kill(running.pids[0], signal.SIGKILL)
            with pytest.raises(NotReached):
                await dialling


async def test_a_call_out_ends_with_its_worker(port: int) -> None:
    async with waiting() as phone, workers(Desk(), port, trunk=Trunk(phone.place)) as running:
        events = Events(await running.dial(CALLER))
        os.kill(running.pids[0], signal.SIGKILL)
        assert await events.ended() is EndReason.ERROR


async def test_an_address_needs_no_trunk(port: int) -> None:
    async with waiting() as phone, workers(Desk(), port) as running:
        call = await running.dial(f"sip:seat@{phone.place}")
        assert call.caller is None
        await call.hangup()
        with pytest.raises(ValueError, match="trunk"):
            await running.dial(CALLER)


async def test_a_call_that_nobody_answers_at_all_fails(port: int) -> None:
    async with workers(Desk(), port) as running:
        with pytest.raises(NotReached) as unreached:
            await running.dial(f"sip:nobody@127.0.0.1:{free_port()}", ring_seconds=0.5)
        assert unreached.value.reason is Unreached.FAILED


@pytest.mark.parametrize(
    ("target", "form", "expected"),
    [
        ("+8613912345678", NumberForm.E164, "sip:+8613912345678@pbx"),
        ("+8613912345678", NumberForm.NATIONAL, "sip:13912345678@pbx"),
        ("+861062345678", NumberForm.NATIONAL, "sip:01062345678@pbx"),
        ("+4930123456", NumberForm.NATIONAL, "sip:004930123456@pbx"),
        ("010 6234-5678", NumberForm.NATIONAL, "sip:01062345678@pbx"),
        ("8001", NumberForm.E164, "sip:8001@pbx"),
        ("sip:seat@10.0.0.1", NumberForm.E164, "sip:seat@10.0.0.1"),
    ],
)
def test_what_is_dialled(target: str, form: NumberForm, expected: str) -> None:
    assert uri(target, SipSettings(trunk=Trunk("pbx", numbers=form))) == expected


@pytest.mark.parametrize("target", ["", "seat", "sip:a@b c", "1" * 30, "sip:x@y\r\nVia: z", "sip:a@b>;x"])
def test_what_cannot_be_dialled(target: str) -> None:
    with pytest.raises(ValueError, match="neither a number"):
        uri(target, SipSettings(trunk=Trunk("pbx")))


def test_a_timeout_of_the_network_is_no_telephone_that_rang() -> None:
    assert reason(408, rang=False) is Unreached.FAILED
    assert reason(408, rang=True) is Unreached.NO_ANSWER
    assert reason(None, rang=True) is Unreached.NO_ANSWER
    assert reason(503, rang=True) is Unreached.FAILED
