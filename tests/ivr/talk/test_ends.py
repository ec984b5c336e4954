"""However a call ends, nothing that was said is lost: hang-ups, humans there and not there, a backend that is away."""

import asyncio
from dataclasses import replace

import pytest

from backend.contract.models.tickets import TicketOut
from dialogs.events import Incoming, Person, Press
from dialogs.exchange import Reply
from dialogs.sessions import SessionBusy
from dialogs.speech.model import SpeechModel
from ivr.call import TransferOutcome
from ivr.talk.ear import Ear
from tests.ivr.talk.callers import Cue, ReactingCall, cue, hangs_up, hums, presses, says
from tests.ivr.talk.conftest import Exchange, InlineThreads, Office
from tests.ivr.talk.test_hotline import HALF, TO_NOISE, WHOLE


@pytest.fixture
def keys(exchange: Exchange) -> Exchange:
    """Without a speech model."""
    return exchange.with_hotline(ear=None)


def waits_for_a_call(ticket: TicketOut) -> bool:
    return ticket.callback and ticket.state == "submitted"


async def test_who_hangs_up_at_the_menu_or_before_a_first_answer_leaves_nothing(keys: Exchange) -> None:
    for cues in ([cue("现在只能按键操作", hangs_up())], [*TO_NOISE[:1], cue("下面哪一件", hangs_up())]):
        call = await keys.takes(ReactingCall(*cues))
        assert await keys.tickets(call) == []


async def test_who_never_says_nor_presses_anything_is_called_back_once_a_day(exchange: Exchange) -> None:
    call = await exchange.takes(ReactingCall())
    ticket = await exchange.ticket(call)
    assert waits_for_a_call(ticket)
    assert "没有出声" in ticket.story
    assert "会尽快联系您" in call.said
    again = await exchange.takes(ReactingCall(caller=call.caller))
    assert [one.number for one in await exchange.tickets(again)] == [ticket.number]


async def test_whoever_is_silent_leaves_the_form_of_an_earlier_call_alone(keys: Exchange) -> None:
    saving = keys.with_settings(on_hangup="draft")
    call = await saving.takes(ReactingCall(*HALF, cue("是从哪里来的", hangs_up())))
    await saving.takes(ReactingCall(caller=call.caller))
    assert [one.scenario for one in await saving.tickets(call)] == ["other"]
    await saving.takes(
        ReactingCall(cue("现在只能按键", presses("1")), cue("还有一件事没有说完", hangs_up()), caller=call.caller)
    )


async def test_a_silent_call_from_a_withheld_number_leaves_nothing(exchange: Exchange, office: Office) -> None:
    before = await office.filed("+8613590000002")
    call = await exchange.takes(ReactingCall(caller=None))
    assert "没有人工可以接听" not in call.said
    assert (await exchange.newest()).number == before


async def test_a_half_form_is_filed_to_be_called_back(keys: Exchange) -> None:
    call = await keys.takes(ReactingCall(*HALF, cue("是从哪里来的", hangs_up())))
    ticket = await keys.ticket(call)
    assert waits_for_a_call(ticket)
    assert ticket.scenario == "noise-next-door"


async def test_a_form_not_confirmed_is_filed_to_be_called_back(keys: Exchange) -> None:
    call = await keys.takes(ReactingCall(*WHOLE, cue("这样登记可以吗", hangs_up())))
    assert waits_for_a_call(await keys.ticket(call))


async def test_who_hangs_up_in_the_middle_of_the_story_has_told_it_so_far(exchange: Exchange) -> None:
    """Here while telling the matter, before any form is open."""
    call = ReactingCall(cue("请直接说", presses("1")), cue("请用一两句话说说", says("story05")[:-1], hangs_up()))
    await exchange.takes(call)
    ticket = await exchange.ticket(call)
    assert waits_for_a_call(ticket)
    assert "工地夜里施工" in ticket.story
    assert [one.transcript is not None for one in ticket.attachments] == [True]


async def test_a_short_matter_is_kept_even_when_nothing_follows(exchange: Exchange) -> None:
    """It is no story yet, so the form asks for one; its recording goes with what there is."""
    call = ReactingCall(
        cue("请直接说", presses("1")),
        cue("请用一两句话说说", says("story11")),
        cue("对吗", hangs_up(after=1)),
    )
    await exchange.takes(call)
    ticket = await exchange.ticket(call)
    assert waits_for_a_call(ticket)
    assert "消防验收" in ticket.story


async def test_a_form_cut_off_in_its_story_keeps_the_recording(keys: Exchange) -> None:
    call = ReactingCall(*WHOLE[:-1], cue("请说说从几点到几点", hums(3.0)[:-1], hangs_up()))
    await keys.takes(call)
    ticket = await keys.ticket(call)
    assert waits_for_a_call(ticket)
    assert len(ticket.attachments) == 2
    assert "请听录音" in ticket.story


