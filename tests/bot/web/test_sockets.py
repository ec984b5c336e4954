"""The WebSocket: answers once, resumes, keeps notices until they are on a screen, lets nobody in by the back door."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import asyncpg
import pytest

from backend import models
from bot.web.cookies import VISITOR_COOKIE
from bot.web.protocol import Bubble, RunOut
from bot.web.transcript import Entry, Transcript
from tests.backend.city import new_ticket
from tests.bot.web.conftest import House
from tests.bot.web.pages import Page, commands_of, text_of
from tests.bot.web.test_app import log_in
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


def said(house: House) -> Bubble:
    return Bubble(key="said.0", who="us", at=house.backend.clock(), text=[RunOut(text="一次")])


async def person_of(house: House) -> str:
    """The one who has been talking."""
    [key] = [key.decode() async for key in house.redis.scan_iter("*transcript*")]
    return str(key).removeprefix("jiesu:web:transcript:")


async def test_what_is_said_while_a_page_catches_up_comes_to_it_once(
    house: House, visitor: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is among what was missed, and on its way to the page as well."""
    async with Page(house, visitor) as page:
        await page.starts()
    since = Transcript.since

    async def late(transcript: Transcript, person: str, seq: str) -> list[Entry]:
        await house.rooms.publish(person, [said(house)])
        return await since(transcript, person, seq)

    monkeypatch.setattr(Transcript, "since", late)
    async with Page(house, visitor, last=page.last) as again:
        monkeypatch.undo()
        await again.presses("tickets")
    assert [one["key"] for one in again.bubbles].count("said.0") == 1


