"""Who learns what of a ticket: the enterprise a list of things, staff who did it and why."""

from __future__ import annotations

from uuid import uuid4

import pytest

from backend import models
from backend.actions import (
    add_material,
    answer_interim,
    attachments,
    close,
    decide_return,
    dispatch,
    note_contact,
    propose_return,
    queries,
    queues,
    reject,
    reply,
)
from backend.actions.actor import Actor
from backend.actions.attachments import Upload
from backend.contract.errors import NotFound
from backend.contract.models import (
    AdditionIn,
    CloseIn,
    DecideReturnIn,
    DispatchIn,
    InterimIn,
    NoteContactIn,
    ProposeReturnIn,
    RejectIn,
    ReplyIn,
)
from backend.contract.words import EventKind, Kind
from backend.files import folder
from tests.backend.actions.acts import does, part_of, seen, signed, timeline
from tests.backend.actions.conftest import Town

INSIDE = "内部：该企业一向难缠"


async def uploaded(town: Town, by: Actor) -> str:
    upload = Upload(uuid4(), "photo", "image/png", 3, "0" * 64, "现场.png")
    folder.make(town.folder)
    folder.place(town.folder, upload.id).write_bytes(b"png")
    await attachments.keep_upload(await town.context(), by, upload)
    return str(upload.id)


async def _everything(town: Town, contact: Actor, number: str) -> str:
    """All that this enterprise can read of its ticket, as text."""
    context = await town.context()
    read = [
        (await queries.view_ticket(context, contact, number)).model_dump_json(),
        (await queries.list_events(context, contact, number, None, 200)).model_dump_json(),
        (await queues.list_tickets(context, contact, None, 50)).model_dump_json(),
    ]
    account = await models.Identity.get(contact_id=contact.id)
    told = await models.Notice.filter(channel=account.channel, address=account.external_id)
    return "\n".join([*read, *(str(one.args) for one in told)])


async def test_reasons_of_returns_dispatches_and_contacts_never_reach_the_enterprise(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="other", kind=Kind.HELP)
    context, ann, off = await town.context(), town.staff["ann"], town.staff["off"]
    request = DispatchIn(version=1, lead="east-power", reason=f"{INSIDE}1")
    await does(dispatch.dispatch(context, town.staff["dis"], number, request))
    part = await signed(town, number, "ann")

    async def version() -> int:
        return (await seen(town, number)).version

    note = NoteContactIn(version=await version(), note=f"{INSIDE}2")
    await does(note_contact.note_contact(context, ann, part, note))
    for approve, lead in ((False, None), (True, "east-town")):
        proposed = ProposeReturnIn(version=await version(), reason=f"{INSIDE}3", unit="east-town", basis=f"{INSIDE}4")
        await does(propose_return.propose_return(context, ann, part, proposed))
        decided = DecideReturnIn(version=await version(), approve=approve, reason=f"{INSIDE}5", lead=lead)
        await does(decide_return.decide_return(context, off, part, decided))
    await town.work_off(town.now)
    read = await _everything(town, contact, number)
    assert INSIDE not in read
    assert '"ann"' not in read
    assert "web-staff" not in read
    for name in ("warning", "sign_due", "resolve_due", "return_proposed", "handler"):
        assert f'"{name}":"' not in read
    inside = (await queries.list_events(context, off, number, None, 200)).model_dump_json()
    assert all(f"{INSIDE}{number}" in inside for number in (1, 2, 3, 4, 5))


async def test_reasons_of_a_rejection_a_closing_and_an_interim_answer_reach_it(town: Town) -> None:
    contact = await town.contact()
    first, second = [await town.file(contact, scenario=scenario) for scenario in ("other", "hiring")]
    context = await town.context()
    rejected = RejectIn(version=1, reason="属法院管辖", basis="民事诉讼法")
    await does(reject.reject(context, town.staff["sue"], first, rejected))
    part = await signed(town, second, "ann")
    interim = InterimIn(version=(await seen(town, second)).version, text="正在抢修")
    await does(answer_interim.answer_interim(context, town.staff["ann"], part, interim))
    closed = CloseIn(version=(await seen(town, second)).version, reason="已依法办理")
    await does(close.close(context, town.staff["off"], second, closed))
    told = [(one.kind, one.reason, one.data.get("basis")) for one in await timeline(town, first, contact)]
    assert (EventKind.REJECTED, "属法院管辖", "民事诉讼法") in told
    why = {one.kind: one.reason for one in await timeline(town, second, contact)}
    assert (why[EventKind.INTERIM], why[EventKind.CLOSED]) == ("正在抢修", "已依法办理")


