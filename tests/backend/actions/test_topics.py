"""Topics of department groups."""

import pytest

from backend.contract.acts import DECIDE_RETURN, PROPOSE_RETURN
from backend.contract.acts.decide_return import DecideReturnIn
from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.errors import Invalid, NotFound
from backend.contract.models.messengers import BindIn, GroupIn, GroupMoveIn, TopicIn
from backend.contract.models.notices import ClaimIn
from tests.backend.city import Backend, new_ticket

CHAT = "-1001234"


async def _group(backend: Backend, username: str, chat: str) -> None:
    code = await backend.staff(username).make_binding_code()
    await backend.client.link_group(GroupIn(code=code.code, chat=chat), key=backend.key())


async def _set(backend: Backend, number: str, topic: int) -> None:
    await backend.client.set_topic(number, TopicIn(chat=CHAT, topic=topic), key=backend.key())


async def test_topic_is_remembered_and_replaced_when_lost(backend: Backend) -> None:
    await _group(backend, "power-1", CHAT)
    first = (await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())).number
    second = (await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())).number
    assert (await backend.client.ticket_topic(first, CHAT)).topic is None
    await _set(backend, first, 7)
    assert (await backend.client.find_topic(CHAT, 7)).ticket == first
    await _set(backend, first, 8)
    assert (await backend.client.find_topic(CHAT, 7)).ticket is None
    assert (await backend.client.ticket_topic(first, CHAT)).topic == 8
    await _set(backend, second, 8)
    assert (await backend.client.find_topic(CHAT, 8)).ticket == second
    assert (await backend.client.ticket_topic(first, CHAT)).topic is None


async def test_only_for_linked_groups_and_their_departments_tickets(backend: Backend) -> None:
    number = (await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())).number
    with pytest.raises(NotFound):
        await backend.client.ticket_topic(number, CHAT)
    await _group(backend, "tax-1", CHAT)
    with pytest.raises(NotFound):
        await _set(backend, number, 7)


async def test_chat_in_address_and_body_must_agree(backend: Backend) -> None:
    await _group(backend, "power-1", CHAT)
    number = (await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())).number
    headers = {"Authorization": "Bearer svc_of_the_tests", "Idempotency-Key": backend.key()}
    url = f"{backend.url}/api/v1/tickets/{number}/topics/-100"
    async with backend.session.put(url, json={"chat": CHAT, "topic": 1}, headers=headers) as answer:
        assert (await answer.json(content_type=None))["code"] == Invalid.code


async def test_a_group_that_moves_takes_its_topics_and_waiting_notices_along(backend: Backend) -> None:
    code = await backend.staff("power-1").make_binding_code()
    await backend.client.acting_as("telegram-staff:77").bind(BindIn(code=code.code), key=backend.key())
    await _group(backend, "power-1", CHAT)
    backend.deps.directory.forget()
    number = (await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())).number
    await _set(backend, number, 7)
    for _ in range(2):  # both chats tell of it
        await backend.client.move_group(CHAT, GroupMoveIn(to="-100999"), key=backend.key())
    assert (await backend.client.find_topic("-100999", 7)).ticket == number
    with pytest.raises(NotFound):
        await backend.client.find_topic(CHAT, 7)
    waiting = await backend.client.claim_notices(ClaimIn(channels=["telegram-staff"]))
    assert {one.address for one in waiting.items if one.ticket} == {"group:-100999"}


async def test_a_group_does_not_move_onto_itself(backend: Backend) -> None:
    with pytest.raises(Invalid):
        await backend.client.move_group(CHAT, GroupMoveIn(to=CHAT), key=backend.key())


async def test_the_topic_of_a_unit_that_returned_the_ticket_stands_for_none_until_it_has_it_again(
    backend: Backend,
) -> None:
    await _group(backend, "power-1", CHAT)
    number = (await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())).number
    await _set(backend, number, 7)
    await _returned(backend, number, "power-1", "housing")
    assert (await backend.client.find_topic(CHAT, 7)).ticket is None
    with pytest.raises(NotFound):
        await backend.client.ticket_topic(number, CHAT)
    with pytest.raises(NotFound):
        await _set(backend, number, 8)
    await _returned(backend, number, "housing-1", "power")
    assert (await backend.client.find_topic(CHAT, 7)).ticket == number


async def _returned(backend: Backend, number: str, by: str, lead: str) -> None:
    handler, office = backend.staff(by), backend.staff("office")
    ticket = await handler.view_ticket(number)
    part = ticket.assignments[-1].id
    proposed = ProposeReturnIn(version=ticket.version, reason="非我职责", basis="三定方案")
    version = (await handler.do(PROPOSE_RETURN, part, proposed, key=backend.key())).version
    decided = DecideReturnIn(version=version, approve=True, reason="同意", lead=lead)
    await office.do(DECIDE_RETURN, part, decided, key=backend.key())
