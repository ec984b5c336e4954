"""Years of a city's tickets, made up and loaded by COPY: open and closed, of many units, with all that hangs on them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

UNITS = 200
"""Departments; the first one gets a tenth of all tickets."""
YEARS = 5.2
"""So that the oldest are past the policy's terms."""
_CHUNK = 20_000
"""Tickets that are made and loaded at a time."""
_OPEN_SHARE = 50
"""One in so many, the newest, is under way."""
_STORY = (
    "今天上午十点半起整个厂区停电，两条生产线全部停下，配电房没有跳闸，问过物业说不是园区内部的原因。请尽快派人来查。"
)
_ANSWERS = '[{"field": "matter", "label": {"zh": "遇到什么情况"}, "value": "outage", "shown": {"zh": "现在没有电"}}]'
_CHANNELS = (*["telegram"] * 5, *["web"] * 3, *["phone"] * 2)

_COLUMNS: Mapping[str, str] = {
    "enterprise": "id uscc name district_id created_at",
    "contact": "id name phone language enterprise_id created_at",
    "identity": "id channel external_id contact_id",
    "ticket": "id number code_digest version state kind scenario scenario_version title story answers district_id urgent"
    " hidden_reporter unclear callback difficult lacks_lead round policy_version language contact_id identity_id"
    " enterprise_id reply created_at accepted_at promised_at provisional completed_at closed_at",
    "assignment": "id ticket_id department_id role state round handler_id dispatched_at sign_due resolve_due signed_at"
    " contacted_at replied_at waiting warning reply solved return_proposed",
    "question": "id ticket_id assignment_id text asked_at answer answered_at",
    "rating": "id ticket_id round grade solved comment at",
    "event": "id ticket_id seq at kind actor_kind actor_id department_id channel reason data",
    "attachment": "id ticket_id kind media_type size sha256 name created_at",
    "due": "id subject kind period due_at done_at",
    "notice": "id key channel address fallback language template args ticket_id ready_at attempts done_at outcome",
    "access_log": "id at actor_kind actor_id ticket_id what reason",
    "topic": "id chat ticket_id topic",
    "draft": "id contact_id identity_id scenario form updated_at",
    "idempotent_call": "id actor key digest status body created_at",
}
"""What is loaded into each table, in an order that foreign keys allow."""
_ZERO = {"boolean": "f", "jsonb": "{}", "integer": "0", "bigint": "0", "smallint": "0"}


@dataclass(frozen=True)
class History:
    """What there is to ask for."""

    tickets: int
    now: datetime
    biggest_unit: int
    """Id of the department with most tickets."""
    busiest_contact: int
    """Id of one who files for many firms."""
    web_addresses: list[str]
    """Accounts of the page with something unread."""
    rows: Mapping[str, int]