async def test_what_is_said_while_a_page_opens_comes_to_it_too(
    house: House, visitor: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asked what it had missed a moment before that was kept; nobody else had a page open."""
    async with Page(house, visitor) as page:
        await page.starts()
    again = Page(house, visitor, last=page.last)
    append = Transcript.append

    async def late(transcript: Transcript, person: str, bubble: Bubble) -> Entry:
        await again.__aenter__()
        return await append(transcript, person, bubble)

    monkeypatch.setattr(Transcript, "append", late)
    await house.rooms.publish(await person_of(house), [said(house)])
    assert (await again.frame())["message"]["key"] == "said.0"
    await again.socket.close()


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
    await house.backend.client.acting_as(actor).file_ticket(new_ticket(), key=house.backend.key())
    async with Page(house, visitor) as page:
        page.confirms = False
        notice = await page.until(lambda frame: bool(frame.get("message", {}).get("notice")))
    async with Page(house, visitor) as page:
        # There is a code in it: what nobody confirmed has left nothing behind, and comes whole again.
        assert not any(one["notice"] for one in page.bubbles)
        repeat = asyncio.create_task(page.until(lambda frame: bool(frame.get("message", {}).get("notice"))))

        def repeated_in_time() -> bool:
            house.backend.clock.move(seconds=1)  # the pause before the next try is the backend's
            return repeat.done()

        await eventually(repeated_in_time, timeout=20)
        assert repeat.result()["message"]["key"] == notice["message"]["key"]  # a browser recognises it
        assert text_of(repeat.result()["message"]) == text_of(notice["message"])
        assert _code_in(repeat.result()["message"])


async def test_a_notice_that_is_seen_long_after_it_came_is_confirmed_then(
    house: House, visitor: aiohttp.ClientSession
) -> None:
    """Nobody has looked for hours: it is in nobody's hand any more, and the next try is not due."""
    house.confirm_seconds = 0.05
    await _restarted(house)
    async with Page(house, visitor) as page:
        await page.starts()
        [address] = house.rooms.addresses("web")
        page.confirms = False
        await house.backend.client.acting_as(f"web:{address}").file_ticket(new_ticket(), key=house.backend.key())
        notice = await page.until(lambda frame: bool(frame.get("message", {}).get("notice")))
        own = models.Notice.filter(channel="web", address=address)
        await eventually(lambda: own.filter(ready_at__lt=house.backend.clock() + timedelta(seconds=60)).exists())
        assert not await own.filter(done_at__isnull=False).exists()
        await page.socket.send_json({"type": "seen", "key": notice["message"]["notice"]})
        await eventually(lambda: own.filter(outcome="sent", attempts=1).exists())
    async with Page(house, visitor) as page:
        assert [one["key"] for one in page.bubbles if one["notice"]] == [notice["message"]["key"]], (
            "it is in the talk now"
        )
    assert _code_in(notice["message"])
    assert _code_in(notice["message"]) not in await _in_redis(house)


def _code_in(bubble: dict[str, Any]) -> str:
    """The retrieval code a notice tells."""
    found = re.search(r"查询码：(\d{8})", text_of(bubble))
    return found[1] if found else ""


async def _in_redis(house: House) -> str:
    """Everything Redis holds of conversations, sessions and transcripts alike."""
    found = []
    async for key in house.redis.scan_iter("jiesu:*"):
        match await house.redis.type(key):
            case b"stream":
                found.append(str(await house.redis.xrange(key)))
            case b"hash":
                found.append(str(await house.redis.hgetall(key)))
            case b"string":
                found.append(str(await house.redis.get(key)))
    return "\n".join(found)


async def _restarted(house: House) -> None:
    await house.close()
    await house.open()


async def test_a_retrieval_code_is_shown_whole_once_and_kept_nowhere(
    house: House, visitor: aiohttp.ClientSession
) -> None:
    async with Page(house, visitor) as page:
        await page.starts()
        actor = f"web:{house.rooms.addresses('web')[0]}"
        filed = await house.backend.client.acting_as(actor).file_ticket(new_ticket(), key=house.backend.key())
        notice = await page.until(lambda frame: bool(frame.get("message", {}).get("notice")))
        code = _code_in(notice["message"])
        assert code
        await page.says("查进度")
        await page.says(code)

        async def is_kept() -> bool:
            return filed.number in await _in_redis(house)

        await eventually(is_kept)
    assert code not in await _in_redis(house)
    await _restarted(house)
    async with Page(house, visitor) as again:
        [shown] = [one for one in again.bubbles if one["key"] == notice["message"]["key"]]
        assert "已隐去" in text_of(shown)
        assert filed.number in text_of(shown)
        typed = [text_of(one) for one in again.bubbles if one["who"] == "you"]
        assert typed[-2:] == ["查进度", "••••••"]


async def test_who_was_looked_up_is_on_the_open_page_alone(house: House) -> None:
    phone = "+8613800138000"
    form = new_ticket(contact={"name": "王师傅", "phone": phone})
    number = (await house.backend.client.acting_as("web:11").file_ticket(form, key=house.backend.key())).number
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        await log_in(house, browser, "power-1")
        async with Page(house, browser, "/staff") as page:
            await page.presses(f"ticket:{number}")
            before, event = page.last, str(uuid.uuid4())
            look = {"type": "press", "command": f"look:{number}", "label": "看联系人"}
            answer = (await page.does(look, event))[-1]
            assert phone in text_of(answer)
            repeated = (await page.does(look, event))[-1]
            assert (repeated["key"], text_of(repeated)) == (answer["key"], text_of(answer))
        assert phone not in await _in_redis(house)
        async with Page(house, browser, "/staff", last=before) as page:  # its line broke before it had the answer
            assert any(phone in text_of(one) for one in page.bubbles)
        await _restarted(house)
        async with Page(house, browser, "/staff", last=before) as page:
            assert not any(phone in text_of(one) for one in page.bubbles)
            hidden = next(one for one in page.bubbles if one["key"] == answer["key"])
            assert "已隐去，请再查一次" in text_of(hidden)
            again = (await page.presses(next(one for one in commands_of(hidden) if one.startswith("look:"))))[-1]
            assert phone in text_of(again)


_EVENTS: dict[str, dict[str, Any]] = {
    "too-long": {"type": "text", "text": "字" * 10_001},
    "too-many-files": {
        "type": "media",
        "uploads": [{"id": str(uuid.uuid4()), "kind": "photo", "media_type": "image/png", "size": 1}] * 21,
    },
    "characters": {"type": "text", "text": "跳闸\ud83d了"},
    "not-taken": {"type": "song", "text": "啦"},
}


@pytest.mark.parametrize("reason", _EVENTS)
async def test_an_event_that_cannot_be_taken_is_refused_by_name_and_the_line_holds(
    house: House, visitor: aiohttp.ClientSession, reason: str
) -> None:
    async with Page(house, visitor) as page:
        event_id = await page.send(_EVENTS[reason])
        assert await page.frame() == {"type": "refused", "id": event_id, "reason": reason}
        assert [one["who"] for one in await page.presses("tickets")] == ["you", "us"]
    async with Page(house, visitor) as again:
        assert [one["who"] for one in again.bubbles] == ["you", "us"]  # it left no trace


async def test_what_only_helps_to_read_is_shortened_not_refused(house: House, visitor: aiohttp.ClientSession) -> None:
    press = {"type": "press", "command": "tickets", "label": "x" * 5000}
    async with visitor.ws_connect(house.url + "/chat/ws", headers={"Origin": house.url}) as socket:
        await socket.send_json({"type": "hello", "language": "zh-Hans-CN-x-" + "private-" * 40})
        await socket.send_json({"type": "event", "id": str(uuid.uuid4()), "event": press})
        shown = []
        while (frame := await socket.receive_json(timeout=10))["type"] != "ack":
            shown += [text_of(frame["message"])] if frame["type"] == "message" else []
    assert shown[0] == "x" * 200


async def test_a_browser_with_a_long_list_of_languages_is_served(house: House) -> None:
    languages = ",".join(f"en-x-{'y' * 30}{number};q=0.5" for number in range(150))
    headers = {"Origin": house.url, "Accept-Language": languages}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers=headers) as session:
        async with session.get(house.url) as page:
            assert 'lang="en"' in await page.text()
        async with Page(house, session) as open_page:
            assert len(await open_page.starts()) == 1


