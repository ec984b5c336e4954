"""A messenger in memory: all that one needs besides its own way of sending and drawing, and a line of the registry."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.messenger.conversing import Conversing
from bot.messenger.delivery import ChatDelivery
from bot.messenger.house import Account, House
from bot.messenger.lanes import Lanes, Trying
from bot.messenger.outgoing import Outgoing, Priority
from bot.messenger.pace import UNPACED
from bot.messenger.receipts import Receipts
from bot.messenger.spot import Spot
from dialogs.chat import ChatMessage, present
from dialogs.events import Event, Incoming, Person, Press, Text
from dialogs.exchange import Reply
from dialogs.outputs import Output

NAME = "pigeon"


@dataclass(frozen=True)
class Note:
    """What somebody wrote or pressed."""

    number: int
    sender: str
    event: Event


class Loft:
    """What the messenger's people have received, and how they write."""

    def __init__(self) -> None:
        self.received: dict[str, list[ChatMessage]] = defaultdict(list)
        self.bot: Pigeon | None = None
        self._came = asyncio.Condition()
        self._numbers = itertools.count(1)

    async def write(self, message: ChatMessage, to: str) -> None:
        async with self._came:
            self.received[to].append(message)
            self._came.notify_all()

    async def person_sees(self, person: str, wanted: Callable[[ChatMessage], bool]) -> ChatMessage:
        """The first message like this, once it is there."""
        async with asyncio.timeout(30), self._came:
            await self._came.wait_for(lambda: any(map(wanted, self.received[person])))
        return next(filter(wanted, self.received[person]))

    async def says(self, person: str, text: str, until: str) -> ChatMessage:
        """Type it, and wait for the answer with these words."""
        return await self.does(person, Text(text), until)

    async def presses(self, person: str, label: str, until: str) -> ChatMessage:
        """Press the last button of this label, and wait for the answer with these words."""
        buttons = [button for one in self.received[person] for row in one.rows for button in row]
        command = next(button.command for button in reversed(buttons) if label in button.label)
        return await self.does(person, Press(command), until)

    async def does(self, person: str, event: Event, until: str) -> ChatMessage:
        """Wait for the answer with these words, or with a button that has them."""
        seen = len(self.received[person])
        assert self.bot is not None
        self.bot.take(Note(next(self._numbers), person, event))
        return await self.person_sees(person, lambda one: one in self.received[person][seen:] and until in _shown(one))


class Pigeon:
    """A bot of it."""

    address = "pigeon://loft"

    def __init__(self, loft: Loft, house: House) -> None:
        self._loft = loft
        self._stopping = asyncio.Event()
        self._outgoing = Outgoing(UNPACED)
        self._conversing: Conversing[object] = Conversing(NAME, house.enterprise, self, house.clock)
        self._lanes: Lanes[Note] = Lanes(self._answer, Trying())
        self.delivery = ChatDelivery(NAME, house.notices, self, Receipts(house.redis, NAME), house.clock)

    def take(self, note: Note) -> None:
        self._lanes.begin(note.number, note, lane=note.sender)

    async def _answer(self, note: Note) -> None:
        incoming = Incoming(Person(NAME, note.sender), str(note.number), self._conversing.now(), note.event)
        await self._conversing.answer(incoming, Spot(note.sender))

    # --- a Messenger

    def routes(self) -> Sequence[web.RouteDef]:
        return ()

    async def run(self) -> None:
        await self._stopping.wait()

    async def hold(self) -> None:
        self._stopping.set()

    async def stop(self) -> None:
        await self._lanes.finish(5)
        await self._outgoing.drain(5)

    async def tell(self, person: Person, reply: Reply) -> None:
        await self._conversing.show(Spot(person.id), person, reply)

    # --- a Screen

    async def show(
        self,
        spot: Spot,
        outputs: Sequence[Output],
        language: str,
        *,
        account: str,
        pressed: object = None,
        question: str = "",
    ) -> None:
        for output in outputs:
            for message in present(output, language):
                await self.deliver(spot, message, Priority.REPLY)

    async def deliver(self, spot: Spot, message: ChatMessage, priority: Priority) -> None:
        await self._outgoing.put(spot.chat, lambda: self._loft.write(message, spot.chat), priority=priority)

    async def deliver_file(self, spot: Spot, attachment: str, language: str, account: str, priority: Priority) -> None:
        raise AssertionError("nobody sends files here")


def bots_of(loft: Loft) -> Callable[[House, Mapping[str, Account]], Mapping[str, Pigeon]]:
    """A `bot.messenger.house.Make` for this loft."""

    def bots(house: House, accounts: Mapping[str, Account]) -> Mapping[str, Pigeon]:
        loft.bot = Pigeon(loft, house)
        return dict.fromkeys(accounts, loft.bot)

    return bots


def _shown(message: ChatMessage) -> str:
    return " ".join((message.plain, *(button.label for row in message.rows for button in row)))
