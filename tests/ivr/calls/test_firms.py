"""A real call by somebody who files for two firms: the phone asks which, and the ticket is that one's alone."""

from __future__ import annotations

import pytest

from tests.backend.city import Backend, new_ticket
from tests.ivr.calls.callers import presses, says, talk
from tests.ivr.calls.exchange import served
from tests.ivr.softphone import needs_baresip

pytestmark = pytest.mark.slow

NUMBER = "13912345680"
STORY = "隔壁工地夜里施工噪音很大，员工休息不好。"


@needs_baresip
async def test_an_accountant_says_which_firm_it_is(backend: Backend, redis_url: str) -> None:
    actor = f"phone:+86{NUMBER}"
    for firm in ("老街面馆", "榕江注塑厂"):
        filed = new_ticket(enterprise={"name": firm}, contact={"name": f"{firm}的人"})
        await backend.client.acting_as(actor).file_ticket(filed, key=backend.key())
    async with served(backend, redis_url) as exchange, exchange.caller(NUMBER) as (caller, told):
        await talk(
            caller,
            told,
            ("您要办", presses("1")),
            ("请用一两句话", says(STORY)),
            ("您要说的是", says("对", "zm_yunxi")),
            ("您这次是为哪家企业反映", says("第二个")),
        )
        await told.until("对方叫什么名字")  # the story told the rest
        await caller.hang_up()
        page = await backend.client.acting_as(actor).list_tickets()
        while len(page.items) < 3:  # what is left by hanging up is filed after the call
            page = await backend.client.acting_as(actor).list_tickets()
        ticket = await backend.client.acting_as(actor).view_ticket(page.items[0].number)
    assert (ticket.scenario, ticket.enterprise, ticket.contact_name) == ("noise-next-door", "老街面馆", "老街面馆的人")