async def load(url: str, tickets: int, now: datetime | None = None) -> History:
    """Fill a migrated database that has a city; indexes are made anew at the end, as that is faster."""
    now = now or datetime.now(UTC)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")  # no triggers, no foreign keys: it is ours
        await connection.execute(f"TRUNCATE {', '.join(_COLUMNS)} CASCADE")
        units = await _units(connection)
        columns = {table: await _columns(connection, table) for table in _COLUMNS}
        indexes = await _drop_indexes(connection)
        maker = _Maker(tickets, now, units)
        rows = dict.fromkeys(_COLUMNS, 0)
        async for made in _made_ahead(maker):
            for table, lines in made.items():
                names, more = columns[table]
                await _copy(connection, table, names, (line + more for line in lines))
                rows[table] += len(lines)
        for index in indexes:
            await connection.execute(index)
        for table in _COLUMNS:
            await _go_on_counting(connection, table)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    addresses = [f"v{one}" for one in range(5, maker.contacts, max(maker.contacts // 300, 1)) if one % 10 in (5, 6, 7)]
    return History(tickets, now, units[0], 1, addresses[:100], rows)


async def _made_ahead(maker: _Maker) -> AsyncIterator[dict[str, list[str]]]:
    """A chunk is made while the one before is loaded."""
    chunks = list(maker.chunks())
    coming = asyncio.create_task(asyncio.to_thread(maker.make, *chunks[0]))
    for chunk in [*chunks[1:], None]:
        made = await coming
        if chunk is not None:
            coming = asyncio.create_task(asyncio.to_thread(maker.make, *chunk))
        yield made


async def _copy(connection: Any, table: str, names: list[str], lines: Iterable[str]) -> None:
    async def source() -> AsyncIterator[bytes]:
        yield "\n".join([*lines, ""]).encode()

    await connection.copy_to_table(table, source=source(), columns=names, format="text")


async def _units(connection: Any) -> list[int]:
    districts = [row["id"] for row in await connection.fetch("SELECT id FROM district ORDER BY id")] or [None]
    for number in range(UNITS):
        unit = await connection.fetchval(
            "INSERT INTO department (code, name, name_en, level, district_id) VALUES ($1, $2, '', 'county', $3) RETURNING id",
            f"unit-{number}",
            f"第{number}承办单位",
            districts[number % len(districts)],
        )
        for role in ("handler", "leader"):
            await connection.execute(
                "INSERT INTO staff (username, name, password_hash, roles, department_id, language, active)"
                " VALUES ($1, $1, '', $2, $3, 'zh_CN', true)",
                f"{role}-{number}",
                f'["{role}"]',
                unit,
            )
    rows = await connection.fetch("SELECT id FROM department WHERE code LIKE 'unit-%' ORDER BY id")
    return [row["id"] for row in rows]


async def _columns(connection: Any, table: str) -> tuple[list[str], str]:
    """Names to load, and what is put behind each line for columns that came later and must not be empty."""
    ours = _COLUMNS[table].split()
    needed = await connection.fetch(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1 AND is_nullable = 'NO'"
        " AND column_default IS NULL AND is_identity = 'NO' ORDER BY ordinal_position",
        table,
    )
    more = [row for row in needed if row["column_name"] not in ours]
    return [*ours, *(row["column_name"] for row in more)], "".join(
        f"\t{_ZERO.get(row['data_type'], '')}" for row in more
    )


async def _drop_indexes(connection: Any) -> list[str]:
    """Those that guard nothing; gives what makes them again."""
    found = await connection.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY($1) AND schemaname = 'public'"
        " AND indexdef NOT LIKE 'CREATE UNIQUE%'",
        list(_COLUMNS),
    )
    for row in found:
        await connection.execute(f'DROP INDEX "{row["indexname"]}"')
    return [row["indexdef"] for row in found]


async def _go_on_counting(connection: Any, table: str) -> None:
    if (sequence := await connection.fetchval("SELECT pg_get_serial_sequence($1, 'id')", table)) is not None:
        await connection.execute(f"SELECT setval('{sequence}', coalesce((SELECT max(id) FROM {table}), 0) + 1)")


class _Maker:
    """Writes the lines of COPY's text format; the same for the same numbers."""

    def __init__(self, tickets: int, now: datetime, units: list[int]) -> None:
        self._tickets = tickets
        self._units = units
        self.contacts = max(tickets // 5, 10)
        self._now = now
        self._first_open = tickets - max(tickets // _OPEN_SHARE, 50)
        self._step = timedelta(days=YEARS * 365) / tickets
        self._month_ago = (now - timedelta(days=30)).isoformat(timespec="seconds")

    def chunks(self) -> Iterable[tuple[int, int]]:
        return ((first, min(first + _CHUNK, self._tickets)) for first in range(0, self._tickets, _CHUNK))

    def make(self, first: int, last: int) -> dict[str, list[str]]:
        """The lines of these tickets, by table; those of all people come with the first."""
        made: dict[str, list[str]] = {table: [] for table in _COLUMNS}
        if first == 0:
            self._people(made)
        for at in range(first, last):
            self._ticket(made, at)
        return made

    def _time(self, at: float) -> str:
        return (self._now - (self._tickets - at) * self._step).isoformat(timespec="seconds")

    def _people(self, made: dict[str, list[str]]) -> None:
        for one in range(1, self.contacts + 1):
            since = self._time(one * self._tickets / self.contacts)
            if one % 2:
                made["enterprise"].append(f"{one}\t\\N\t第{one}机械制造有限公司\t\\N\t{since}")
            made["contact"].append(f"{one}\t王经理\t+86138{one:08d}\tzh_CN\t{one - 1 + one % 2}\t{since}")
            channel = _CHANNELS[one % 10]
            account = f"+86138{one:08d}" if channel == "phone" else f"v{one}"
            made["identity"].append(f"{one}\t{channel}\t{account}\t{one}")
            if one % 100 == 0:
                form = "{}"
                made["draft"].append(f"00000000-0000-4000-8000-{one:012d}\t{one}\t{one}\thiring\t{form}\t{since}")

    def _state(self, at: int) -> str:
        if at >= self._first_open:
            return ("submitted", "accepted", *["handling"] * 12, *["completed"] * 5, "closed")[at % 20]
        return ("rejected", "withdrawn")[at % 2] if at % 25 == 7 else "closed"

    def _ticket(self, made: dict[str, list[str]], at: int) -> None:
        id_, state = at + 1, self._state(at)
        contact = 1 if at % 500 == 3 else 1 + at * 7919 % self.contacts
        unit = self._units[0] if at % 10 == 0 else self._units[at * 31 % len(self._units)]
        filed, day, week = self._time(at), self._time(at + 0.2), self._time(at + 0.8)
        under_way = state in ("submitted", "accepted", "handling")
        lacking = state == "handling" and at % 37 == 0
        ended = week if state in ("closed", "rejected", "withdrawn") else "\\N"
        again = 2 if state == "closed" and at % 20 == 1 else 1
        flags = "\t".join("t" if one else "f" for one in (at % 40 == 0, at % 25 == 0, False))
        waits = "t" if under_way and at % 50 == 0 else "f"
        made["ticket"].append(
            f"{id_}\t{id_:012d}\t{id_:064x}\t8\t{state}\thelp\tpower-cut\t1\t厂区停电，全部停产 {id_}\t{_STORY}\t{_ANSWERS}"
            f"\t\\N\t{flags}\t{waits}\t{'t' if at % 333 == 0 else 'f'}\t{'t' if lacking else 'f'}\t{again}\tbench\tzh_CN"
            f"\t{contact}\t{contact}\t{contact - 1 + contact % 2}\t{'已恢复供电。' if ended != chr(92) + 'N' else ended}"
            f"\t{filed}\t{day}\t{week}\t{'t' if under_way and at % 20 == 2 else 'f'}\t{ended}\t{ended}"
        )
        if state not in ("submitted", "accepted", "rejected"):
            self._parts(made, at, state, unit, lacking, day, week)
        self._told(made, at, state, unit, contact, filed, week)
        self._around(made, at, state, contact, filed, week, again)

    def _parts(
        self, made: dict[str, list[str]], at: int, state: str, unit: int, lacking: bool, day: str, week: str
    ) -> None:
        open_state = ("dispatched", "signed", "signed")[at % 3]
        for which in range(2 if at % 4 == 0 or lacking else 1):
            id_ = at * 2 + which + 1
            stands = open_state if state == "handling" else "cancelled" if state == "withdrawn" else "replied"
            stands = "returned" if lacking and which == 0 else stands
            ended = week if stands == "replied" else "\\N"
            returning = "t" if state == "handling" and at % 60 == 2 and not lacking else "f"
            of = unit if which == 0 else self._units[(at * 17 + 5) % len(self._units)]
            made["assignment"].append(
                f"{id_}\t{at + 1}\t{of}\t{'assist' if which else 'lead'}\t{stands}\t1\t\\N\t{day}\t{day}\t{week}\t{day}\t{day}"
                f"\t{ended}\tf\t\\N\t{'已恢复供电。' if stands == 'replied' else ended}\tt\t{returning}"
            )
            if at % 7 == 0 and which == 0:
                made["question"].append(f"{id_}\t{at + 1}\t{id_}\t请问哪条线路？\t{day}\t工业大道支线\t{day}")
            for number, kind in enumerate(("sign_limit", "resolve_blue", "resolve_limit")):
                done = week if state != "handling" else "\\N"
                due = week if state != "handling" else self._time(self._tickets + 5 + at % 5000)
                made["due"].append(f"{at * 8 + which * 3 + number + 1}\ta{id_}\t{kind}\t1\t{due}\t{done}")

    def _told(
        self, made: dict[str, list[str]], at: int, state: str, unit: int, contact: int, filed: str, week: str
    ) -> None:
        channel = _CHANNELS[contact % 10]
        address = f"+86138{contact:08d}" if channel == "phone" else f"v{contact}"
        unread = channel == "web" and at % 5 < 2
        whom = (
            (channel, address, "accepted", unread),
            (channel, address, "completed", unread or at >= self._tickets - 400),
            ("web-staff", str(unit), "assigned", (filed > self._month_ago and at % 3 > 0) or at % 40 == 0),
            ("web-staff", str(unit + 1), "warned", filed > self._month_ago and at % 3 > 0),
            ("telegram-staff", str(unit), "assigned", at >= self._tickets - 100),
            ("telegram-staff", str(unit + 1), "assigned", False),
            ("telegram-staff", str(unit), "closed", False),
        )
        for number, (through, to, template, waits) in enumerate(whom[: 7 if state == "closed" else 5]):
            done, outcome = ("\\N", "\\N") if waits else (week, "sent")
            made["notice"].append(
                f"{at * 7 + number + 1}\t{at + 1:012d}.{number}.{template}.{through}.{to}\t{through}\t{to}\t[]\tzh_CN\t{template}"
                f'\t{{"number": "{at + 1:012d}", "title": "厂区停电，全部停产"}}\t{at + 1}\t{filed}\t1\t{done}\t{outcome}'
            )

    def _around(
        self, made: dict[str, list[str]], at: int, state: str, contact: int, filed: str, week: str, again: int
    ) -> None:
        id_ = at + 1
        kinds = ("submitted", "accepted", "dispatched", "signed", "contacted", "replied", "completed", "rated")
        for seq, kind in enumerate(kinds[: 8 if state == "closed" else 4], 1):
            who = "contact" if kind in ("submitted", "rated") else "staff"
            made["event"].append(
                f'{at * 8 + seq}\t{id_}\t{seq}\t{filed}\t{kind}\t{who}\t{contact}\t\\N\tweb\t\\N\t{{"round": {again}}}'
            )
        if state == "closed" and at % 5 < 3:
            made["rating"].append(f"{id_}\t{id_}\t{again}\tsatisfied\tt\t处理很快\t{week}")
        if at % 5 < 2:
            uuid = f"00000000-0000-4000-9000-{id_:012d}"
            made["attachment"].append(f"{uuid}\t{id_}\tphoto\timage/jpeg\t200000\t{id_:064x}\t照片.jpg\t{filed}")
        for number, kind in enumerate(("rating_reminder", "rating_expiry")):
            done = "\\N" if state == "completed" else week
            due = self._time(self._tickets + 5 + at % 5000) if state == "completed" else week
            made["due"].append(f"{at * 8 + 7 + number}\tt{id_}\t{kind}\t1\t{due}\t{done}")
        made["access_log"].append(f"{id_}\t{filed}\tstaff\t1\t{id_}\tperson\t")
        if at % 10 == 0:
            made["topic"].append(f"{id_}\t-100{at % 200}\t{id_}\t{id_}")
        if at % 40 == 0:
            made["idempotent_call"].append(f"{id_}\tstaff:1\tkey-{id_}\t{id_:064x}\t200\t{{}}\t{filed}")
