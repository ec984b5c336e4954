"""Who may call, how many, how often; what is no offer; and how the service stops."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator

import aiohttp
import pytest

from ivr.call import EndReason, MediaCall
from ivr.refusal import Refusal
from tests.ivr.contract import PATIENCE, Events
from tests.ivr.page.conftest import Office


async def test_a_foreign_page_may_not_call(office: Office) -> None:
    await office.open()
    for origin in ("https://evil.example", "null", ""):
        assert await office.peer().refused(origin=origin) == (403, "forbidden")
    assert office.phone.calls == 0


async def test_beyond_the_most_calls_one_is_told_to_wait(office: Office) -> None:
    await office.open(max_calls=1)
    peer = office.peer()
    await peer.call()
    await office.called()
    assert await office.peer().refused() == (503, "unavailable")
    await peer.hang_up()
    await office.quiet()
    await office.peer().call()


async def test_offers_that_nobody_follows_up_keep_no_line_from_who_talks(office: Office) -> None:
    await office.open(max_calls=2)
    first = office.peer()
    await first.call()
    await office.called()
    for _ in range(3):
        await office.peer().answered()  # never connects; the one before gives way
        assert office.phone.calls == 2
    second = office.peer()
    await second.call()
    await office.called()
    assert await office.peer().refused() == (503, "unavailable")  # both talk
    assert first.connection.connectionState == "connected"


async def test_one_network_never_has_all_lines(office: Office) -> None:
    await office.open(max_calls=2)
    one, two = office.peer(), office.peer()
    await one.offer(await one.offered(), **{"X-Forwarded-For": "2001:db8:1:7::9"})
    assert await office.peer().refused(**{"X-Forwarded-For": "2001:db8:1:8::9"}) == (503, "unavailable")
    await two.offer(await two.offered(), **{"X-Forwarded-For": "2001:db8:2:8::9"})


async def test_who_calls_too_often_has_to_wait(office: Office) -> None:
    asked: list[str] = []

    def wait(address: str) -> float:
        asked.append(address)
        return 3.0

    await office.open(wait=wait)
    assert await office.peer().refused() == (429, "too-many")
    assert await office.peer().refused(**{"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}) == (429, "too-many")
    assert asked == ["127.0.0.1", "203.0.113.9"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"sdp": 1}',
        b'{"sdp": "v=0"}',
        b'{"sdp": "", "more": 1}',
        json.dumps({"sdp": "x" * 40000}).encode(),
    ],
)
async def test_nonsense_is_no_offer(office: Office, body: bytes) -> None:
    await office.open()
    async with office.session.post(f"{office.url}/call/offer", data=body, headers={"Origin": office.url}) as answer:
        assert answer.status == 422
        assert await answer.json() == {"code": "invalid"}
    assert office.phone.calls == 0


async def test_a_body_without_a_length_is_limited_too(office: Office) -> None:
    await office.open()

    async def endless() -> AsyncGenerator[bytes]:
        while True:
            yield b" " * 4096

    headers = {"Origin": office.url}
    async with office.session.post(f"{office.url}/call/offer", data=endless(), headers=headers) as answer:
        assert answer.status == 422


async def test_an_offer_that_trickles_in_takes_no_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.page.app._OFFER_SECONDS", 0.3)
    await office.open(max_calls=1)
    reading = asyncio.Event()

    async def slow() -> AsyncGenerator[bytes]:
        yield b"{"
        reading.set()
        await asyncio.sleep(2)

    headers = {"Origin": office.url}
    posting = asyncio.create_task(office.session.post(f"{office.url}/call/offer", data=slow(), headers=headers))
    async with asyncio.timeout(PATIENCE):
        await reading.wait()
    await office.peer().call()
    async with await posting as answer:
        assert answer.status == 422


async def test_an_offer_without_the_telephones_codec_is_refused(office: Office) -> None:
    await office.open()
    peer = office.peer()
    offer = await peer.offered()
    stripped = re.sub(r"a=rtpmap:\d+ PCM[AU]/8000[^\n]*\n", "", offer)
    with pytest.raises(aiohttp.ClientResponseError) as refused:
        await peer.offer(stripped)
    assert refused.value.status == 422
    assert office.phone.calls == 0


async def test_a_page_that_never_connects_is_given_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.page.app._CONNECT_SECONDS", 0.2)
    await office.open()
    await office.peer().answered()
    assert office.phone.calls == 1
    await office.quiet()
    assert office.calls.empty()


async def test_stopping_ends_calls_and_takes_no_more(office: Office) -> None:
    ended: list[EndReason] = []

    async def talk(call: MediaCall) -> None:
        ended.append(await Events(call).ended())

    office.talk = talk
    await office.open()
    peer = office.peer()
    await peer.call()
    await office.peer().answered()  # and one that is not connected yet
    await office.called()
    await office.stop()
    assert ended == [EndReason.CANCELLED]
    assert await peer.until("ended") == "cancelled"
    await peer.hung_up_on()
    assert office.phone.calls == 0


async def test_calls_may_finish_when_the_service_stops(office: Office) -> None:
    async def talk(call: MediaCall) -> None:
        await asyncio.sleep(0.3)
        await call.hangup()

    office.talk = talk
    await office.open(drain_seconds=5)
    peer = office.peer()
    await peer.call()
    await office.called()
    await office.stop()
    assert await peer.until("ended") == "hangup"


async def test_the_panels_files_are_kept_for_ever_and_never_mixed(office: Office) -> None:
    await office.open()
    for path, kind in ((office.phone.script, "text/javascript"), (office.phone.style, "text/css")):
        async with office.session.get(office.url + path) as asset:
            assert asset.status == 200
            assert asset.content_type == kind
            assert "immutable" in asset.headers["Cache-Control"]
            assert asset.headers["X-Content-Type-Options"] == "nosniff"
        for other in (re.sub(r"/call/\w+/", "/call/000000000000/", path), path.replace("call.", "none.")):
            async with office.session.get(office.url + other) as missing:
                assert missing.status == 404


async def test_only_the_pages_own_farewell_ends_a_call(office: Office) -> None:
    await office.open()
    peer = office.peer()
    await peer.call()
    call = await office.called()
    for path, origin in ((peer.id, "https://evil.example"), ("00000000-0000-0000-0000-000000000000", office.url)):
        async with office.session.post(f"{office.url}/call/{path}/bye", headers={"Origin": origin}) as answer:
            assert answer.status == 204
        assert office.phone.calls == 1
    async with office.session.post(f"{office.url}/call/{call.id}/bye", headers={"Origin": office.url}) as answer:
        assert answer.status == 204
    await office.quiet()


async def test_why_a_call_is_not_taken_is_told_for_the_measures(office: Office) -> None:
    told: list[Refusal] = []
    await office.open(max_calls=0, refused=told.append)
    assert await office.peer().refused(origin="https://evil.example") == (403, "forbidden")
    assert await office.peer().refused() == (503, "unavailable")
    assert told == [Refusal.STRANGER, Refusal.BUSY]


async def test_a_page_that_asks_too_often_counts(office: Office) -> None:
    told: list[Refusal] = []
    await office.open(wait=lambda _: 5.0, refused=told.append)
    assert await office.peer().refused() == (429, "too-many")
    assert told == [Refusal.BUSY]
