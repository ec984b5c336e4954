"""Who calls for several firms says by voice or by key which one it is, and is asked before anything else."""

import pytest

from backend.contract.models.tickets import TicketOut
from ivr.fake import Step
from tests.backend.city import new_ticket
from tests.ivr.talk.callers import Cue, ReactingCall, cue, hangs_up, presses, says
from tests.ivr.talk.conftest import Exchange

NOODLES, PRESS = "老街面馆", "榕江印刷有限公司"
ASK = "您这次是为哪家企业反映"
TOLD = (
    cue("请直接说您要办什么", presses("1")),
    cue("请用一两句话说说", says("story01")),
    cue("您要说的是", says("对")),
)
"""To what a matter about a licence asks first."""
FIRST_QUESTION = "您这次属于哪一种情况"


async def called(exchange: Exchange, *cues: Cue, firms: tuple[str, ...] = (NOODLES, PRESS)) -> tuple[str, TicketOut]:
    """A call by somebody who filed for these firms before: what they were told, and the ticket that came of it."""
    call = ReactingCall(*cues)
    backend = exchange.town.backend
    for at, firm in enumerate(firms):
        filed = new_ticket(enterprise={"name": firm}, contact={"name": f"{firm}的人", "phone": f"+8613900000{at:03}"})
        await backend.client.acting_as(f"phone:{call.caller}").file_ticket(filed, key=backend.key())
    await exchange.takes(call)
    tickets = await exchange.tickets(call)
    assert len(tickets) == len(firms) + 1, call.said
    person = await backend.client.acting_as(f"phone:{call.caller}").view_ticket(tickets[0].number)
    return call.said, person


@pytest.mark.parametrize(
    ("answer", "firm", "contact"),
    [
        (says(NOODLES), NOODLES, "老街面馆的人"),
        (says("第二个"), NOODLES, "老街面馆的人"),
        (presses("1"), PRESS, "榕江印刷有限公司的人"),
        (presses("3"), None, None),
    ],
    ids=["by its name", "by its place", "by key", "another"],
)
async def test_the_firm_is_asked_for_first_and_the_ticket_is_filed_for_it(
    exchange: Exchange, answer: tuple[Step, ...], firm: str | None, contact: str | None
) -> None:
    said, ticket = await called(exchange, *TOLD, cue(ASK, answer), cue(FIRST_QUESTION, hangs_up(after=1)))
    assert said.index(ASK) < said.index(FIRST_QUESTION)
    assert f"{PRESS}" in said
    assert "另一家企业" in said
    assert (ticket.enterprise, ticket.contact_name) == (firm, contact)


async def test_who_hangs_up_at_the_question_has_filed_for_no_firm_and_told_all_the_same(exchange: Exchange) -> None:
    _, ticket = await called(exchange, *TOLD, cue(ASK, hangs_up(after=1)))
    assert ticket.enterprise is None
    assert [bool(one.transcript) for one in ticket.attachments] == [True]


async def test_a_caller_of_one_firm_is_not_asked(exchange: Exchange) -> None:
    said, ticket = await called(exchange, *TOLD, cue(FIRST_QUESTION, hangs_up(after=1)), firms=(NOODLES,))
    assert ASK not in said
    assert ticket.enterprise == NOODLES
