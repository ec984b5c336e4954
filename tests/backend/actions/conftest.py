"""A small city in a real database, with people to act as and a clock that tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend import database, models
from backend.actions.contacts import contact_actor
from backend.actions.open_ticket import open_ticket
from backend.contract.clock import MachineClock
from backend.contract.models.filing import NewTicket
from backend.contract.models.notices import NoticeOut
from backend.contract.words import Kind, Level, Role
from backend.rules.actor import Actor, ActorKind
from backend.rules.policy.policy import Policy
from backend.storage.directory import read_directory
from backend.work.context import Context
from backend.worker import Worker
from dialogs.notices import Notices
from locales import LANGUAGES
from tests import database_time
from tests.apart import run_apart
from tests.built_in import built_in_scenarios, default_policy
from tests.refilled import Refilled

START = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
"""A Tuesday, 09:00 in Shanghai, inside office hours."""


@dataclass
class Town:
    """The world of these tests."""

    policy: Policy
    folder: Path
    now: datetime = START
    staff: dict[str, Actor] = field(default_factory=dict)
    ahead: timedelta = timedelta(0)
    """How far the clocks of our machines are ahead of the database's, whose time is `now`."""
    _set: datetime | None = None
    """What the database was last told."""

    async def context(self) -> Context:
        if self._set != self.now:
            self._set = self.now
            await database.query(database_time.SET, database_time.microseconds(self.now))
        return Context(
            now=self.now + self.ahead,
            clock=lambda: self.now + self.ahead,
            policy=self.policy,
            calendar=self.policy.calendar(),
            directory=await read_directory(),
            timezone=ZoneInfo("Asia/Shanghai"),
            secret=b"secret",
            attachments=self.folder,
        )

    async def contact(self, external_id: str = "1001") -> Actor:
        return await contact_actor(await self.context(), "telegram", external_id)

    async def caller(self, number: str = "+8613800138000") -> Actor:
        return await contact_actor(await self.context(), "phone", number)

    async def file(self, by: Actor, **changes: object) -> str:
        """File a ticket and return its number."""
        form: dict[str, object] = {
            "kind": Kind.COMPLAINT,
            "scenario": "power-cut",
            "scenario_version": 1,
            "title": "车间停电",
            "story": "从昨天起一直停电",
            "district": "east",
        }
        async with database.transaction():
            receipt = await open_ticket(await self.context(), by, NewTicket.model_validate({**form, **changes}))
        return receipt.number

    async def work_off(self, until: datetime | None = None) -> None:
        """Let the worker do everything that is due by `until`, each at its own time."""
        worker = Worker(self.context, _ignore, MachineClock())
        while until is not None:
            row = await models.Due.filter(done_at__isnull=True, due_at__lte=until).order_by("due_at").first()
            if row is None or row.due_at is None:
                break
            self.now = max(self.now, row.due_at)
            assert await worker.step()
        while await worker.step():
            pass
        self.now = max(self.now, until) if until else self.now

    async def notices(self, template: str, number: str | None = None) -> list[models.Notice]:
        rows = models.Notice.filter(template=template).order_by("id")
        return [row for row in await rows if number is None or row.args.get("number") == number]


def _ignore(_names: set[str]) -> None:
    """Nobody listens in these tests."""


@dataclass(frozen=True)
class Settled:
    """A database with the town in it, shared by tests one after the other, and the people who live there."""

    database: Refilled
    staff: Mapping[str, Actor]


@pytest.fixture(scope="session")
def settled(make_database: Callable[[str], str]) -> Settled:
    staff: dict[str, Actor] = {}

    async def settle(url: str) -> None:
        await database.migrate(url)
        async with database.opened(url, 2):
            staff.update(await _settle())

    def make() -> str:
        url = make_database("template0")
        run_apart(settle(url))
        return url

    return Settled(Refilled(make), staff)


@pytest.fixture
async def town(settled: Settled, tmp_path: Path) -> AsyncIterator[Town]:
    with settled.database.lent() as url:
        async with database.opened(url, 5):
            town = Town(default_policy(), tmp_path, staff=dict(settled.staff))
            await town.context()  # which tells the database its time
            yield town
            await _show_all(town)


async def _show_all(town: Town) -> None:
    """Whatever these tests make the backend say can be said, in both languages, with the arguments it gives."""
    for row in await models.Notice.all():
        for language in LANGUAGES:
            notice = NoticeOut(
                id=row.id,
                key=row.key,
                channel=row.channel,
                address=row.address,
                language=language,
                template=row.template,
                args=row.args,
                ticket=None,
                attempts=1,
            )
            assert Notices(built_in_scenarios(), ZoneInfo("Asia/Shanghai")).outputs(notice, town.now)


async def _settle() -> dict[str, Actor]:
    await models.District.create(id="east", name="东区", name_en="East")
    bureau = await models.Department.create(code="city-power", name="市供电局", name_en="Power", level=Level.CITY)
    branch = await models.Department.create(
        code="east-power", name="东区供电所", level=Level.COUNTY, district_id="east", parent=bureau
    )
    street = await models.Department.create(code="east-town", name="东区街道", level=Level.TOWNSHIP)
    desk = await models.Department.create(code="desk", name="热线", level=Level.CITY)
    people = [
        ("ann", branch, [Role.HANDLER]),
        ("ben", branch, [Role.HANDLER]),
        ("lea", branch, [Role.LEADER]),
        ("top", bureau, [Role.LEADER, Role.HANDLER]),
        ("tom", street, [Role.HANDLER]),
        ("sue", desk, [Role.SEAT]),
        ("dis", desk, [Role.DISPATCHER]),
        ("off", desk, [Role.OFFICE]),
        ("sup", desk, [Role.SUPERVISOR]),
    ]
    staff: dict[str, Actor] = {}
    for name, department, roles in people:
        row = await models.Staff.create(
            username=name, name=name, password_hash="x", roles=[str(role) for role in roles], department=department
        )
        staff[name] = Actor(
            ActorKind.STAFF, id=row.id, channel="web-staff", department_id=department.id, roles=frozenset(roles)
        )
    await models.Duty.create(
        scenario="power-cut", lead="east-power", assists=["east-town"], valid_from=date(2026, 1, 1)
    )
    await models.Duty.create(scenario="hiring", lead="east-power", assists=[], valid_from=date(2026, 1, 1))
    return staff


DAY = timedelta(days=1)
