"""Who learns what of a ticket: the enterprise a list of things, staff who did it and why."""

from __future__ import annotations

from datetime import timedelta

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
from backend.contract.acts.answer_interim import InterimIn
from backend.contract.acts.close import CloseIn
from backend.contract.acts.decide_return import DecideReturnIn
from backend.contract.acts.dispatch import DispatchIn
from backend.contract.acts.note_contact import NoteContactIn
from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.acts.reject import RejectIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.errors import NotFound
from backend.contract.models.contact_requests import AdditionIn
from backend.contract.words import EventKind, Grade, Kind, TicketState
from backend.rules.actor import Actor
from tests.backend.actions.acts import does, done, part_of, rated, seen, signed, timeline, uploaded
from tests.backend.actions.conftest import Town

INSIDE = "内部：该企业一向难缠"


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


REASON, SPOKEN = "师傅来了又走", "说好上门没有来"


async def _dissatisfied(town: Town, **form: object) -> tuple[Actor, str, str]:
    """The contact, the ticket's number, and the recording that came with a dissatisfied rating of the first round."""
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring", kind=Kind.HELP, **form)
    await signed(town, number, "ann")
    await done(town, number, "ann")
    voice = await uploaded(town, contact, "voice", SPOKEN)
    await rated(town, contact, number, Grade.DISSATISFIED, REASON, (voice,))
    return contact, number, voice


async def _told(town: Town, number: str) -> dict[str, str]:
    """All that was put into notices to each member of staff since."""
    names = {str(actor.id): who for who, actor in town.staff.items()}
    ticket = await models.Ticket.get(number=number)
    found: dict[str, str] = {}
    for one in await models.Notice.filter(ticket_id=ticket.id, channel="web-staff"):
        found[names[one.address]] = found.get(names[one.address], "") + str(one.args)
    return found


async def test_why_a_person_was_dissatisfied_reaches_those_who_do_it_again_their_leader_office_and_supervisor(
    town: Town,
) -> None:
    _, number, voice = await _dissatisfied(town)
    told = await _told(town, number)
    for who in ("ben", "lea", "off", "sup"):
        assert REASON in told[who], who
        assert SPOKEN in told[who], who
    for who in ("ann", "ben", "lea", "off", "sup", "sue"):
        shown = await seen(town, number, who)
        assert shown.rating is not None
        assert (shown.rating.comment, shown.rating.heard) == (REASON, [SPOKEN])
        assert [(one.id, one.transcript) for one in shown.attachments] == [(voice, SPOKEN)]
        [event] = [one for one in await timeline(town, number, town.staff[who]) if one.kind == EventKind.RATED]
        assert event.rating is not None
        assert (event.rating.comment, event.rating.heard, event.rating.solved) == (REASON, [SPOKEN], False)
        assert (await attachments.find_download(await town.context(), town.staff[who], voice)).size == 3


@pytest.mark.parametrize(("writer", "own"), [("ann", True), ("lea", False)])
async def test_who_wrote_an_answer_is_told_once_that_it_did_not_satisfy(town: Town, writer: str, own: bool) -> None:
    """So far nobody told them, unless they are the leader, who is asked to see to it and is not told twice."""
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring", kind=Kind.HELP)
    await signed(town, number, "ann")
    await done(town, number, writer)
    await rated(town, contact, number, Grade.DISSATISFIED, REASON)
    page = str(town.staff[writer].id)
    [notice] = [one for one in await town.notices("dissatisfied", number) if one.address == page]
    assert notice.args["own"] is own
    assert REASON in str(notice.args)


async def test_of_a_report_who_wrote_the_answer_is_told_without_the_words(town: Town) -> None:
    _, number, _ = await _dissatisfied(town, hidden_reporter=True)
    [notice] = [one for one in await town.notices("dissatisfied", number) if one.args.get("own")]
    assert notice.address == str(town.staff["ann"].id)
    assert notice.args["dissatisfaction"] == {"withheld": True, "comment": "", "heard": [], "files": 0}


async def test_a_unit_that_did_the_round_before_learns_it_only_when_the_ticket_is_closed(town: Town) -> None:
    """The second time it goes a level up: who answered twice does not do it a third time."""
    contact, number, _ = await _dissatisfied(town)
    await signed(town, number, "ben")
    await done(town, number, "ben")
    voice = await uploaded(town, contact, "voice", SPOKEN)
    await rated(town, contact, number, Grade.DISSATISFIED, f"{REASON}第二次", (voice,))
    told = await _told(town, number)
    assert all(f"{REASON}第二次" in told[who] for who in ("top", "off", "sup"))
    assert not any(f"{REASON}第二次" in told[who] for who in ("ann", "ben", "lea"))
    assert (await seen(town, number, "ben")).rating is None
    assert [one.rating for one in await timeline(town, number, town.staff["ben"])].count(None) == len(
        await timeline(town, number, town.staff["ben"])
    )
    with pytest.raises(NotFound):
        await attachments.find_download(await town.context(), town.staff["ben"], voice)
    assert len([one for one in await timeline(town, number, town.staff["top"]) if one.rating]) == 2
    await signed(town, number, "top", "city-power")
    await done(town, number, "top", "city-power")
    closed = await rated(town, contact, number, Grade.SATISFIED, "终于好了")
    assert closed.state is TicketState.CLOSED
    shown = await seen(town, number, "ben")
    assert shown.rating is not None
    assert shown.rating.comment == "终于好了"
    assert (await attachments.find_download(await town.context(), town.staff["ben"], voice)).size == 3


