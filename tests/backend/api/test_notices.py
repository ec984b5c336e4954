"""The outbox over HTTP: who may have which notices, and what a phone line reports of its calls."""

import pytest

from backend import models
from backend.contract.acts import ANSWER_AT_ONCE
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.errors import Forbidden, KeyReused, NotFound
from backend.contract.models.calls import CallIn
from backend.contract.models.notices import ClaimIn, NoticeFailed, NoticeOut
from backend.contract.models.tickets import Lookup
from backend.contract.phone import is_call
from backend.contract.words import CallOutcome, EventKind
from tests.backend.city import Backend, new_ticket

CALLER = "phone:+8613800138000"


async def answered(backend: Backend) -> str:
    filed = new_ticket("other", callback=True, unclear=True)
    number = (await backend.client.acting_as(CALLER).file_ticket(filed, key=backend.key())).number
    request = AnswerAtOnceIn(version=1, text="请到三楼办理")
    await backend.staff("seat-1").do(ANSWER_AT_ONCE, number, request, key=backend.key())
    return number


async def claimed(backend: Backend) -> list[NoticeOut]:
    page = await backend.client.claim_notices(ClaimIn(channels=["phone"], lease_seconds=900))
    return [one for one in page.items if is_call(one.channel, one.template)]


async def test_a_call_in_vain_and_one_that_is_heard_are_on_the_timeline_once_each(backend: Backend) -> None:
    number = await answered(backend)
    [call] = await claimed(backend)
    await backend.client.mark_failed(call.id, NoticeFailed(reason="no_answer"))
    backend.clock.move(hours=4.5)  # 14:30 in Shanghai
    [again] = await claimed(backend)
    assert (again.key, again.attempts) == (call.key, 2)
    await backend.client.mark_sent(again.id)
    request, key = CallIn(notice=again.id, outcome=CallOutcome.ANSWERED, seconds=52), backend.key()
    for _ in range(2):
        await backend.client.record_call(number, request, key=key)
    with pytest.raises(KeyReused):
        await backend.client.record_call(number, request.model_copy(update={"seconds": 53}), key=key)
    page = await backend.client.acting_as(CALLER).list_events(number)
    told = [
        (one.channel, one.data["outcome"], one.data["seconds"]) for one in page.items if one.kind is EventKind.CALLED
    ]
    assert told == [("phone", "no_answer", 0), ("phone", "answered", 52)]


async def test_contacts_and_units_report_no_calls(backend: Backend) -> None:
    number = await answered(backend)
    request = CallIn(outcome=CallOutcome.ANSWERED)
    with pytest.raises(Forbidden):
        await backend.client.acting_as(CALLER).record_call(number, request, key=backend.key())
    with pytest.raises(Forbidden):
        await backend.staff("power-1").record_call(number, request, key=backend.key())
    await backend.staff("seat-1").record_call(number, request, key=backend.key())


async def test_progress_says_whether_it_may_be_rated(backend: Backend) -> None:
    number = await answered(backend)
    page = await backend.client.claim_notices(ClaimIn(channels=["phone"]))
    code = next(one.args["code"] for one in page.items if one.template == "received")
    assert (await backend.client.acting_as("web:1").look_up(Lookup(number=number, code=code))).may_rate
    with pytest.raises(NotFound):
        await backend.client.acting_as("web:1").view_ticket(number)


async def test_a_page_that_nobody_looks_at_is_tried_at_its_own_pace(backend: Backend) -> None:
    """Who opens another page after hours does not wait for tries that grew rare meanwhile."""
    await backend.client.acting_as("web:7").file_ticket(new_ticket(), key=backend.key())
    for _ in range(8):
        [notice] = (await backend.client.claim_notices(ClaimIn(channels=["web"], addresses=["7"]))).items[:1]
        await backend.client.mark_failed(notice.id, NoticeFailed(reason="temporary", retry_seconds=30))
        backend.clock.move(seconds=31)
    assert (await backend.client.claim_notices(ClaimIn(channels=["web"], addresses=["7"]))).items


async def test_what_was_told_once_is_forgotten_and_of_a_kind_unknown_here_all_is(backend: Backend) -> None:
    """A newer backend beside this one may post a kind of which nobody here knows what it hides."""
    await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())
    await models.Notice.create(
        key="of a newer version",
        channel="telegram",
        address="1",
        fallback=[],
        language="zh_CN",
        template="not_known_yet",
        args={"token": "4711", "number": "x"},
        ready_at=backend.clock.now,
        attempts=0,
    )
    for notice in (await backend.client.claim_notices(ClaimIn(channels=["telegram"]))).items:
        await backend.client.mark_sent(notice.id)
    kept = {one.template: one.args for one in await models.Notice.filter(channel="telegram")}
    assert kept["not_known_yet"] == {}
    assert "code" not in kept["accepted"]
    assert kept["accepted"]["number"]
