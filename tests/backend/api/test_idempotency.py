"""The same write sent twice happens once."""

import asyncio

import pytest

from backend import models
from backend.contract.acts import ACCEPT, DECIDE_RETURN, PROPOSE_RETURN, SIGN
from backend.contract.acts.accept import AcceptIn
from backend.contract.acts.decide_return import DecideReturnIn
from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.acts.sign import SignIn
from backend.contract.errors import KeyMissing, KeyReused, NotFound, Stale, WrongState
from tests.backend.city import SERVICE_TOKEN, Backend, new_ticket

ACTOR = "telegram:4711"
HEADERS = {"Authorization": f"Bearer {SERVICE_TOKEN}", "Jiesu-Actor": ACTOR, "Content-Type": "application/json"}


async def test_repeat_gives_the_same_answer_and_says_so(backend: Backend) -> None:
    body = new_ticket().model_dump_json()
    answers = []
    for _ in range(3):
        async with backend.session.post(
            f"{backend.url}/api/v1/tickets", data=body, headers=HEADERS | {"Idempotency-Key": "one-intent"}
        ) as answer:
            answers.append((answer.status, await answer.read(), answer.headers.get("Idempotency-Replayed")))
    assert [one[2] for one in answers] == [None, "true", "true"]
    assert len({one[:2] for one in answers}) == 1
    assert await models.Ticket.all().count() == 1
    assert await models.Notice.filter(template="accepted").count() == 1


async def test_concurrent_twins_file_one_ticket(backend: Backend) -> None:
    key = backend.key()
    receipts = await asyncio.gather(
        *(backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=key) for _ in range(12))
    )
    assert len({one.number for one in receipts}) == 1
    assert await models.Ticket.all().count() == 1
    assert await models.Notice.filter(template="accepted").count() == 1


async def test_concurrent_twins_of_an_action_on_one_ticket(backend: Backend) -> None:
    receipt = await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    handler = backend.staff("power-1")
    ticket = await handler.view_ticket(receipt.number)
    key = backend.key()
    request = SignIn(version=ticket.version)
    signed = await asyncio.gather(*(handler.do(SIGN, ticket.assignments[0].id, request, key=key) for _ in range(8)))
    assert {one.version for one in signed} == {ticket.version + 1}


async def test_other_content_under_the_same_key_is_refused(backend: Backend) -> None:
    key = backend.key()
    await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=key)
    with pytest.raises(KeyReused):
        await backend.client.acting_as(ACTOR).file_ticket(new_ticket(title="另一件事"), key=key)
    receipt = await backend.client.acting_as("telegram:other").file_ticket(new_ticket(title="另一件事"), key=key)
    assert receipt.number  # another person's key is another key


async def test_a_failure_is_not_remembered(backend: Backend) -> None:
    receipt = await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    handler = backend.staff("power-1")
    ticket = await handler.view_ticket(receipt.number)
    part = ticket.assignments[0].id
    await handler.do(SIGN, part, SignIn(version=ticket.version), key=backend.key())
    key = backend.key()
    with pytest.raises((WrongState, Stale)):
        await handler.do(SIGN, part, SignIn(version=ticket.version), key=key)
    assert await models.IdempotentCall.filter(key=key).count() == 0


@pytest.mark.parametrize("key", [None, "short", "a" * 201, "with spaces in it"])
async def test_key_is_asked_for(backend: Backend, key: str | None) -> None:
    headers = HEADERS | ({"Idempotency-Key": key} if key else {})
    async with backend.session.post(
        f"{backend.url}/api/v1/tickets", data=new_ticket().model_dump_json(), headers=headers
    ) as answer:
        assert answer.status == 400
        assert (await answer.json())["code"] == KeyMissing.code


async def test_stale_version_comes_with_the_ticket_as_it_is(backend: Backend) -> None:
    receipt = await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    first, second = backend.staff("power-1"), backend.staff("power-2")
    seen = await first.view_ticket(receipt.number)
    part = seen.assignments[0].id
    await first.do(SIGN, part, SignIn(version=seen.version), key=backend.key())
    with pytest.raises(Stale) as caught:
        await second.do(SIGN, part, SignIn(version=seen.version), key=backend.key())
    now = caught.value.extra["ticket"]
    assert (now["number"], now["version"]) == (receipt.number, seen.version + 1)
    assert now["assignments"][0]["state"] == "signed"


async def test_stale_version_of_a_ticket_that_is_not_theirs_shows_nothing(backend: Backend) -> None:
    receipt = await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    with pytest.raises(NotFound) as caught:
        await backend.staff("tax-1").do(ACCEPT, receipt.number, AcceptIn(version=99), key=backend.key())
    assert "ticket" not in caught.value.extra


async def test_a_kept_answer_is_not_given_to_a_unit_that_does_not_read_the_ticket_any_more(backend: Backend) -> None:
    number = (await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())).number
    handler, office = backend.staff("power-1"), backend.staff("office")
    ticket, key = await handler.view_ticket(number), backend.key()
    part = ticket.assignments[0].id
    proposed = ProposeReturnIn(version=ticket.version, reason="非我职责", basis="三定方案")
    first = await handler.do(PROPOSE_RETURN, part, proposed, key=key)
    assert await handler.do(PROPOSE_RETURN, part, proposed, key=key) == first
    decided = DecideReturnIn(version=first.version, approve=True, reason="同意", lead="housing")
    after = await office.do(DECIDE_RETURN, part, decided, key=(decision := backend.key()))
    with pytest.raises(NotFound):
        await handler.do(PROPOSE_RETURN, part, proposed, key=key)
    assert await office.do(DECIDE_RETURN, part, decided, key=decision) == after