async def test_a_half_form_may_stay_a_draft_that_the_next_call_goes_on_with(keys: Exchange) -> None:
    saving = keys.with_settings(on_hangup="draft")
    call = await saving.takes(ReactingCall(*HALF, cue("是从哪里来的", hangs_up())))
    assert await keys.tickets(call) == []
    again = ReactingCall(
        cue("现在只能按键操作", presses("1")),
        cue("还有一件事没有说完", presses("1")),
        cue("是从哪里来的", hangs_up()),
        caller=call.caller,
    )
    await keys.takes(again)
    assert waits_for_a_call(await keys.ticket(again))


async def test_two_who_call_by_one_number_have_a_form_each(keys: Exchange) -> None:
    """A firm's switchboard shows one number for all; the second used to answer into the first's form."""
    wholly = (*WHOLE, cue("这样登记可以吗", presses("1")), cue("还要办别的事吗", presses("#")))
    first = ReactingCall(*wholly)
    second = ReactingCall(*HALF, cue("是从哪里来的", presses("3"), hangs_up()), caller=first.caller)
    await asyncio.gather(keys.takes(first), keys.takes(second))
    office = keys.town.backend.staff("office")
    numbers = [one.number for one in (await office.list_tickets(queue="all", limit=2)).items]
    whole, left = sorted([await office.view_ticket(one) for one in numbers], key=lambda one: one.callback)
    assert len(whole.attachments) == 2
    assert not whole.callback
    assert waits_for_a_call(left)
    assert first.caller is not None
    assert left.contact_phone is not None
    assert left.contact_phone.endswith(first.caller[-3:])
    assert not keys.hotline.engaged


async def test_zero_reaches_a_human_and_what_was_said_goes_along(keys: Exchange) -> None:
    seats = keys.with_settings(seat="8001")
    call = ReactingCall(*HALF, cue("是从哪里来的", presses("0")), transfer=TransferOutcome.ACCEPTED)
    await seats.takes(call)
    assert call.transfers == ["8001"]
    ticket = await keys.ticket(call)
    assert not ticket.callback
    assert ticket.state == "submitted"


@pytest.mark.parametrize("target", ["8001", ""])
async def test_no_seat_means_an_apology_and_a_call_back(keys: Exchange, target: str) -> None:
    call = ReactingCall(cue("现在只能按键操作", presses("0")), transfer=TransferOutcome.REFUSED)
    await keys.with_settings(seat=target).takes(call)
    assert call.transfers == ([target] if target else [])
    assert "现在没有人工可以接听" in call.said
    assert call.said.count("再说一遍") == 1
    assert waits_for_a_call(await keys.ticket(call))


async def test_a_withheld_number_is_asked_for_before_a_call_back(keys: Exchange) -> None:
    call = ReactingCall(
        cue("现在只能按键操作", presses("0")),
        cue("能找到您的电话号码", presses("13912345678#")),
        caller=None,
    )
    await keys.takes(call)
    ticket = await keys.newest()
    assert waits_for_a_call(ticket)
    assert ticket.contact_phone is not None
    assert ticket.contact_phone.endswith("678")


async def test_a_number_that_can_be_none_is_asked_for_again(keys: Exchange) -> None:
    call = ReactingCall(
        cue("现在只能按键操作", presses("0")),
        cue("能找到您的电话号码", presses("139123#")),
        cue("能找到您的电话号码", presses("13912345678#")),
        caller=None,
    )
    await keys.takes(call)
    ticket = await keys.newest()
    assert ticket.contact_phone is not None
    assert ticket.contact_phone.endswith("678")


@pytest.mark.parametrize("keys_pressed", ["0#", "0"])
async def test_zero_alone_reaches_a_human_in_an_entry_too(keys: Exchange, keys_pressed: str) -> None:
    cues = WHOLE[:9]
    call = ReactingCall(*cues[:-1], cue("从哪天开始的", presses(keys_pressed)))
    await keys.takes(call)
    assert waits_for_a_call(await keys.ticket(call))


async def test_zero_in_a_recording_keeps_what_was_said(keys: Exchange) -> None:
    call = ReactingCall(*WHOLE[:-1], cue("请说说从几点到几点", hums(3.0), presses("0")))
    await keys.takes(call)
    ticket = await keys.ticket(call)
    assert waits_for_a_call(ticket)
    assert len(ticket.attachments) == 2


async def test_a_human_is_reached_by_saying_so(exchange: Exchange) -> None:
    """At a menu, and where free words are recorded."""
    for cues in (
        [cue("请直接说", says("转人工"))],
        [cue("请直接说", presses("1")), cue("请用一两句话说说", says("给我找个人"))],
    ):
        call = await exchange.takes(ReactingCall(*cues))
        ticket = await exchange.ticket(call)
        assert waits_for_a_call(ticket)
        assert ticket.attachments == []


async def test_an_emergency_is_put_through_at_once(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说", presses("1")),
        cue("请用一两句话说说", says("着火了"), says("story11")),
        cue("您是说", says("转接")),
        transfer=TransferOutcome.ACCEPTED,
    )
    await exchange.takes(call)
    assert call.transfers == ["119"]
    ticket = await exchange.ticket(call)
    assert not ticket.callback
    assert "着火了" in ticket.story


