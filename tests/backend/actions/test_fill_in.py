"""A seat completes what a ticket came without; what the enterprise said is never replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from backend import database, models
from backend.actions import accept, answer_at_once, contacts, dispatch, fill_in, queries, rate, reply, retention, sign
from backend.actions.attachments import Upload, keep_upload
from backend.contract.acts import FILL_IN
from backend.contract.acts.accept import AcceptIn
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.acts.dispatch import DispatchIn
from backend.contract.acts.fill_in import FillInIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.errors import FilesMissing, Forbidden, Invalid, Stale, WrongState
from backend.contract.models.contact_requests import RateIn
from backend.contract.models.contacts import ContactIn, EnterpriseIn
from backend.contract.models.tickets import TicketOut
from backend.contract.words import EventKind, Grade, TicketState
from backend.rules import lifecycle
from backend.rules.actor import Actor
from tests.backend.actions.conftest import DAY, Town
from tests.backend.actions.test_retention import tables_with
from tests.backend.city import Backend, new_ticket

CODE = "91445200MA4W1234XG"
NIGHT = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
"""23:30 in Shanghai, in the quiet hours."""


def entry(field: str, value: object = None) -> dict[str, Any]:
    shown = "（待坐席核对）" if value is None else str(value)
    return {
        "field": field,
        "label": {"zh": f"{field}的名", "en": f"Name of {field}"},
        "value": value,
        "shown": {"zh": shown, "en": shown},
    }


BROKEN_OFF: dict[str, Any] = {
    "title": "供电",
    "story": "供电",
    "district": None,
    "unclear": True,
    "callback": True,
    "answers": [entry("problem"), entry("since", "2026-03-09"), entry("story"), entry("contact_name")],
}
"""A caller hung up after one answer: the title stands for the story."""


async def _file(town: Town, by: Actor | None = None, **changes: object) -> str:
    return await town.file(by or await town.caller(), **{**BROKEN_OFF, **changes})


async def _see(town: Town, number: str, who: str = "off") -> TicketOut:
    return await queries.view_ticket(await town.context(), town.staff[who], number)


async def _fill(town: Town, number: str, who: str = "sue", **given: Any) -> TicketOut:
    given = {"version": (await models.Ticket.get(number=number)).version, **given}
    async with database.transaction():
        return await fill_in.fill_in(await town.context(), town.staff[who], number, FillInIn.model_validate(given))


async def _accept(town: Town, number: str) -> TicketOut:
    request = AcceptIn(version=(await _see(town, number)).version)
    async with database.transaction():
        return await accept.accept(await town.context(), town.staff["sue"], number, request)


async def _dispatch(town: Town, number: str) -> TicketOut:
    request = DispatchIn(version=(await _see(town, number)).version, lead="east-power", assists=["east-town"])
    async with database.transaction():
        return await dispatch.dispatch(await town.context(), town.staff["dis"], number, request)


async def _events(town: Town, number: str) -> list[models.Event]:
    return await models.Event.filter(ticket__number=number).order_by("seq")


async def _upload(town: Town, who: str) -> str:
    file = uuid4()
    (town.folder / str(file)).write_bytes(b"RIFF")
    async with database.transaction():
        upload = Upload(file, "voice", "audio/wav", 4, "0" * 64, "call.wav")
        await keep_upload(await town.context(), town.staff[who], upload)
    return str(file)


async def _complete(town: Town, number: str, **changes: Any) -> TicketOut:
    """All that BROKEN_OFF lacks."""
    given: dict[str, Any] = {
        "answers": [entry("impact", "停产"), entry("problem", "停电")],
        "title": "供电：停电，停产",
        "story": "昨晚起全厂停电",
        "district": "east",
        "address": "建设路18号",
        "location": {"latitude": 23.5, "longitude": 116.4, "label": "厂门口"},
        "contact": {"name": "王小明"},
        "enterprise": {"uscc": CODE, "name": "甲电子厂"},
    }
    return await _fill(town, number, **{**given, **changes})


# --- what it does -----------------------------------------------------------------------------------------------


async def test_a_call_that_broke_off_is_completed_and_goes_out_when_it_is_accepted(town: Town) -> None:
    number = await _file(town)
    assert "fill_in" in (await _see(town, number, "sue")).may
    file = await _upload(town, "sue")
    filled = await _complete(town, number, attachments=[file])
    assert "fill_in" not in filled.may
    assert [(one.field, one.value) for one in filled.answers] == [
        ("problem", "停电"),
        ("since", "2026-03-09"),
        ("impact", "停产"),
    ]
    assert (filled.title, filled.story) == ("供电：停电，停产", "昨晚起全厂停电")
    assert (filled.district, filled.address, filled.enterprise) == ("east", "建设路18号", "甲电子厂")
    assert filled.location is not None
    assert (filled.location.latitude, filled.location.label) == (23.5, "厂门口")
    assert filled.contact_name == "王**"
    assert [one.id for one in filled.attachments] == [file]
    row = await models.Ticket.get(number=number)
    enterprise = await models.Enterprise.get(uscc=CODE)
    assert (row.unclear, row.enterprise_id, row.state) == (False, enterprise.id, TicketState.SUBMITTED)
    assert await town.notices("filled_in") == []
    assert await town.notices("assigned") == []

    accepted = await _accept(town, number)
    assert accepted.state is TicketState.HANDLING
    assert [(one.department.code, one.role) for one in accepted.assignments] == [
        ("east-power", "lead"),
        ("east-town", "assist"),
    ]
    assert await town.notices("assigned", number)
    [told] = await town.notices("accepted_later", number)
    assert told.args["departments"] == ["东区供电所", "东区街道"]
    assert told.args["promised_at"] is not None
    dispatched = (await _events(town, number))[-1]
    assert (dispatched.kind, dispatched.actor_kind) == (EventKind.DISPATCHED, "system")
    assert dispatched.data["duty"] == (await models.Duty.get(scenario="power-cut")).id
    assert await models.Due.filter(kind__startswith="verify", done_at__isnull=True).count() == 0


async def test_an_unclear_ticket_that_is_accepted_waits_for_a_person(town: Town) -> None:
    number = await _file(town)
    assert (await _accept(town, number)).state is TicketState.ACCEPTED
    assert await town.notices("assigned", number) == []


async def test_what_is_still_open_stays_open_and_keeps_the_ticket_with_the_seats(town: Town) -> None:
    number = await _file(town)
    given = [entry("problem", "停电"), entry("story"), entry("contact_name")]
    filled = await _fill(town, number, answers=given, title="供电：停电")
    assert [(one.field, one.value) for one in filled.answers] == [
        ("problem", "停电"),
        ("since", "2026-03-09"),
        ("story", None),
        ("contact_name", None),
    ]
    assert "fill_in" in filled.may
    assert (await models.Ticket.get(number=number)).unclear
    assert (await _accept(town, number)).state is TicketState.ACCEPTED
    # The story was not given yet, though the title changed.
    filled = await _fill(town, number, answers=[], story="昨晚起全厂停电", contact={"name": "王小明"})
    assert filled.story == "昨晚起全厂停电"
    assert not (await models.Ticket.get(number=number)).unclear
    kinds = [(one.kind, one.data["fields"]) for one in await _events(town, number) if one.kind is EventKind.FILLED_IN]
    assert kinds == [(EventKind.FILLED_IN, ["problem"]), (EventKind.FILLED_IN, ["story", "contact_name"])]


async def test_the_timeline_names_fields_and_no_values_and_rebuilds_the_ticket(town: Town) -> None:
    number = await _file(town)
    file = await _upload(town, "sue")
    await _complete(town, number, attachments=[file], urgent=True)
    [event] = [one for one in await _events(town, number) if one.kind is EventKind.FILLED_IN]
    assert event.data == {
        "fields": ["problem", "story", "contact_name", "impact"],
        "attachments": [file],
        "urgent": True,
    }
    assert not event.reason
    assert event.actor_id == town.staff["sue"].id
    await _accept(town, number)
    rows = await _events(town, number)
    assert lifecycle.replay([(row.kind, row.data) for row in rows]) == TicketState.HANDLING
    assert [row.seq for row in rows] == [1, 2, 3, 4]


async def test_units_that_handle_it_are_told_which_fields_came(town: Town) -> None:
    number = await _file(town)
    await _dispatch(town, number)
    filled = await _complete(town, number, attachments=[await _upload(town, "sue")])
    assert filled.state is TicketState.HANDLING
    told = await town.notices("filled_in", number)
    staff = {str(town.staff[who].id) for who in ("ann", "ben", "lea", "tom")}
    assert {row.address for row in told} == staff
    fields = ["problem", "story", "contact_name", "impact"]
    for row in told:
        assert row.args["fields"] == [f"{field}的名" for field in fields]
        assert row.args["fields_en"] == [f"Name of {field}" for field in fields]
        assert (row.args["attachments"], row.args["urgent"]) == (1, False)
        assert not any(value in str(row.args) for value in ("全厂", "王小明", CODE, "建设路"))


# --- urgency ----------------------------------------------------------------------------------------------------


async def _on_telegram(town: Town, who: str) -> None:
    await models.Identity.create(channel="telegram-staff", external_id=who, staff_id=town.staff[who].id)


async def test_what_waits_for_the_morning_is_sent_when_the_ticket_turns_out_urgent(town: Town) -> None:
    town.now = NIGHT
    await _on_telegram(town, "ann")
    number, other = await _file(town), await _file(town)
    for one in (number, other):
        await _dispatch(town, one)
    waiting = models.Notice.filter(channel="telegram-staff", address="ann", template="assigned")
    assert all(row.ready_at > NIGHT for row in await waiting)
    filled = await _fill(town, number, answers=[entry("story"), entry("problem", "漏电")], urgent=True)
    assert filled.urgent
    at = {row.args["number"]: row.ready_at for row in await waiting}
    assert at[number] == NIGHT
    assert at[other] > NIGHT
    [told] = [row for row in await town.notices("filled_in", number) if row.address == "ann"]
    assert (told.ready_at, told.args["urgent"]) == (NIGHT, True)


async def test_calls_keep_their_hours_when_a_ticket_turns_out_urgent(town: Town) -> None:
    number = await _file(town)
    ticket = await models.Ticket.get(number=number)
    due = town.now + DAY
    for key, template in (("call", "question"), ("message", "interim")):
        await models.Notice.create(
            key=key, channel="phone", address="+8613800138000", fallback=[], language="zh_CN", template=template,
            args={"number": number, "title": "t", "question": 1, "text": "x", "department": "d"}, ticket_id=ticket.id,
            ready_at=due, attempts=0,
        )  # fmt: skip
    await _fill(town, number, answers=BROKEN_OFF["answers"][2:3], urgent=True)
    assert (await models.Notice.get(key="call")).ready_at == due
    assert (await models.Notice.get(key="message")).ready_at == town.now


async def test_urgency_is_never_lowered(town: Town) -> None:
    number = await _file(town, urgent=True)
    filled = await _fill(town, number, answers=[entry("problem", "停电")], urgent=False)
    assert filled.urgent
    [event] = [one for one in await _events(town, number) if one.kind is EventKind.FILLED_IN]
    assert "urgent" not in event.data


# --- nothing is replaced ----------------------------------------------------------------------------------------

TOLD: dict[str, Any] = {
    "story": "昨晚停电",
    "district": "east",
    "address": "建设路18号",
    "location": {"latitude": 23.5, "longitude": 116.4, "label": ""},
    "contact": {"name": "王小明", "phone": "+8613800138000"},
    "enterprise": {"uscc": CODE, "name": "甲电子厂"},
}
"""What a person gave; only `problem` was left open."""


@pytest.mark.parametrize(
    "given",
    [
        {"answers": [entry("since", "2026-03-10")]},
        {"answers": [entry("since", "2026-03-09")]},
        {"answers": [entry("since")]},
        {"answers": [entry("problem", "停电"), entry("problem", "漏电")]},
        {"answers": [entry("new", "a"), entry("new", "b")]},
        {"story": "别的事"},
        {"district": "west"},
        {"address": "人民路1号"},
        {"location": {"latitude": 23.6, "longitude": 116.4, "label": ""}},
        {"contact": {"name": "王大明"}},
        {"contact": {"phone": "+8613900000000"}},
        {"contact": {"name": "王小明", "language": "en"}},
        {"contact": {"enterprise": {"name": "甲电子厂"}}},
        {"enterprise": {"uscc": "91440300MA5DA1JK2N"}},
        {"enterprise": {"name": "乙电子厂"}},
    ],
    ids=str,
)
async def test_what_was_told_is_not_replaced(town: Town, given: dict[str, Any]) -> None:
    await models.District.create(id="west", name="西区", name_en="West")
    number = await _file(town, answers=[entry("since", "2026-03-09"), entry("problem")], **TOLD)
    before = await models.Ticket.filter(number=number).values()
    with pytest.raises(Invalid):
        await _fill(town, number, **{"answers": [entry("problem", "停电")], **given})
    assert await models.Ticket.filter(number=number).values() == before
    assert (before[0]["contact_name"], before[0]["contact_phone"]) == ("王小明", "+8613800138000")
    assert (before[0]["enterprise_name"], before[0]["enterprise_uscc"]) == ("甲电子厂", CODE)
    assert await models.Event.filter(kind=EventKind.FILLED_IN).count() == 0


async def test_what_is_filled_in_is_of_this_ticket_alone(town: Town) -> None:
    """Two tickets by one switchboard: who rang for the one is not who rang for the other."""
    first, second = [await _file(town) for _ in range(2)]
    await _fill(town, first, answers=[], contact={"name": "王小明"}, enterprise={"uscc": CODE, "name": "甲电子厂"})
    await _fill(town, second, answers=[], contact={"name": "李大明"}, enterprise={"name": "乙电子厂"})
    rows = await models.Ticket.all().order_by("id")
    assert [(one.contact_name, one.enterprise_name, one.enterprise_uscc) for one in rows] == [
        ("王小明", "甲电子厂", CODE),
        ("李大明", "乙电子厂", None),
    ]
    assert [(one.name, one.enterprise_id) for one in await models.Contact.all()] == [(None, None)]


async def test_the_same_again_is_no_harm(town: Town) -> None:
    number = await _file(town, answers=[entry("problem")], **TOLD)
    enterprises = await models.Enterprise.all().count()
    filled = await _fill(town, number, answers=[entry("problem", "停电")], **TOLD)
    assert (filled.story, filled.enterprise, filled.address) == ("昨晚停电", "甲电子厂", "建设路18号")
    assert await models.Enterprise.all().count() == enterprises


async def test_a_credit_code_joins_the_name_that_was_told(town: Town) -> None:
    number = await _file(town, enterprise={"name": "甲电子厂"})
    filled = await _fill(town, number, enterprise={"uscc": CODE})
    assert filled.enterprise == "甲电子厂"
    found = await models.Enterprise.get(uscc=CODE)
    ticket = await models.Ticket.get(number=number)
    assert (found.name, ticket.enterprise_id) == (None, found.id), "what somebody says is no registered name"


async def test_a_name_joins_the_credit_code_that_was_told(town: Town) -> None:
    number = await _file(town, enterprise={"uscc": CODE})
    filled = await _fill(town, number, enterprise={"name": "甲电子厂"})
    assert filled.enterprise == "甲电子厂"
    assert [one.uscc for one in await models.Enterprise.all()] == [CODE]


async def test_a_ticket_of_an_enterprise_since_left_stays_that_enterprises(town: Town) -> None:
    caller = await town.caller()
    number = await _file(town, caller, enterprise={"name": "旧厂"})
    async with database.transaction():
        request = ContactIn(enterprise=EnterpriseIn(uscc=CODE, name="新厂"))
        await contacts.update_contact(await town.context(), caller, request)
    with pytest.raises(Invalid):
        await _fill(town, number, answers=[], enterprise={"name": "新厂"})
    assert (await _fill(town, number, answers=[], address="建设路18号")).enterprise == "旧厂"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"title": "供电：停电"},
        {"answers": BROKEN_OFF["answers"][0:1] + BROKEN_OFF["answers"][2:]},
        {"contact": {}, "enterprise": {}},
    ],
    ids=str,
)
async def test_naming_nothing_new_settles_nothing(town: Town, given: dict[str, Any]) -> None:
    number = await _file(town)
    with pytest.raises(Invalid, match="at least one"):
        await _fill(town, number, **given)
    assert (await models.Ticket.get(number=number)).unclear


async def test_what_is_not_to_be_had_is_settled_by_naming_what_is_left(town: Town) -> None:
    """A caller without a photo: the question goes, nothing is given for it."""
    number = await _file(town, answers=[entry("photo"), entry("problem")])
    filled = await _fill(town, number, answers=[entry("problem")])
    assert [one.field for one in filled.answers] == ["problem"]


@pytest.mark.parametrize("given", [{"district": "nowhere"}, {"enterprise": {"uscc": "91445200MA4W1234X3"}}], ids=str)
async def test_a_district_or_credit_code_that_cannot_be_is_refused(town: Town, given: dict[str, Any]) -> None:
    number = await _file(town)
    with pytest.raises(Invalid):
        await _fill(town, number, answers=[entry("problem", "停电")], **given)


async def test_a_file_of_somebody_elses_is_refused(town: Town) -> None:
    number = await _file(town)
    with pytest.raises(FilesMissing):
        await _fill(town, number, attachments=[await _upload(town, "dis")])


# --- who and when -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ann", "lea", "sup"])
async def test_units_and_supervisors_fill_in_nothing(town: Town, who: str) -> None:
    number = await _file(town)
    await _dispatch(town, number)
    assert "fill_in" not in (await _see(town, number, who)).may
    with pytest.raises(Forbidden):
        await _fill(town, number, who, answers=[entry("problem", "停电")])


async def test_the_person_fills_in_nothing(town: Town) -> None:
    caller = await town.caller()
    number = await _file(town, caller)
    assert "fill_in" not in (await queries.view_ticket(await town.context(), caller, number)).may
    async with database.transaction():
        with pytest.raises(Forbidden):
            request = FillInIn(version=1, story="x")
            await fill_in.fill_in(await town.context(), caller, number, request)


@pytest.mark.parametrize("who", ["sue", "dis", "off"])
async def test_every_desk_may(town: Town, who: str) -> None:
    number = await _file(town)
    assert "fill_in" in (await _see(town, number, who)).may
    filled = await _fill(town, number, who, answers=[entry("problem", "停电")])
    assert filled.answers[0].value == "停电"


async def test_of_two_seats_the_second_sees_first_what_the_first_wrote(town: Town) -> None:
    number = await _file(town)
    await _fill(town, number, version=1, answers=[entry("problem", "停电"), entry("story")])
    with pytest.raises(Stale):
        await _fill(town, number, "dis", version=1, answers=[entry("story")], address="人民路1号")
    assert (await models.Ticket.get(number=number)).address is None


async def test_a_ticket_that_lacks_nothing_or_is_over_is_not_filled_in(town: Town) -> None:
    number = await _file(town, answers=[entry("since", "2026-03-09")])
    assert "fill_in" not in (await _see(town, number)).may
    with pytest.raises(WrongState):
        await _fill(town, number, answers=[entry("problem", "停电")])
    number = await _file(town)
    async with database.transaction():
        request = AnswerAtOnceIn(version=1, text="请到三楼办理")
        await answer_at_once.answer_at_once(await town.context(), town.staff["sue"], number, request)
    assert "fill_in" not in (await _see(town, number)).may
    with pytest.raises(WrongState):
        await _fill(town, number, answers=[entry("problem", "停电")])


# --- what becomes of it -----------------------------------------------------------------------------------------


async def test_what_was_filled_in_goes_when_its_term_is_over(town: Town) -> None:
    secret, phone, caller = "独一无二的私事", "+8613912345678", await town.caller("anonymous-1")
    number = await _file(town, caller)
    await _complete(
        town, number, answers=[entry("problem", secret)], title=f"供电：{secret}", story=secret, address=secret,
        location={"latitude": 23.5, "longitude": 116.4, "label": secret}, contact={"name": secret, "phone": phone},
        enterprise={"name": f"{secret}厂"}, attachments=[await _upload(town, "sue")],
    )  # fmt: skip
    async with database.transaction():
        request = AnswerAtOnceIn(version=2, text="请到三楼办理")
        await answer_at_once.answer_at_once(await town.context(), town.staff["sue"], number, request)
    async with database.transaction():
        await rate.rate(await town.context(), caller, number, RateIn(grade=Grade.SATISFIED, solved=True))
    assert {"ticket", "notice"} <= await tables_with(secret)
    assert await tables_with(phone)
    town.now += 1826 * DAY
    for _ in range(2):
        async with database.transaction():
            await retention.forget(await town.context())
    assert await tables_with(secret) == set()
    assert await tables_with(phone) == set()
    assert list(town.folder.iterdir()) == []
    [event] = [one for one in await _events(town, number) if one.kind is EventKind.FILLED_IN]
    assert event.data == {"fields": ["problem", "story", "contact_name"]}


async def test_sent_twice_it_is_filled_in_once(backend: Backend) -> None:
    filed = new_ticket("other", unclear=True, address=None, answers=[entry("problem"), entry("since")])
    receipt = await backend.client.acting_as("phone:+8613800138000").file_ticket(filed, key=backend.key())
    seat, key = backend.staff("seat-1"), backend.key()
    request = FillInIn.model_validate({"version": 1, "answers": [entry("problem", "停电")], "address": "建设路18号"})
    first, second = [await seat.do(FILL_IN, receipt.number, request, key=key) for _ in range(2)]
    assert first == second
    assert (first.version, first.address) == (2, "建设路18号")
    assert await models.Event.filter(kind=EventKind.FILLED_IN).count() == 1
    with pytest.raises(Stale):
        await seat.do(FILL_IN, receipt.number, request, key=backend.key())


async def test_what_a_seat_filled_in_while_units_were_at_it_is_no_part_of_their_answer(town: Town) -> None:
    number = await _file(town, scenario="hiring", unclear=False)
    ticket = await _see(town, number, "ann")
    assert ticket.state is TicketState.HANDLING
    [part] = ticket.assignments
    async with database.transaction():
        await sign.sign(await town.context(), town.staff["ann"], part.id, SignIn(version=ticket.version))
    await _complete(town, number, attachments=[await _upload(town, "sue")])
    photo = await _upload(town, "ann")
    version = (await _see(town, number)).version
    async with database.transaction():
        answer = ReplyIn(version=version, text="已恢复供电", attachments=[photo])
        await reply.reply(await town.context(), town.staff["ann"], part.id, answer)
    [told] = await town.notices("completed", number)
    assert told.args["attachments"] == [photo]
