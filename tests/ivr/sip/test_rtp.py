"""What networks do to audio and keys: loss, other sources, odd packets, either law, keys told twice, nonsense."""

import asyncio
import random
import struct
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from ivr.audio import silence, tone
from tests.ivr.contract import CALLER, at_best, loud_frames
from tests.ivr.sip.exchange import Exchange, at_once, opened
from tests.ivr.sip.g711 import A_LAW, MU_LAW
from tests.ivr.sip.phone import EVENTS, Habits, Phone

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange() -> AsyncIterator[Exchange]:
    async with opened() as exchange:
        yield exchange


async def test_another_source_goes_on_where_the_first_left_off(exchange: Exchange) -> None:
    async with exchange.talk() as talk:
        for _ in range(3):
            talk.phone.jump()
            await talk.phone.say(silence(0.2))
            await talk.both_hear()


class Mangled:
    """Loses, doubles and swaps packets, each time the same ones."""

    def __init__(self, lost: float = 0, doubled: float = 0, swapped: float = 0) -> None:
        self._shares = lost, lost + doubled, lost + doubled + swapped
        self._luck = random.Random(7)
        self._kept: list[bytes] = []

    def __call__(self, packet: bytes) -> Sequence[bytes]:
        luck, kept = self._luck.random(), self._kept
        if luck < self._shares[0]:
            return ()
        if luck < self._shares[1]:
            return packet, packet
        if luck < self._shares[2] and not kept:
            self._kept = [packet]
            return ()
        self._kept = []
        return packet, *kept


async def test_a_bad_network_keeps_the_clock_and_the_keys(exchange: Exchange) -> None:
    async def case(lost: float, doubled: float, swapped: float) -> None:
        async with exchange.talk() as talk:
            await talk.phone.say(silence(0.3))
            talk.phone.mangle = Mangled(lost, doubled, swapped)

            async def comes() -> None:
                before, began = len(talk.events.audio), asyncio.get_running_loop().time()
                await talk.phone.say(tone(440, 2))
                await asyncio.sleep(0.2)
                passed = (asyncio.get_running_loop().time() - began) / 0.02
                heard = talk.events.audio[before:]
                assert len(heard) / 320 == pytest.approx(passed, abs=10)
                assert loud_frames(heard) >= 100 * (1 - lost) - 12

            await at_best(comes)
            await talk.phone.press("4711")
            await talk.events.presses("4711")
            await asyncio.sleep(0.2)
            assert talk.events.digits == "4711"

    await at_once(case(0.1, 0, 0), case(0, 0.2, 0), case(0, 0, 0.1), case(0.1, 0.05, 0.05))


async def test_packets_of_any_size_and_either_law(exchange: Exchange) -> None:
    async def case(samples: int, codecs: tuple[int, ...]) -> None:
        async with exchange.talk(Habits(samples=samples, codecs=codecs)) as talk:
            await talk.phone.say(silence(0.3))
            await talk.both_hear()

    sizes = (case(samples, (A_LAW,)) for samples in (80, 240, 320, 480, 100, 133))
    await at_once(*sizes, case(160, (MU_LAW,)), case(240, (MU_LAW, 9)))


async def test_without_a_common_codec_the_call_is_refused(exchange: Exchange) -> None:
    with pytest.raises(ConnectionRefusedError) as refused:
        await Phone.dial(exchange.port, CALLER, habits=Habits(codecs=(9,)))
    assert refused.value.args == (488,)
    assert not exchange.desk.calls


async def test_keys_are_counted_once_however_they_are_told(exchange: Exchange) -> None:
    """When no packet of a release arrives, the stack takes the same key again for the first press: not tried here."""

    async def rfc_4733() -> None:
        async with exchange.talk() as talk:
            await talk.phone.press("121", ends=0)
            await talk.phone.press("33", ends=1)
            await talk.phone.press("0#*")
            await talk.events.presses("0#*")
            await asyncio.sleep(0.2)
            assert talk.events.digits == "121330#*"

    async def info() -> None:
        async with exchange.talk() as talk:
            await talk.phone.press("4566#", info=True, rtp=False)
            await talk.events.presses("#")
            await asyncio.sleep(0.2)
            assert talk.events.digits == "4566#"

    async def both(pause: float) -> None:
        async with exchange.talk() as talk:

            async def count() -> None:
                before = len(talk.events.digits)
                for digit in "779":
                    pressing = asyncio.create_task(talk.phone.press(digit))
                    await asyncio.sleep(pause)
                    await talk.phone.press(digit, info=True, rtp=False)
                    await pressing
                    await asyncio.sleep(0.2)
                assert talk.events.digits[before:] == "779"

            await at_best(count)

    await at_once(rfc_4733(), info(), both(0.0), both(0.04), both(0.1))


async def test_nonsense_on_the_audio_port_harms_no_call(exchange: Exchange) -> None:
    luck = random.Random(20261122)

    def head(kind: int, version: int = 2, bits: int = 0) -> bytes:
        return struct.pack("!BBHII", version << 6 | bits, kind, luck.randrange(1 << 16), luck.getrandbits(32), 99)

    def nonsense() -> bytes:
        rest = luck.randbytes(luck.choice((0, 1, 3, 4, 40, 160, 172, 1300)))
        return luck.choice(
            (
                lambda: rest,
                lambda: head(luck.randrange(256)) + rest,
                lambda: head(A_LAW, version=luck.randrange(4)) + rest,
                lambda: head(A_LAW, bits=luck.randrange(64)) + rest,  # padding, extension, sources that are not there
                lambda: head(luck.choice((200, 201, 202, 203, 204))) + rest,
                lambda: head(EVENTS) + rest[:3],
                lambda: head(A_LAW)[: luck.randrange(12)],
            )
        )()

    async with exchange.talk() as talk, exchange.talk() as other:
        for _ in range(40):
            for _ in range(20):
                talk.phone.throw(nonsense(), port=luck.randrange(2))
            await asyncio.sleep(0.01)
        await other.both_hear()
        talk.phone.jump()
        await talk.phone.say(silence(0.5))
        await talk.both_hear()
    await exchange.lives()
