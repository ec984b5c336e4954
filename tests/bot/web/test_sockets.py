"""The WebSocket: answers once, resumes, keeps notices until they are on a screen, lets nobody in by the back door."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.web.cookies import VISITOR_COOKIE
from tests.backend.city import new_ticket
from tests.bot.web.conftest import House
from tests.bot.web.pages import Page, commands_of, text_of
from tests.botapi.waiting import eventually


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that has opened the page."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(house.url) as page:
            assert page.status == 200
        yield session


async def test_the_first_page_is_fresh_and_a_start_greets(house: House, visitor: aiohttp.ClientSession) -> None:
    async with Page(house, visitor) as page:
        assert page.received[0] == {"type": "welcome", "fresh": True}
        [greeting] = await page.starts()
        assert "榕江市" in text_of(greeting)
        assert "tickets" in commands_of(greeting)
    async with Page(house, visitor) as again:
        assert again.received[0] == {"type": "welcome", "fresh": False}
        assert [one["key"] for one in again.bubbles] == [greeting["key"]]


async def test_a_repeated_event_is_done_once_and_answered_with_the_same_keys(
    house: House, visitor: aiohttp.ClientSession
) -> None:
    async with Page(house, visitor) as page:
        await page.starts("power-cut")
        event = {"type": "text", "text": "两天了"}
        first = await page.does(event, "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10")
        second = await page.does(event, "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10")
    assert [one["key"] for one in first] == [one["key"] for one in second]
    assert [text_of(one) for one in first] == [text_of(one) for one in second]


async def test_a_page_gets_only_what_it_missed(house: House, visitor: aiohttp.ClientSession) -> None:
    async with Page(house, visitor) as page:
        await page.starts()
        last = page.last
        [answer] = [one for one in await page.presses("tickets") if one["who"] == "us"]
    async with Page(house, visitor, last=last) as again:
        assert [one["who"] for one in again.bubbles] == ["you", "us"]
        assert again.bubbles[1]["key"] == answer["key"]


async def test_two_pages_of_one_person_show_the_same(house: House, visitor: aiohttp.ClientSession) -> None:
    async with Page(house, visitor) as one, Page(house, visitor) as other:
        said = await one.says("路太烂了，货车进不来")
        shown = [await other.frame() for _ in said]
        assert [frame["message"]["key"] for frame in shown] == [bubble["key"] for bubble in said]


async def test_without_its_history_the_conversation_goes_on(house: House, visitor: aiohttp.ClientSession) -> None:
    async with Page(house, visitor) as page:
        await page.starts("power-cut")
        last = page.last
        await house.redis.flushall()
        async with Page(house, visitor, last=last) as again:
            assert again.received[0] == {"type": "welcome", "fresh": True}
            assert [one["who"] for one in await again.presses("tickets")] == ["you", "us"]


async def test_a_restarting_server_says_so(house: House, visitor: aiohttp.ClientSession) -> None:
    async with Page(house, visitor) as page:
        await house.close()
        message = await page.socket.receive(timeout=5)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1012)


async def test_who_writes_too_fast_is_told_when_to_go_on(house: House, visitor: aiohttp.ClientSession) -> None:
    async with Page(house, visitor) as page:
        ids = [await page.send({"type": "press", "command": "tickets", "label": ""}) for _ in range(60)]
        told = await page.until(lambda frame: frame["type"] == "wait")
        assert told["id"] in ids
        assert 0 < told["seconds"] < 5


async def test_a_page_must_begin_with_hello(house: House, visitor: aiohttp.ClientSession) -> None:
    for first in ('{"type":"ping"}', "nonsense"):
        async with visitor.ws_connect(house.url + "/chat/ws", headers={"Origin": house.url}) as socket:
            await socket.send_str(first)
            assert (await socket.receive(timeout=5)).data == 1008


async def test_ping_is_answered(house: House, visitor: aiohttp.ClientSession) -> None:
    async with Page(house, visitor) as page:
        await page.socket.send_json({"type": "ping"})
        assert await page.frame() == {"type": "pong"}


async def test_a_foreign_page_gets_no_socket(house: House, visitor: aiohttp.ClientSession) -> None:
    for headers in ({}, {"Origin": "null"}, {"Origin": "https://elsewhere.example"}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await visitor.ws_connect(house.url + "/chat/ws", headers=headers)
        assert refused.value.status == 403


async def test_no_socket_without_a_cookie_of_ours(house: House) -> None:
    for cookies in ({}, {VISITOR_COOKIE: f"{'0' * 32}.{'0' * 64}"}):
        async with aiohttp.ClientSession(cookies=cookies) as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(house.url + "/chat/ws", headers={"Origin": house.url})
            assert refused.value.status == 401


async def test_too_many_pages_are_refused(house: House, visitor: aiohttp.ClientSession) -> None:
    pages = [Page(house, visitor) for _ in range(8)]
    for page in pages:
        await page.__aenter__()
    async with visitor.ws_connect(house.url + "/chat/ws", headers={"Origin": house.url}) as socket:
        await socket.send_json({"type": "hello"})
        assert (await socket.receive(timeout=5)).data == 4408
    for page in pages:
        await page.socket.close()


async def test_a_notice_waits_for_a_page_and_is_shown_until_confirmed(
    house: House, visitor: aiohttp.ClientSession
) -> None:
    """The acceptance notice of a ticket filed while nobody looked; the first page dies before it confirms."""
    async with Page(house, visitor) as page:
        await page.starts()
        actor = f"web:{house.rooms.addresses('web')[0]}"
    await house.backend.client.file_ticket(new_ticket(), actor=actor, key=house.backend.key())
    async with Page(house, visitor) as page:
        page.confirms = False
        notice = await page.until(lambda frame: bool(frame.get("message", {}).get("notice")))
    async with Page(house, visitor) as page:
        shown = [one for one in page.bubbles if one["notice"]]  # from the transcript
        assert [one["key"] for one in shown] == [notice["message"]["key"]]
        assert "查询码" in text_of(shown[0])
        repeat = asyncio.create_task(page.until(lambda frame: bool(frame.get("message", {}).get("notice"))))

        def repeated_in_time() -> bool:
            house.backend.clock.move(seconds=1)  # the pause before the next try is the backend's
            return repeat.done()

        await eventually(repeated_in_time, timeout=20)
        assert repeat.result()["message"]["key"] == notice["message"]["key"]  # a browser recognises it