async def test_the_timeline_names_staff_to_staff_and_units_alone_to_the_enterprise(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring", kind=Kind.HELP)
    await signed(town, number, "ann")
    inside = [one for one in await timeline(town, number, town.staff["ben"]) if one.kind == EventKind.SIGNED]
    assert [(one.staff, one.department) for one in inside] == [("ann", "东区供电所")]
    outside = [one for one in await timeline(town, number, contact) if one.kind == EventKind.SIGNED]
    assert [(one.staff, one.department, one.channel) for one in outside] == [(None, "东区供电所", None)]
    assert [one.staff for one in await timeline(town, number, town.staff["off"]) if one.actor != "staff"] == [None] * 3


async def test_additions_returns_and_the_answers_files_stand_on_the_ticket(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact)
    context, ann, tom = await town.context(), town.staff["ann"], town.staff["tom"]
    photo = await uploaded(town, contact)
    addition = AdditionIn(text="现在又停了", attachments=[photo])
    await does(add_material.add_material(context, contact, number, addition))
    part, other = await signed(town, number, "ann"), await part_of(town, number, "east-town")
    proposed = ProposeReturnIn(
        version=(await seen(town, number)).version, reason="归供电所", unit="east-power", basis="职责清单第3条"
    )
    await does(propose_return.propose_return(context, tom, other, proposed))
    decided = DecideReturnIn(version=(await seen(town, number)).version, approve=False, reason="街道配合")
    await does(decide_return.decide_return(context, town.staff["off"], other, decided))
    evidence = await uploaded(town, ann)
    answer = ReplyIn(version=(await seen(town, number)).version, text="已恢复", attachments=[evidence])
    await does(reply.reply(context, ann, part, answer))
    for who in ("ann", "tom", "off"):
        shown = await seen(town, number, who)
        assert [(one.text, one.attachments) for one in shown.additions] == [("现在又停了", [photo])]
        by_unit = {one.department.code: one for one in shown.assignments}
        assert by_unit["east-power"].attachments == [evidence]
        [returned] = by_unit["east-town"].returns
        assert returned.unit is not None
        assert (returned.reason, returned.unit.code, returned.basis) == ("归供电所", "east-power", "职责清单第3条")
        assert (returned.approved, returned.decision) == (False, "街道配合")


async def test_the_enterprise_gets_the_files_of_an_answer_with_the_answer(town: Town) -> None:
    """Not as soon as one of two units has written it: it was no answer yet."""
    contact = await town.contact()
    number = await town.file(contact)
    context, ann, tom = await town.context(), town.staff["ann"], town.staff["tom"]
    parts = [await signed(town, number, "ann"), await signed(town, number, "tom", "east-town")]
    evidence = await uploaded(town, ann)
    first = ReplyIn(version=(await seen(town, number)).version, text="查明是开关老化", attachments=[evidence])
    await does(reply.reply(context, ann, parts[0], first))
    early = await queries.view_ticket(context, contact, number)
    assert early.attachments == []
    assert "开关老化" not in early.model_dump_json()
    with pytest.raises(NotFound):
        await attachments.find_download(context, contact, evidence)
    second = ReplyIn(version=(await seen(town, number)).version, text="已协调")
    await does(reply.reply(context, tom, parts[1], second))
    answered = await queries.view_ticket(context, contact, number)
    assert [one.id for one in answered.attachments] == [evidence]
    assert (await attachments.find_download(context, contact, evidence)).name == "现场.png"
