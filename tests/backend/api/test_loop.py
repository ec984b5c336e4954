"""One whole loop over HTTP: filed, dispatched by duty, signed, replied, rated."""

from backend.contract.acts import REPLY, SIGN
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.models.contact_requests import RateIn
from backend.contract.models.notices import ClaimIn
from backend.contract.words import EventKind, Grade, TicketState
from tests.backend.city import Backend, new_ticket

ACTOR = "telegram:4711"


async def test_whole_loop(backend: Backend) -> None:
    receipt = await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    assert receipt.state is TicketState.HANDLING

    handler = backend.staff("power-1")
    ticket = await handler.view_ticket(receipt.number)
    part = ticket.assignments[0]
    ticket = await handler.do(SIGN, part.id, SignIn(version=ticket.version), key=backend.key())
    ticket = await handler.do(REPLY, part.id, ReplyIn(version=ticket.version, text="已恢复供电。"), key=backend.key())
    assert ticket.state is TicketState.COMPLETED

    done = await backend.client.acting_as(ACTOR).rate(
        receipt.number, RateIn(grade=Grade.SATISFIED, solved=True), key=backend.key()
    )
    assert done.state is TicketState.CLOSED
    notices = await backend.client.claim_notices(ClaimIn(channels=["telegram"]))
    assert [one.template for one in notices.items] == ["accepted", "completed"]
    events = await backend.client.acting_as(ACTOR).list_events(receipt.number)
    assert events.items[0].kind is EventKind.SUBMITTED
    assert events.next is None