class Mishearing(Ear):
    """Writes another word of the same sound, as the recogniser did with a synthetic voice."""

    async def transcribe(self, pcm: bytes) -> str:
        return "厂里着活了"


async def test_an_emergency_counts_by_its_sound(exchange: Exchange, speech_model: SpeechModel) -> None:
    with InlineThreads() as threads:
        call = ReactingCall(
            cue("请直接说", presses("1")),
            cue("请用一两句话说说", hums()),
            cue("消防救援", hangs_up(after=1)),
        )
        await exchange.with_hotline(ear=Mishearing(speech_model, threads)).takes(call)


async def test_an_emergency_line_that_refuses_is_told_to_be_dialled(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说", presses("1")),
        cue("请用一两句话说说", says("着火了")),
        cue("您是说", presses("1")),
        cue("马上拨打", hangs_up(after=2)),
        transfer=TransferOutcome.REFUSED,
    )
    await exchange.takes(call)
    assert waits_for_a_call(await exchange.ticket(call))


async def test_what_is_filed_while_the_backend_is_away_is_filed_later(keys: Exchange) -> None:
    line = keys.town.line
    call = ReactingCall(
        *WHOLE,
        cue("这样登记可以吗", presses("1"), aside=line.cut),
        cue("会自动再提交", hangs_up(after=1)),
    )
    await keys.takes(call)
    assert await keys.tickets(call) == []
    await self_filed(keys)
    assert not (await keys.ticket(call)).callback


@pytest.mark.parametrize("cues", [HALF, ()], ids=["a half form", "nothing but the wish for a human"])
async def test_who_leaves_while_the_backend_is_away_is_called_back_all_the_same(
    keys: Exchange, cues: tuple[Cue, ...]
) -> None:
    line = keys.town.line
    last = cue("是从哪里来的", presses("0"), aside=line.cut) if cues else cue("只能按键", presses("0"), aside=line.cut)
    call = await keys.takes(ReactingCall(*cues, last))
    assert "会自动再提交" in call.said
    assert await keys.tickets(call) == []
    await self_filed(keys)
    assert waits_for_a_call(await keys.ticket(call))


async def self_filed(exchange: Exchange) -> None:
    """What the service does now and then by itself, once the backend is there."""
    exchange.town.line.mend()

    def retry(person: Person) -> Incoming:
        return Incoming(person, f"retry-{person.id}", exchange.town.backend.clock(), Press("retry"))

    await exchange.town.enterprise_talk.retry_pending(retry)


async def test_a_session_store_that_is_away_for_a_moment_costs_nothing(
    keys: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.talk.conversation._BUSY_PAUSES", (0.0, 0.0, 0.0))
    talk, failures = keys.hotline.deps.talk, iter([True, False, True, True] + [False] * 100)

    async def busy(incoming: Incoming) -> Reply:
        if next(failures):
            raise SessionBusy
        return await talk(incoming)

    deps = replace(keys.hotline.deps, talk=busy)
    call = await keys.with_hotline(deps=deps).takes(ReactingCall(*HALF, cue("是从哪里来的", hangs_up())))
    assert waits_for_a_call(await keys.ticket(call))


async def test_who_hung_up_is_kept_though_the_session_store_is_away_for_long(
    keys: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while it is started anew. Here in the middle of the story: its sound and the form were left behind."""
    monkeypatch.setattr("ivr.talk.conversation._BUSY_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr("ivr.talk.conversation._GONE_PAUSES", (0.0,) * 8, raising=False)
    talk, away = keys.hotline.deps.talk, 0

    async def busy(incoming: Incoming) -> Reply:
        nonlocal away
        if call.ended and away < 6:
            away += 1
            raise SessionBusy
        return await talk(incoming)

    deps = replace(keys.hotline.deps, talk=busy)
    call = ReactingCall(*WHOLE[:-1], cue("请说说从几点到几点", hums(3.0)[:-1], hangs_up()))
    await keys.with_hotline(deps=deps).takes(call)
    ticket = await keys.ticket(call)
    assert waits_for_a_call(ticket)
    assert len(ticket.attachments) == 2


async def test_when_something_of_ours_breaks_the_caller_is_told_and_nothing_is_lost(keys: Exchange) -> None:
    talk = keys.hotline.deps.talk

    async def breaks(incoming: Incoming) -> Reply:
        if isinstance(incoming.event, Press) and incoming.event.command.endswith(":site"):
            raise RuntimeError("a fault of the test")
        return await talk(incoming)

    deps = replace(keys.hotline.deps, talk=breaks)
    call = await keys.with_hotline(deps=deps).takes(ReactingCall(*HALF, cue("是从哪里来的", presses("1"))))
    assert "系统出了一点问题" in call.said
    assert waits_for_a_call(await keys.ticket(call))
