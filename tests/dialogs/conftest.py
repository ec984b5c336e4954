"""A served backend with the demo city, and both conversations on it, for the tests that talk to the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest

from backend.contract.client import ContactClient, StaffClient
from backend.contract.errors import Unavailable
from backend.contract.models.drafts import DraftPage
from backend.contract.models.filing import NewTicket, TicketReceipt
from backend.contract.models.organisation import CityOut, DistrictOut
from backend.contract.models.same_matter import MatterIn, SameMatters
from dialogs.drafts import DraftKeeper
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Person
from dialogs.fields import DistrictNode
from dialogs.notices import Notices
from dialogs.sessions import MemorySessions, RedisSessions
from dialogs.staff import StaffTalk
from dialogs.templates.scenario import Scenarios
from tests.backend.city import Backend
from tests.built_in import built_in_scenarios
from tests.dialogs.chats import Chat

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Line:
    """The line to the backend; a test can cut it."""

    up: list[bool] = field(default_factory=lambda: [True])

    def cut(self) -> None:
        self.up[0] = False

    def mend(self) -> None:
        self.up[0] = True

    def check(self) -> None:
        if not self.up[0]:
            raise Unavailable


@dataclass(frozen=True)
class CuttableClient(ContactClient):
    """A contact's real calls over a line that can be cut where it matters most."""

    line: Line = field(default_factory=Line)

    async def file_ticket(self, request: NewTicket, *, key: str) -> TicketReceipt:
        self.line.check()
        return await super().file_ticket(request, key=key)

    async def find_same(self, request: MatterIn) -> SameMatters:
        self.line.check()
        return await super().find_same(request)

    async def list_drafts(self) -> DraftPage:
        self.line.check()
        return await super().list_drafts()


@dataclass(repr=False)  # pytest would print every scenario
class Town:
    """Everything a chat needs."""

    backend: Backend
    out: CityOut
    scenarios: Scenarios
    line: Line
    sessions: MemorySessions | RedisSessions
    drafts: DraftKeeper
    enterprise_talk: EnterpriseTalk
    staff_talk: StaffTalk
    notices: Notices

    def enterprise(self, name: str = "4711", **changes: str) -> Chat:
        return Chat(self.enterprise_talk, Person("telegram", name, **changes))

    def staff(self, username: str) -> Chat:
        """Somebody logged in on the staff page."""
        return Chat(self.staff_talk, Person("web-staff", username))

    def stranger(self, name: str, ticket: str = "") -> Chat:
        """An account of the staff messenger, not bound yet."""
        return Chat(self.staff_talk, Person("telegram-staff", name), ticket)

    async def delivered(self, chat: Chat) -> Chat:
        return await chat.gets_notices(self.backend.client, self.notices)

    def reborn(self, delay: float = 0) -> EnterpriseTalk:
        """The conversation in a new process, with the same session store and backend; `delay` is that of drafts."""
        self.drafts = DraftKeeper(delay=delay)
        return EnterpriseTalk(self._contact, self.sessions, self.scenarios, self.out, ZONE, drafts=self.drafts)

    def _contact(self, person: Person) -> CuttableClient:
        return CuttableClient(self.backend.client.acting_as(person.key).transport, self.line)


@pytest.fixture
async def town(backend: Backend) -> AsyncIterator[Town]:
    async with opened_town(backend) as made:
        yield made


@asynccontextmanager
async def opened_town(backend: Backend) -> AsyncIterator[Town]:
    """The conversations on a backend, for the length of a block."""
    out = await backend.client.view_city()
    scenarios = built_in_scenarios(_tree(out.districts))
    line, sessions, drafts = Line(), MemorySessions(), DraftKeeper(delay=0)

    def contact(person: Person) -> CuttableClient:
        return CuttableClient(backend.client.acting_as(person.key).transport, line)

    def of_staff(person: Person) -> StaffClient:
        if person.channel == "web-staff":
            return backend.staff(person.id)
        return backend.client.acting_as(person.key)

    enterprise = EnterpriseTalk(contact, sessions, scenarios, out, ZONE, drafts=drafts)
    staff = StaffTalk(of_staff, sessions, scenarios, out, ZONE)
    made = Town(backend, out, scenarios, line, sessions, drafts, enterprise, staff, Notices(scenarios, ZONE))
    yield made
    await enterprise.close()
    await made.drafts.flush()


def _tree(districts: list[DistrictOut]) -> tuple[DistrictNode, ...]:
    return tuple(DistrictNode(one.id, (one.name, one.name_en), _tree(one.children)) for one in districts)