@pytest.mark.parametrize("frame", ["nonsense", "[" * 60_000, '{"type":"event","event":{}}', '{"type":"event","id":7}'])
async def test_what_names_no_event_ends_the_line(house: House, visitor: aiohttp.ClientSession, frame: str) -> None:
    async with Page(house, visitor) as page:
        await page.socket.send_str(frame)
        assert (await page.socket.receive(timeout=5)).data == 1008


async def test_an_answer_names_the_question_it_asks_and_words_for_another_go_nowhere(
    house: House, visitor: aiohttp.ClientSession
) -> None:
    async with Page(house, visitor) as page:
        first = (await page.starts("power-cut"))[-1]["question"]
        second = (await page.starts("noise-next-door"))[-1]["question"]
        assert "" != first != second != ""
        event_id = str(uuid.uuid4())
        await page.socket.send_json(
            {"type": "event", "id": event_id, "event": {"type": "text", "text": "两天了"}, "question": "over/x"}
        )
        told = await page.until(lambda frame: frame.get("message", {}).get("who") == "us")
        assert "没有发出去" in text_of(told["message"])
        assert told["message"]["question"] == ""


async def test_stopping_finishes_what_a_page_has_sent(house: House, visitor: aiohttp.ClientSession) -> None:
    async with Page(house, visitor) as page:
        await page.starts()
        async with _held_up(house):
            await page.send({"type": "press", "command": "tickets"})
            await eventually(lambda: _is_locked(house))
            closing = asyncio.create_task(house.close())
            await page.socket.receive()
            assert not closing.done()
        await closing
    await house.open()
    async with Page(house, visitor) as again:
        assert "您还没有提交过工单" in text_of(again.bubbles[-1])


async def test_stopping_waits_for_the_end_of_what_it_breaks_off(house: House, visitor: aiohttp.ClientSession) -> None:
    """A person's lock is given back while there is still a connection to Redis: else it would hold them up."""
    await house.close()
    house.stop_seconds = 0.1
    await house.open()
    async with Page(house, visitor) as page, _held_up(house):
        await page.send({"type": "press", "command": "tickets"})
        await eventually(lambda: _is_locked(house))
        await house.close()
        assert not [one for one in asyncio.all_tasks() if "_Sitting" in getattr(one.get_coro(), "__qualname__", "")]
        assert not await _is_locked(house)


@asynccontextmanager
async def _held_up(house: House) -> AsyncIterator[None]:
    """Whoever asks for tickets waits."""
    holder = await asyncpg.connect(house.backend.deps.database_url)
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE ticket")
            yield
    finally:
        await holder.close()


async def _is_locked(house: House) -> bool:
    return bool([key async for key in house.redis.scan_iter("*-lock:*")])


async def test_several_short_texts_in_a_row_are_one_and_a_press_ends_the_wait(
    house: House, visitor: aiohttp.ClientSession
) -> None:
    await house.reopen(quiet_seconds=60)
    async with Page(house, visitor) as page:
        await page.starts()
        first = await page.send({"type": "text", "text": "店里停电了"})
        await page.until(lambda frame: frame == {"type": "more", "id": first})
        second = await page.send({"type": "text", "text": "从昨晚开始"})
        await page.until(lambda frame: frame == {"type": "more", "id": second})
        assert not any(one["type"] == "ack" and one["id"] == first for one in page.received)
        await page.presses("menu")
        acks = [one["id"] for one in page.received if one["type"] == "ack"]
        assert acks[1:3] == [first, second]
        told = [text_of(one) for one in page.bubbles]
        assert sum("给您登记" in one for one in told) == 1
        assert {"店里停电了", "从昨晚开始"} <= set(told)


async def test_a_text_that_ends_as_a_sentence_is_answered_at_once(house: House, visitor: aiohttp.ClientSession) -> None:
    await house.reopen(quiet_seconds=60)
    async with Page(house, visitor) as page:
        await page.starts()
        await page.says("店里停电了。")
        assert not any(one["type"] == "more" for one in page.received)
