"""What must hold once everything is quiet: nothing lost, nothing done twice, every notice told."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.contract.words import EventKind
from backend.rules import lifecycle
from tests.botapi import ChatDriver
from tests.failures.people import Enterprise
from tests.failures.town import Town

_HEADS = {"accepted": "受理告知书", "completed": "办结告知", "assigned": "新派单", "rated": "收到评价"}
"""How a notice begins on the screen, by template; a loop of these tests sends no others."""
_IN_FLIGHT = 6.0
"""Seconds before a kill within which a notice counts as being on its way: Telegram's dates are whole seconds."""


@dataclass(frozen=True)
class Figures:
    tickets: int
    notices: int
    """Delivered to Telegram chats."""
    repeated: int
    """Of these, shown twice."""


async def assert_nothing_lost(town: Town, people: Sequence[Enterprise], excused: Sequence[float] = ()) -> Figures:
    """Everybody filed one ticket; all of them are told of and closed. `excused`: times at which notices in flight may
    have been told twice, beside the kills of the bot."""
    await _assert_filed_once(town, people)
    await _assert_events_whole(town)
    return await _assert_told(town, [*town.bot.kills, *excused])


async def _assert_filed_once(town: Town, people: Sequence[Enterprise]) -> None:
    rows = await town.query(
        "SELECT ticket.number, ticket.story, ticket.state, identity.external_id FROM ticket"
        " JOIN identity ON identity.id = ticket.identity_id"
    )
    filed = Counter(int(row["external_id"]) for row in rows)
    confirmed = {person.chat.id for person in people if person.confirmed}
    assert len(confirmed) == len(people), f"{len(people) - len(confirmed)} people never came to the summary"
    assert not (lost := confirmed - filed.keys()), f"confirmed, but not filed: {_of(town, lost)}"
    assert not (twice := [one for one, count in filed.items() if count > 1]), f"filed twice: {_of(town, twice)}"
    stories = {person.chat.id: person.story for person in people}
    mixed = [row["number"] for row in rows if row["story"] != stories[int(row["external_id"])]]
    assert not mixed, f"filed with something else than was told: {mixed}"
    open_ = [row["number"] for row in rows if row["state"] != "closed"]
    assert not open_, f"rated, but not closed: {open_}"
    # Who was sent back to the start may have left another form for later; its draft stays by right.
    drafts = await town.query("SELECT draft.id FROM draft JOIN idempotent_call ON key = draft.id::text")
    assert not drafts, f"{len(drafts)} drafts are left of forms that were filed"


async def _assert_events_whole(town: Town) -> None:
    rows = await town.query(
        "SELECT ticket.number, ticket.state, event.seq, event.kind, event.data"
        " FROM event JOIN ticket ON ticket.id = event.ticket_id ORDER BY ticket.id, event.seq"
    )
    histories: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        histories[row["number"]].append(row)
    for number, events in histories.items():
        seqs = [event["seq"] for event in events]
        assert seqs == list(range(1, len(seqs) + 1)), f"{number}: the events have gaps: {seqs}"
        replayed = lifecycle.replay((EventKind(event["kind"]), json.loads(event["data"])) for event in events)
        assert replayed == events[0]["state"], f"{number}: its events lead to {replayed}, not {events[0]['state']}"
        twice = [kind for kind, count in Counter(event["kind"] for event in events).items() if count > 1]
        assert not twice, f"{number}: happened twice: {twice}"


async def _assert_told(town: Town, excused: Sequence[float]) -> Figures:
    rows = await town.query(
        "SELECT notice.key, notice.channel, notice.address, notice.template, notice.outcome, ticket.number"
        " FROM notice JOIN ticket ON ticket.id = notice.ticket_id"
    )
    undone = [row["key"] for row in rows if row["outcome"] != "sent"]
    assert not undone, f"{len(undone)} notices were not delivered: {undone[:5]}\n{town.logs()}"
    per_ticket = Counter((row["number"], row["template"]) for row in rows if row["channel"] == "telegram")
    tickets = {row["number"] for row in rows}
    for number in tickets:
        for template in ("accepted", "completed"):
            assert per_ticket[number, template] == 1, f"{number}: {per_ticket[number, template]} {template} notices"
    chats = _chats(town)
    repeated = told = 0
    for row in rows:
        if not row["channel"].startswith("telegram"):
            continue
        dates = _shown(chats[row["channel"], row["address"]], row["template"], row["number"])
        assert dates, f"done, but never on the screen: {row['key']}"
        assert len(dates) <= 2, f"told {len(dates)} times: {row['key']}"
        told += 1
        if len(dates) == 2:
            repeated += 1
            in_flight = any(0 <= at - dates[0] <= _IN_FLIGHT and at <= dates[1] + 1 for at in excused)
            assert in_flight, f"told twice at {dates}, but not in flight at one of {excused}: {row['key']}"
    return Figures(len(tickets), told, repeated)


def _chats(town: Town) -> dict[tuple[str, str], ChatDriver]:
    enterprises = {
        ("telegram", str(user)): town.enterprise_chat(user)
        for bot, user in list(town.telegram.world.private)
        if bot == town.enterprise_bot.id
    }
    return enterprises | {("telegram-staff", str(one.chat.id)): one.chat for one in town.handlers}


def _shown(chat: ChatDriver, template: str, number: str) -> list[int]:
    """When this notice came, Unix seconds."""
    head = _HEADS[template]
    return [
        int(message.json["date"])
        for message in chat.bot_messages
        if not message.edited and message.text.lstrip("⚡🔁 ").startswith(head) and number in message.text
    ]


def _of(town: Town, people: Sequence[int] | set[int]) -> str:
    """Some of them, and the chat of the first."""
    some = sorted(people)[:5]
    return f"{len(people)}, {some}\n{town.enterprise_chat(some[0]).transcript()}\n{town.logs()}"
