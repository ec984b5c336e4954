"""The test server answers unmodified aiogram as Telegram would."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Bot, exceptions
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    ChatMemberAdministrator,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from aiohttp import web

from tests.botapi import BotAccount, BotApiServer, ChatDriver
from tests.botapi.client import aiogram_bot
from tests.botapi.remote import remote_server
from tests.botapi.waiting import eventually

TOKEN = "1001:secret"
GROUP = -1001234


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with await BotApiServer.start() as server:
        yield server


@pytest.fixture
def account(server: BotApiServer) -> BotAccount:
    return server.add_bot(TOKEN, "jiesu_bot")


@pytest.fixture
async def bot(server: BotApiServer, account: BotAccount) -> AsyncIterator[Bot]:
    async with aiogram_bot(server.url, account) as bot:
        yield bot


@pytest.fixture
def chat(server: BotApiServer, account: BotAccount) -> ChatDriver:
    return server.user(77, "王芳").chat_with(account)


def _keyboard(*data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=f"选 {d}", callback_data=d)] for d in data])


async def test_unknown_token_is_unauthorized(server: BotApiServer, account: BotAccount) -> None:
    async with aiogram_bot(server.url, "5:wrong") as stranger:
        with pytest.raises(exceptions.TelegramUnauthorizedError, match="Unauthorized"):
            await stranger.get_me()


async def test_get_me_and_unknown_method(server: BotApiServer, bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.is_bot) == (1001, "jiesu_bot", True)
    async with aiohttp.ClientSession() as http, http.get(f"{server.url}/bot{TOKEN}/getNothing") as response:
        assert response.status == 404
        assert (await response.json())["ok"] is False


async def test_update_comes_until_it_is_confirmed(bot: Bot, chat: ChatDriver) -> None:
    await chat.start("power_cut")
    first = await bot.get_updates(timeout=1)
    again = await bot.get_updates(timeout=1)
    assert [u.update_id for u in first] == [u.update_id for u in again]
    assert first[0].message is not None
    assert first[0].message.text == "/start power_cut"
    assert first[0].message.entities is not None
    assert await bot.get_updates(offset=first[0].update_id + 1, timeout=0) == []
    assert await bot.get_updates(timeout=0) == []


async def test_limit_and_negative_offset(bot: Bot, chat: ChatDriver) -> None:
    for text in "abcde":
        await chat.send(text)
    assert len(await bot.get_updates(limit=2)) == 2
    newest = await bot.get_updates(offset=-2)
    assert [u.message.text for u in newest if u.message] == ["d", "e"]
    assert len(await bot.get_updates()) == 2


async def test_poll_wakes_when_something_is_said(bot: Bot, chat: ChatDriver) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await _until_polling(chat)
    await chat.send("你好")
    started = time.monotonic()
    updates = await poll
    assert time.monotonic() - started < 2
    assert updates[0].message is not None
    assert updates[0].message.text == "你好"


async def test_kinds_that_were_not_asked_for_stay_away(bot: Bot, chat: ChatDriver, account: BotAccount) -> None:
    assert await bot.get_updates(allowed_updates=["callback_query"]) == []
    await chat.send("nobody listens")
    assert await bot.get_updates() == []
    assert (await bot.get_updates(allowed_updates=[])) == []
    await chat.send("heard")
    assert len(await bot.get_updates()) == 1


async def test_second_poller_ends_the_first(bot: Bot, chat: ChatDriver) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await _until_polling(chat)
    second = asyncio.create_task(bot.get_updates(timeout=30))
    with pytest.raises(exceptions.TelegramConflictError, match="terminated by other getUpdates"):
        await first
    await chat.send("x")
    assert len(await second) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("价格 < 5", 'Unsupported start tag "" at byte offset 7'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("x <b", "Unclosed start tag at byte offset 2"),
    ],
)
async def test_bad_html_is_refused(bot: Bot, chat: ChatDriver, text: str, complaint: str) -> None:
    with pytest.raises(exceptions.TelegramBadRequest, match=re.escape(f"can't parse entities: {complaint}")):
        await bot.send_message(chat.id, text)


async def test_good_html_becomes_entities(bot: Bot, chat: ChatDriver) -> None:
    message = await bot.send_message(
        chat.id, '😀 <b>粗 <i>斜</i></b> &lt;&#33;&gt; <a href="https://x.cn/">链</a> &unknown;'
    )
    assert message.text == "😀 粗 斜 <!> 链 &unknown;"
    found = [(e.type, e.offset, e.length) for e in message.entities or []]
    assert found == [("bold", 3, 3), ("italic", 5, 1), ("text_link", 11, 1)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("x" * 4097, "message is too long"), ("", "message text is empty"), (" \n ", "message text is empty")],
)
async def test_bad_text_is_refused(bot: Bot, chat: ChatDriver, text: str, complaint: str) -> None:
    with pytest.raises(exceptions.TelegramBadRequest, match=complaint):
        await bot.send_message(chat.id, text)
    assert (await bot.send_message(chat.id, "<b>" + "x" * 4096 + "</b>")).text == "x" * 4096


async def test_caption_has_its_own_limit(bot: Bot, chat: ChatDriver) -> None:
    with pytest.raises(exceptions.TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(chat.id, BufferedInputFile(b"jpg", "a.jpg"), caption="x" * 1025)


async def test_callback_data_has_64_bytes(bot: Bot, chat: ChatDriver) -> None:
    await bot.send_message(chat.id, "ok", reply_markup=_keyboard("x" * 64))
    with pytest.raises(exceptions.TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(chat.id, "no", reply_markup=_keyboard("电" * 22))


async def test_pressing_and_answering(bot: Bot, chat: ChatDriver) -> None:
    await bot.send_message(chat.id, "选一个", reply_markup=_keyboard("a", "b"))
    shown = await chat.expect("选一个")
    assert shown.buttons == ["选 a", "选 b"]
    press = await chat.press("选 b")
    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert query.data == "b"
    assert query.message is not None
    await bot.answer_callback_query(query.id, "好")
    assert await press.wait_answered() == "好"
    with pytest.raises(exceptions.TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query.id)
    with pytest.raises(AssertionError, match=re.escape("[['选 a', '选 b']]")):
        await chat.press("选 c")


async def test_stale_button_is_pressed_on_the_old_message(bot: Bot, chat: ChatDriver) -> None:
    message = await bot.send_message(chat.id, "第一", reply_markup=_keyboard("a"))
    old = await chat.expect("第一")
    await bot.edit_message_text("第二", chat_id=chat.id, message_id=message.message_id)
    assert (await chat.expect("第二")).edited
    assert chat.buttons() == []
    await chat.press("a", message=old)
    assert (await bot.get_updates())[0].callback_query is not None


async def test_reply_keyboard_types_its_label(bot: Bot, chat: ChatDriver) -> None:
    keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="帮助"), KeyboardButton(text="菜单")]])
    await bot.send_message(chat.id, "?", reply_markup=keyboard)
    assert chat.buttons() == ["帮助", "菜单"]
    await chat.press("菜单")
    assert "王芳 [#2]: 菜单" in chat.transcript()


async def test_editing(bot: Bot, chat: ChatDriver) -> None:
    message = await bot.send_message(chat.id, "<b>一</b>", reply_markup=_keyboard("a"))
    with pytest.raises(exceptions.TelegramBadRequest, match="message is not modified"):
        await message.edit_text("<b>一</b>", reply_markup=_keyboard("a"))
    await message.edit_reply_markup(reply_markup=None)
    with pytest.raises(exceptions.TelegramBadRequest, match="message is not modified"):
        await message.edit_reply_markup(reply_markup=None)
    theirs = await chat.send("mine")
    with pytest.raises(exceptions.TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=chat.id, message_id=theirs)
    await message.delete()
    with pytest.raises(exceptions.TelegramBadRequest, match="message to edit not found"):
        await message.edit_text("x")
    with pytest.raises(exceptions.TelegramBadRequest, match="message to delete not found"):
        await message.delete()


async def test_files_go_both_ways(bot: Bot, chat: ChatDriver) -> None:
    await chat.send_document("发票.pdf", b"%PDF-1.7 data", "application/pdf")
    await chat.send_photo(b"jpg", "门口", media_group_id="9")
    await chat.send_voice(b"OggS", 3)
    document, photo, voice = (u.message for u in await bot.get_updates())
    assert document is not None
    assert document.document is not None
    assert document.document.file_name == "发票.pdf"
    downloaded = await bot.download(document.document)
    assert downloaded is not None
    assert downloaded.read() == b"%PDF-1.7 data"
    assert photo is not None
    assert photo.photo is not None
    assert (photo.media_group_id, photo.caption) == ("9", "门口")
    assert voice is not None
    assert voice.voice is not None
    again = await bot.send_document(chat.id, document.document.file_id, caption="<i>回</i>")
    assert again.document is not None
    assert again.document.file_id == document.document.file_id
    with pytest.raises(exceptions.TelegramBadRequest, match="wrong remote file identifier"):
        await bot.send_photo(chat.id, "nothing")
    with pytest.raises(exceptions.TelegramBadRequest, match="invalid file_id"):
        await bot.get_file("nothing")


async def test_album_voice_location_from_the_bot(bot: Bot, chat: ChatDriver) -> None:
    media = [InputMediaPhoto(media=BufferedInputFile(b"jpg%d" % i, f"{i}.jpg"), caption=f"图{i}") for i in range(3)]
    album = await bot.send_media_group(chat.id, list(media))
    assert len({m.media_group_id for m in album}) == 1
    assert [m.caption for m in album] == ["图0", "图1", "图2"]
    await bot.send_voice(chat.id, BufferedInputFile(b"OggS", "a.ogg"))
    located = await bot.send_location(chat.id, 23.55, 116.37)
    assert located.location is not None
    assert await bot.send_chat_action(chat.id, "typing")


async def test_contact_sticker_location_and_edit_from_a_person(bot: Bot, chat: ChatDriver) -> None:
    await chat.share_contact("+8613800138000")
    await chat.send_sticker()
    await chat.send_location(23.5, 116.3)
    number = await chat.send("错字")
    await chat.edit(number, "正字")
    updates = await bot.get_updates()
    kinds = [u.message.content_type if u.message else u.event_type for u in updates]
    assert kinds == ["contact", "sticker", "location", "text", "edited_message"]


async def test_replying_to_a_message(bot: Bot, chat: ChatDriver) -> None:
    number = await chat.send("问题")
    reply = await bot.send_message(chat.id, "答", reply_parameters=ReplyParameters(message_id=number))
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.text == "问题"
    with pytest.raises(exceptions.TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(chat.id, "答", reply_parameters=ReplyParameters(message_id=999))


async def test_blocked_and_unknown_chats(server: BotApiServer, account: BotAccount, bot: Bot, chat: ChatDriver) -> None:
    user = server.user(77, "王芳")
    user.block(account)
    (update,) = await bot.get_updates()
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(exceptions.TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(chat.id, "x")
    user.unblock(account)
    await bot.send_message(chat.id, "x")
    with pytest.raises(exceptions.TelegramBadRequest, match="chat not found"):
        await bot.send_message(4242, "x")


async def test_forum_topics(server: BotApiServer, account: BotAccount, bot: Bot) -> None:
    user = server.user(5, "李强")
    group = server.forum_group(GROUP, "供电局", [user, account])
    topic = await bot.create_forum_topic(GROUP, "工单 1")
    thread_id = topic.message_thread_id
    sent = await bot.send_message(GROUP, "新工单", message_thread_id=thread_id)
    assert (sent.message_thread_id, sent.is_topic_message) == (thread_id, True)
    await group.expect("新工单", thread_id=thread_id)
    await group.as_user(user).send("签收", thread_id=thread_id)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.message_thread_id == thread_id
    await bot.edit_forum_topic(GROUP, thread_id, name="工单 1 已办")
    await bot.close_forum_topic(GROUP, thread_id)
    with pytest.raises(exceptions.TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.close_forum_topic(GROUP, thread_id)
    await bot.reopen_forum_topic(GROUP, thread_id)
    assert group.topic("已办").closed is False
    group.delete_topic(thread_id)
    with pytest.raises(exceptions.TelegramBadRequest, match="message thread not found"):
        await bot.send_message(GROUP, "x", message_thread_id=thread_id)
    group.set_topic_rights(account, can_manage_topics=False)
    with pytest.raises(exceptions.TelegramBadRequest, match="not enough rights to create a topic"):
        await bot.create_forum_topic(GROUP, "y")


async def test_chat_and_members(server: BotApiServer, account: BotAccount, bot: Bot) -> None:
    user = server.user(5, "李强")
    group = server.forum_group(GROUP, "供电局", [user, account])
    assert (await bot.get_chat(GROUP)).is_forum
    me = await bot.get_chat_member(GROUP, bot.id)
    assert isinstance(me, ChatMemberAdministrator)
    assert me.can_manage_topics
    assert (await bot.get_chat_member(GROUP, 5)).status == "member"
    assert (await bot.get_chat_member(GROUP, 6)).status == "left"
    group.kick(account, by=user)
    with pytest.raises(exceptions.TelegramForbiddenError, match="bot was kicked"):
        await bot.send_message(GROUP, "x")


async def test_commands_and_menu(bot: Bot) -> None:
    commands = [BotCommand(command="new", description="提交诉求")]
    await bot.set_my_commands(commands, language_code="zh")
    assert [c.command for c in await bot.get_my_commands(language_code="zh")] == ["new"]
    assert await bot.get_my_commands() == []
    with pytest.raises(exceptions.TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="New One", description="x")])
    assert await bot.set_chat_menu_button()


async def test_flood_is_recorded_or_refused(server: BotApiServer, bot: Bot, chat: ChatDriver) -> None:
    for _ in range(6):
        await bot.send_message(chat.id, "x")
    assert [v.rule for v in server.violations] == ["chat"]
    server.api.limits.enforcement = "refuse"
    with pytest.raises(exceptions.TelegramRetryAfter) as refused:
        await bot.send_message(chat.id, "x")
    assert refused.value.retry_after == 1


async def test_group_minute_is_limited(server: BotApiServer) -> None:
    limits = server.api.limits
    limits.enforcement = "refuse"
    for second in range(20):
        assert limits.note(1, GROUP, group=True, now=float(second * 2)) is None
    over = limits.note(1, GROUP, group=True, now=40.0)
    assert over is not None
    assert (over.rule, over.retry_after) == ("group", 20)
    for number in range(33):
        assert limits.note(1, number, group=False, now=100.0) is None
    over = limits.note(1, 99, group=False, now=100.5)
    assert over is not None
    assert over.rule == "overall"


async def test_injected_faults(server: BotApiServer, bot: Bot, chat: ChatDriver) -> None:
    server.fail("sendMessage", status=429, retry_after=7)
    with pytest.raises(exceptions.TelegramRetryAfter):
        await bot.send_message(chat.id, "x")
    server.fail("sendMessage", status=500)
    with pytest.raises(exceptions.TelegramServerError):
        await bot.send_message(chat.id, "x")
    server.fail("sendMessage", status=502, not_json=True)
    with pytest.raises(exceptions.ClientDecodeError):
        await bot.send_message(chat.id, "x")
    server.fail("*", reset="before")
    with pytest.raises(exceptions.TelegramNetworkError):
        await bot.send_message(chat.id, "never")
    server.fail("sendMessage", reset="after", chat_id=chat.id)
    with pytest.raises(exceptions.TelegramNetworkError):
        await bot.send_message(chat.id, "lost reply")
    assert [m.text for m in chat.bot_messages] == ["lost reply"]
    await bot.send_message(chat.id, "well again")
    assert server.counters["sendMessage"] == 2
    assert server.counters["sendMessage:429"] == 1
    assert server.calls[-1].params["text"] == "well again"


async def test_webhook_gets_updates_again_until_it_takes_them(bot: Bot, chat: ChatDriver) -> None:
    got: list[tuple[str, str]] = []

    async def take(request: web.Request) -> web.Response:
        update = await request.json()
        got.append((update["message"]["text"], request.headers["X-Telegram-Bot-Api-Secret-Token"]))
        return web.Response(status=500 if len(got) == 1 else 200)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="s3cret")
    with pytest.raises(exceptions.TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    await chat.send("一")
    await chat.send("二")

    async def all_taken() -> bool:
        return len(got) >= 3 and not (await bot.get_webhook_info()).pending_update_count

    await eventually(all_taken)
    assert got == [("一", "s3cret"), ("一", "s3cret"), ("二", "s3cret")]
    await bot.delete_webhook()
    assert await bot.get_updates() == []
    await runner.cleanup()


async def test_expect_fails_with_the_transcript(bot: Bot, chat: ChatDriver) -> None:
    await chat.send("在吗")
    await bot.send_message(chat.id, "在")
    await chat.expect("在")
    with pytest.raises(
        AssertionError, match=r"(?s)no bot message matched '在'.*王芳 \[#1\]: 在吗.*jiesu_bot \[#2\]: 在"
    ):
        await chat.expect("在", timeout=0.05)


async def _until_polling(chat: ChatDriver) -> None:
    (account,) = chat.conversation.bots.values()
    await eventually(lambda: account.queue.poll > 0)


async def test_server_in_its_own_process() -> None:
    async with remote_server(limits="off") as remote:
        await remote.add_bot(TOKEN, "jiesu_bot")
        await remote.add_user(TOKEN, 77, "王芳")
        await remote.act(TOKEN, 77, "start", payload="p")
        async with aiogram_bot(remote.url, TOKEN) as bot:
            (update,) = await bot.get_updates()
            assert update.message is not None
            await update.message.answer("选一个", reply_markup=_keyboard("a"))
            shown = await remote.act(TOKEN, 77, "expect", wanted="选一")
            assert shown["buttons"] == ["选 a"]
            await remote.act(TOKEN, 77, "press", label_or_data="a")
            assert await remote.burst(TOKEN, users=3, each=2, first_id=900) == 6
            assert len(await bot.get_updates(offset=update.update_id + 1)) == 7
        with pytest.raises(AssertionError, match=r"(?s)no bot message matched.*王芳"):
            await remote.act(TOKEN, 77, "expect", wanted="never", timeout=0.05)
        assert (await remote.counters())["sendMessage"] == 1
        assert (await remote.calls())[-1]["method"] == "getUpdates"
