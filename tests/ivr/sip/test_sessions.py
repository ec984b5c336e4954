"""What telephones do to a call: hold it, move, offer late, cancel, ask again, vanish, stay too long, pass it on."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ivr.audio import tone
from ivr.call import EndReason
from tests.ivr.contract import PATIENCE, Events, loud_frames
from tests.ivr.desk import Desk
from tests.ivr.sip.desk import dialled, workers
from tests.ivr.sip.exchange import ConnectedCall, Exchange, at_once, opened
from tests.ivr.sip.phone import Habits, free_port, header

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange() -> AsyncIterator[Exchange]:
    async with opened(rtp_timeout=2, transfer_seconds=3) as exchange:
        yield exchange


async def test_a_held_call_is_silent_for_longer_than_the_timeout_and_goes_on(exchange: Exchange) -> None:
    async def case(direction: str, address: str) -> None:
        async with exchange.talk() as talk:
            await talk.phone.invite(direction, address=address)
            before = len(talk.events.audio)
            if direction != "inactive":
                await talk.phone.say(tone(500, 0.3))  # music on hold, which nobody is to hear
            talk.phone.silent = True
            await asyncio.sleep(2.4)
            held = talk.events.audio[before:]
            assert loud_frames(held) == 0
            assert len(held) // 320 >= 100
            talk.phone.silent = False
            await talk.phone.invite()
            await talk.both_hear()

    await at_once(case("sendonly", ""), case("inactive", ""), case("sendonly", "0.0.0.0"))


async def test_a_hold_told_by_its_address_alone_may_last_as_long_as_the_timeout(exchange: Exchange) -> None:
    """As before RFC 3264; the stack does not know it for a hold."""
    async with exchange.talk() as talk:
        await talk.phone.invite(address="0.0.0.0")
        talk.phone.silent = True
        await asyncio.sleep(0.5)
        talk.phone.silent = False
        await talk.phone.invite()
        await talk.both_hear()
        await talk.phone.invite(address="0.0.0.0")
        talk.phone.silent = True
        assert await talk.events.ended() is EndReason.RTP_TIMEOUT


async def test_audio_follows_a_telephone_that_moves(exchange: Exchange) -> None:
    async with exchange.talk() as talk:
        old = talk.phone._rtp
        await talk.phone.move()
        await talk.phone.invite()
        talk.phone.packets.clear()
        await talk.both_hear()
        old.close()


async def test_offers_that_come_late_are_taken(exchange: Exchange) -> None:
    async def at_first() -> None:
        async with exchange.talk(Habits(late_offer=True)) as talk:
            await talk.both_hear()

    async def later() -> None:
        async with exchange.talk() as talk:
            assert "m=audio" in await talk.phone.invite(offer=False)
            await talk.both_hear()

    await at_once(at_first(), later())


async def test_a_caller_who_cancels_leaves_nothing_behind(exchange: Exchange) -> None:
    async def case(pause: float) -> None:
        phone, _ = await exchange.caller()
        phone.send("INVITE", phone.offered())
        await asyncio.sleep(pause)
        phone.send("CANCEL", same_branch=True)
        answer = await asyncio.wait_for(phone.final(), PATIENCE)
        status = int(answer.split()[1])
        assert status in (200, 487)
        phone._to = header(answer, "To")
        phone.send("ACK", same_branch=status != 200)
        if status == 200:  # they crossed: the call was answered, and is hung up as RFC 3261 has it
            await phone.hang_up()
        await phone.close()

    await at_once(*(case(pause) for pause in (0.0, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05)))
    async with asyncio.timeout(PATIENCE):
        while exchange.workers.calls:  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.02)
    while exchange.desk.calls:
        await Events(exchange.desk.calls.pop()).ended()
    await exchange.lives()


async def test_requests_sent_again_are_one_request(exchange: Exchange) -> None:
    phone, number = await exchange.caller()
    message = phone.send("INVITE", phone.offered())
    for _ in range(3):
        phone.again(message)
    answer = await asyncio.wait_for(phone.final(), PATIENCE)
    phone._to = header(answer, "To")
    phone._heed(answer)
    for _ in range(3):
        phone.send("ACK")
    phone._begin()
    talk = ConnectedCall(await exchange.desk.call(number), phone)
    phone.again(message)
    await talk.both_hear()
    while exchange.desk.calls:  # one that was cancelled may have come late
        assert exchange.desk.calls.pop().caller != number
    phone._cseq += 1
    goodbye = phone.send("BYE")
    for _ in range(3):
        phone.again(goodbye)
    assert (await asyncio.wait_for(phone.final("BYE"), PATIENCE)).startswith("SIP/2.0 200")
    assert await talk.events.ended() is EndReason.HANGUP
    await phone.close()


async def test_a_caller_who_vanishes_is_given_up_and_one_who_comes_back_in_time_is_not(exchange: Exchange) -> None:
    async with exchange.talk() as talk:
        talk.phone.silent = True
        await asyncio.sleep(0.5)
        talk.phone.silent = False
        await talk.both_hear()
        talk.phone.silent = True
        assert await talk.events.ended() is EndReason.RTP_TIMEOUT
        await talk.phone.hung_up_on()


async def test_a_call_ends_at_its_longest() -> None:
    desk, port = Desk(), free_port()
    async with workers(desk, port, max_seconds=0.6), dialled(port) as phone:
        assert await Events(await desk.call()).ended() is EndReason.MAX_DURATION
        await phone.hung_up_on()


async def test_transfers_have_an_outcome_and_where_they_fail_the_call_goes_on(exchange: Exchange) -> None:
    async def case(status: int, outcome: str, expected: str) -> None:
        async with exchange.talk() as talk:
            talk.phone.refer_status, talk.phone.refer_outcome = status, outcome
            assert await asyncio.wait_for(talk.call.transfer("8001"), PATIENCE) == expected
            assert "sip:8001@127.0.0.1" in talk.phone.referred_to
            if expected == "accepted":
                assert await talk.events.ended() is EndReason.HANGUP
            else:
                await talk.both_hear()

    await at_once(
        case(202, "200 OK", "accepted"),
        case(202, "486 Busy Here", "refused"),
        case(202, "480 Temporarily Unavailable", "refused"),
        case(202, "", "refused"),  # nobody tells how it ended
        case(603, "", "refused"),
        case(501, "", "unsupported"),
        case(405, "", "unsupported"),
    )


async def test_a_caller_who_hangs_up_while_transferred(exchange: Exchange) -> None:
    async with exchange.talk() as talk:
        talk.phone.refer_status, talk.phone.refer_outcome = 202, ""
        transfer = asyncio.create_task(talk.call.transfer("8001"))
        await asyncio.sleep(0.3)
        await talk.phone.hang_up()
        assert await asyncio.wait_for(transfer, PATIENCE) == "refused"
        assert await talk.events.ended() is EndReason.HANGUP
