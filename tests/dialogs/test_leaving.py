"""People who are gone in the middle of something: what becomes of it, in every state it can be in."""

import pytest

from dialogs.events import Gone, Incoming, Leaving, Person, Press, Text
from dialogs.exchange import Reply
from tests.dialogs.conftest import Town

CALLER = Person("phone", "+8613800138000")


class Caller:
    """Somebody on the phone, event by event."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._events = 0

    async def does(self, *events: Text | Press | Gone) -> Reply:
        reply = Reply("zh_CN", ())
        for event in events:
            self._events += 1
            self._town.backend.clock.move(seconds=1)
            incoming = Incoming(CALLER, f"call-{self._events}", self._town.backend.clock(), event)
            reply = await self._town.enterprise_talk.handle(incoming)
        return reply

    async def tickets(self) -> list[tuple[str, bool]]:
        """Scenario and whether a call back is due, newest first."""
        client, office = self._town.backend.client, self._town.backend.staff("office")
        page = await client.acting_as(CALLER.key).list_tickets()
        seen = [await office.view_ticket(one.number) for one in page.items]
        return [(one.scenario, one.callback) for one in seen]


@pytest.fixture
def caller(town: Town) -> Caller:
    return Caller(town)


BEGUN = (Press("begin:other"),)
HALF = (*BEGUN, Text("求助"), Text("路灯不亮"))


@pytest.mark.parametrize(
    ("how", "filed"),
    [
        (Leaving.HUNG_UP, [("other", True)]),
        (Leaving.PUT_THROUGH, [("other", False)]),
        (Leaving.UNSERVED, [("other", True)]),
        (Leaving.SAVED, []),
    ],
)
async def test_a_half_form(caller: Caller, how: Leaving, filed: list[tuple[str, bool]]) -> None:
    await caller.does(*HALF, Gone(how))
    assert await caller.tickets() == filed
    await caller.does(Gone(Leaving.HUNG_UP))
    assert await caller.tickets() == filed


@pytest.mark.parametrize("events", [(), BEGUN, (Press("progress"),)], ids=["nothing", "a form", "an errand"])
async def test_nothing_said_is_filed_only_for_who_waits_for_a_person(caller: Caller, events: tuple[Press, ...]) -> None:
    for how in (Leaving.HUNG_UP, Leaving.SAVED, Leaving.PUT_THROUGH):
        await caller.does(*events, Gone(how))
        assert await caller.tickets() == []
    await caller.does(*events, Gone(Leaving.UNSERVED))
    assert await caller.tickets() == [("other", True)]


@pytest.mark.parametrize(
    ("how", "back"), [(Leaving.HUNG_UP, True), (Leaving.SAVED, True), (Leaving.PUT_THROUGH, False)]
)
async def test_words_that_belong_to_nothing_yet(caller: Caller, how: Leaving, back: bool) -> None:
    await caller.does(Text("我们厂门口的路灯坏了好几天了"), Gone(how))
    assert await caller.tickets() == [("other", back)]


async def test_a_form_left_while_the_backend_is_away_is_filed_once_it_is_there(caller: Caller, town: Town) -> None:
    await caller.does(*HALF)
    town.line.cut()
    await caller.does(Gone(Leaving.HUNG_UP))
    assert await _filed_again(town) == 0
    town.line.mend()
    assert await _filed_again(town) == 1
    assert await _filed_again(town) == 0
    assert await caller.tickets() == [("other", True)]


async def test_words_left_while_the_backend_is_away_go_before_anything_else(caller: Caller, town: Town) -> None:
    await caller.does(Text("我们厂门口的路灯坏了好几天了"))
    town.line.cut()
    await caller.does(Gone(Leaving.HUNG_UP))
    town.line.mend()
    await caller.does(*HALF)
    assert await caller.tickets() == [("other", True)]
    await caller.does(Gone(Leaving.HUNG_UP))
    assert await caller.tickets() == [("other", True)] * 2


async def _filed_again(town: Town) -> int:
    def retry(person: Person) -> Incoming:
        town.backend.clock.move(seconds=1)
        return Incoming(person, f"retry-{town.backend.clock()}", town.backend.clock(), Press("retry"))

    return len(await town.enterprise_talk.retry_pending(retry))
