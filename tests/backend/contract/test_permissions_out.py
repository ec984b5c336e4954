"""What the asker may do, as words and typed."""

import pytest

from backend.contract.models.tickets import TicketOut
from backend.contract.words import Permission
from tests.backend.city import Backend, new_ticket


async def test_the_typed_form_stands_beside_the_words(backend: Backend) -> None:
    enterprise = backend.client.acting_as("telegram:1")
    number = (await enterprise.file_ticket(new_ticket(), key=backend.key())).number
    for asker in (enterprise, backend.staff("power-1"), backend.staff("seat-1")):
        seen = await asker.view_ticket(number)
        words = [
            one.permission if one.subject is None else f"{one.permission}:{one.subject}" for one in seen.permissions
        ]
        assert words == seen.may
    handler = await backend.staff("power-1").view_ticket(number)
    assert handler.permits(Permission.SIGN, handler.assignments[0].id)
    assert not handler.permits(Permission.SIGN)
    assert not handler.permits(Permission.RATE)


@pytest.mark.parametrize("may", [["rate", "answer:7", "fly:3"], []])
async def test_a_backend_of_the_version_before_is_understood(backend: Backend, may: list[str]) -> None:
    enterprise = backend.client.acting_as("telegram:1")
    number = (await enterprise.file_ticket(new_ticket(), key=backend.key())).number
    sent = (await enterprise.view_ticket(number)).model_dump(mode="json") | {"may": may}
    del sent["permissions"]
    seen = TicketOut.model_validate(sent)
    assert seen.permits(Permission.RATE) == bool(may)
    assert seen.permits(Permission.ANSWER, 7) == bool(may)
    assert not seen.permits(Permission.ANSWER, 8)
