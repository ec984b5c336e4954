"""People who chat as people do: they read the last thing said, do what it asks, and do it again when nothing comes."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from backend.contract.acts import REPLY, SIGN
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.errors import BackendError, Stale
from backend.contract.models.tickets import TicketOut
from backend.contract.words import TicketState
from tests.botapi import BotMessage, ChatDriver
from tests.failures.town import SCENARIO, Handler

PATIENCE = 30.0
"""Seconds without a word after which somebody presses or types again; then they wait longer each time. With 200 people
in the queue an answer takes ten seconds: Telegram allows a bot 30 messages a second.
"""
SHORT_PATIENCE = 8.0
"""The same where there is no queue."""

Act = Callable[[], Awaitable[object]]


class Person(ABC):
    """One side of a chat with a bot; `live` until `finished`."""

    def __init__(self, chat: ChatDriver, patience: float) -> None:
        self.chat = chat
        self.patience = patience
        self.repeats = 0
        """How often nothing came and something was done again."""
        self.finished = asyncio.Event()
        self._read = 0
        self._last: Act | None = None
        self._acted = time.monotonic()
        self._patience = self.patience
        self._answered = ""
        """What was answered last: said once more, it is only a repeat, and the answer to it is on its way."""

    async def live(self) -> None:
        while not self.finished.is_set():
            said = self.chat.bot_messages[self._read :]
            self._read += len(said)
            acts = [(act, message.text) for message in said if not message.edited and (act := self.answer_to(message))]
            if acts and (acts[-1][1] != self._answered or self._last is None):
                self._patience = self.patience
                act, self._answered = acts[-1]
                await self.do(act)
            elif self._last is not None and time.monotonic() - self._acted > self._patience:
                self.repeats += 1
                self._patience *= 1.5
                await self.do(self.again(self._last))
            else:
                await self.chat.conversation.changed.wait(1.0)

    async def do(self, act: Act | None) -> None:
        """Do it, and again later if nothing comes; None: wait for what others do."""
        self._last, self._acted = act, time.monotonic()
        if act is not None:
            await act()

    def wait(self) -> None:
        """Nothing is expected of this person now."""
        self._last = None

    def again(self, last: Act) -> Act:
        """What to do when nothing came."""
        return last

    @abstractmethod
    def answer_to(self, message: BotMessage) -> Act | None:
        """What this message makes the person do."""

    def press(self, label: str, message: BotMessage) -> Act:
        return lambda: self.chat.press(label, message)

    def type(self, text: str) -> Act:
        return lambda: self.chat.send(text)


class Enterprise(Person):
    """Reports a street lamp, waits for the answer, and rates it."""

    def __init__(self, chat: ChatDriver, district: str, patience: float, arrives: float = 0.0) -> None:
        """`arrives`: seconds until they open the bot."""
        super().__init__(chat, patience)
        self.district = district
        self.arrives = arrives
        self.story = f"门口的路灯坏了好几天，请派人来修。报修人{chat.id}。"
        self.confirmed = False
        self.restored = 0
        """How often the bot said that it had lost the thread and went on from the draft."""
        self.held: asyncio.Event | None = None
        """Where there is one, the person stops before the last question until it is set."""
        self.halfway = asyncio.Event()
        self._answer: BotMessage | None = None
        self._tries = 0

    async def live(self) -> None:
        await asyncio.sleep(self.arrives)
        await self.do(self._begin)
        await super().live()

    def answer_to(self, message: BotMessage) -> Act | None:
        if "系统刚才中断了一下" in message.text:
            self.restored += 1
        return self._of_form(message) or self._of_ticket(message) or self._of_trouble(message)

    def again(self, last: Act) -> Act:
        """The same once more; who gets nowhere opens the link again."""
        self._tries += 1
        return last if self.confirmed or self._tries % 3 else self._begin

    async def _begin(self) -> None:
        await self.chat.start(SCENARIO)

    def _of_form(self, message: BotMessage) -> Act | None:
        text = message.text
        if "确认提交" in "".join(message.buttons):
            return self._confirm(message)
        if "路灯怎么了" in text:
            return self.press("完全不亮", message)
        if "在哪个区" in text:
            return self.type(self.district)
        if "一共几盏" in text:
            return self.type("3")
        return self._tell if "请把情况说一下" in text else None

    async def _tell(self) -> None:
        self.halfway.set()
        if self.held is not None:
            await self.held.wait()
            self._acted = time.monotonic()
        await self.chat.send(self.story)

    def _confirm(self, message: BotMessage) -> Act:
        self.confirmed = True
        return self.press("确认提交", message)

    def _of_ticket(self, message: BotMessage) -> Act | None:
        text = message.text
        if "受理告知书" in text:
            self.wait()
        elif "办结告知" in text:
            self._answer = message
            return self.press("😊 满意", message)
        elif "实际解决了吗" in text:
            return self.press("解决了", message)
        elif "还有什么想说的" in text:
            return self.press("跳过", message)
        elif "谢谢您的评价" in text or "已经评价过了" in text:
            self.finished.set()
        return None

    def _of_trouble(self, message: BotMessage) -> Act | None:
        if "没能马上提交" in message.text:
            self._last, self._acted = self.press("再试一次", message), time.monotonic()
        elif any(words in message.text for words in ("已经用不上了", "想办什么", "企业诉求服务")):
            if not self.confirmed:
                return self._begin
            if self._answer is not None:
                return self.press("😊 满意", self._answer)
        return None


class BotHandler(Person):
    """Signs and replies in the staff bot, one ticket after the other."""

    def __init__(self, handler: Handler, patience: float) -> None:
        super().__init__(handler.chat, patience)
        self.replied: list[str] = []
        self._waiting: deque[tuple[str, BotMessage]] = deque()
        self._seen: set[str] = set()
        self._number = ""
        self._tries = 0

    def answer_to(self, message: BotMessage) -> Act | None:
        if "新派单" in message.text:
            return self._assigned(message)
        if not self._number:
            return None
        act = self._of_reply(message) or self._of_card(message)
        if act is not None:
            self._tries = 0
        return act or (self._next() if not self._number else None)

    def again(self, last: Act) -> Act:
        """First the same once more, then from the ticket's card on."""
        self._tries += 1
        return last if self._tries == 1 else self._reopen

    def _assigned(self, message: BotMessage) -> Act | None:
        number = message.text.split("新派单")[1].split()[0]
        if number not in self._seen:
            self._seen.add(number)
            self._waiting.append((number, message))
        return self._next() if not self._number else None

    def _next(self) -> Act | None:
        if not self._waiting:
            self.wait()
            return None
        self._number, notice = self._waiting.popleft()
        self._tries = 0
        return self.press("签收", notice)

    def _of_reply(self, message: BotMessage) -> Act | None:
        text, buttons = message.text, message.buttons
        if "请写给企业的答复" in text and "下一步" not in buttons:
            return self.type(reply_to(self._number))
        if "下一步" in buttons:
            return self.press("下一步", message)
        if "确认答复" in text:
            return self.press("确认", message)
        return self.press("解决了", message) if "实际解决了吗" in text else None

    def _of_card(self, message: BotMessage) -> Act | None:
        """The card of the ticket in hand: its buttons say what is still to be done."""
        if self._number not in message.text or "办理过程" not in message.buttons:
            return None
        if "签收" in message.buttons:
            return self.press("签收", message)
        if "答复" in message.buttons:
            return self.press("答复", message)
        self.replied.append(self._number)
        self._number = ""
        return None

    async def _reopen(self) -> None:
        await self.chat.send("/menu")
        await self.chat.send(self._number)


@dataclass
class ApiHandler:
    """Signs and replies through the API, as a console would: what fails is looked at and done again."""

    handler: Handler
    finished: asyncio.Event

    async def live(self) -> None:
        while not self.finished.is_set():
            try:
                page = await self.handler.client.list_tickets(queue="mine", state=TicketState.HANDLING)
                for one in page.items:
                    await self._handle(await self.handler.client.view_ticket(one.number))
            except Stale:
                continue
            except BackendError as error:
                if error.status < 500:
                    raise
            await asyncio.sleep(0.5)

    async def _handle(self, ticket: TicketOut) -> None:
        client, number = self.handler.client, ticket.number
        for may in ticket.may:
            action, _, assignment = may.partition(":")
            if action == "sign":
                ticket = await client.do(SIGN, int(assignment), SignIn(version=ticket.version), key=f"sign-{number}")
        for may in ticket.may:
            action, _, assignment = may.partition(":")
            if action == "reply":
                reply = ReplyIn(version=ticket.version, text=reply_to(number), solved=True)
                await client.do(REPLY, int(assignment), reply, key=f"reply-{number}")


def reply_to(number: str) -> str:
    """What the department answers."""
    return f"工单{number}的路灯今天下午已经修好。"