async def test_when_the_desk_has_to_find_who_does_it_again_it_learns_why_and_so_does_the_unit_it_names(
    town: Town,
) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="other", kind=Kind.HELP)
    request = DispatchIn(version=1, lead="east-town")
    await does(dispatch.dispatch(await town.context(), town.staff["dis"], number, request))
    await signed(town, number, "tom", "east-town")
    await done(town, number, "tom", "east-town")
    await rated(town, contact, number, Grade.DISSATISFIED, REASON)  # nobody but tom: the desk decides
    told = await _told(town, number)
    assert all(REASON in told[who] for who in ("sue", "dis", "off", "sup"))
    assert "ann" not in told
    again = DispatchIn(version=(await seen(town, number)).version, lead="east-power")
    await does(dispatch.dispatch(await town.context(), town.staff["dis"], number, again))
    told = await _told(town, number)
    assert all(REASON in told[who] for who in ("ann", "ben", "lea"))


async def test_who_listened_to_a_recording_is_in_the_access_log_once_a_look(town: Town) -> None:
    contact, number, voice = await _dissatisfied(town)
    photo = await uploaded(town, contact)
    addition = AdditionIn(text="照片", attachments=[photo])
    await does(add_material.add_material(await town.context(), contact, number, addition))
    for who, file in (("ben", voice), ("ben", voice), ("off", voice), ("ben", photo)):
        await attachments.find_download(await town.context(), town.staff[who], file)
    await attachments.find_download(await town.context(), contact, voice)
    town.now += timedelta(minutes=2)
    await attachments.find_download(await town.context(), town.staff["ben"], voice)
    ticket = await models.Ticket.get(number=number)
    logged = await models.AccessLog.filter(ticket_id=ticket.id).order_by("id")
    ben, off = town.staff["ben"].id, town.staff["off"].id
    assert [(one.actor_id, one.what) for one in logged] == [(who, f"recording {voice}") for who in (ben, off, ben)]


async def test_of_a_report_no_word_and_no_voice_of_the_rating_reaches_the_unit_before_or_after_it_is_closed(
    town: Town,
) -> None:
    contact, number, voice = await _dissatisfied(town, hidden_reporter=True)
    await signed(town, number, "ben")
    await done(town, number, "ben")
    thanks = await uploaded(town, contact, "voice", f"{SPOKEN}谢谢")
    for closed in (False, True):
        if closed:
            await rated(town, contact, number, Grade.SATISFIED, f"{REASON}谢谢", (thanks,))
        ticket = await models.Ticket.get(number=number)
        stored = str([one.args for one in await models.Notice.filter(ticket_id=ticket.id)])
        assert REASON not in stored
        assert SPOKEN not in stored
        for who in ("ann", "ben", "lea", "sup"):
            shown = await seen(town, number, who)
            read = shown.model_dump_json() + str(await timeline(town, number, town.staff[who]))
            assert REASON not in read
            assert SPOKEN not in read
            assert shown.rating is not None
            assert (shown.rating.withheld, shown.attachments) == (True, [])
            with pytest.raises(NotFound):
                await attachments.find_download(await town.context(), town.staff[who], voice)
        for who in ("sue", "off"):
            desk = await seen(town, number, who)
            assert desk.rating is not None
            assert desk.rating.comment == (f"{REASON}谢谢" if closed else REASON)
            assert (await attachments.find_download(await town.context(), town.staff[who], voice)).size == 3


async def test_a_reporter_s_voice_is_not_given_to_the_unit_with_the_story_either(town: Town) -> None:
    contact = await town.contact()
    voice, photo = await uploaded(town, contact, "voice", SPOKEN), await uploaded(town, contact)
    form = {"scenario": "hiring", "kind": Kind.HELP, "attachments": [voice, photo]}
    hidden = await town.file(contact, **form, hidden_reporter=True)
    assert [one.id for one in (await seen(town, hidden, "ann")).attachments] == [photo]
    assert {one.id for one in (await seen(town, hidden, "sue")).attachments} == {voice, photo}
    with pytest.raises(NotFound):
        await attachments.find_download(await town.context(), town.staff["ann"], voice)
