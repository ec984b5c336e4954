"""Lists come in pages by cursor: nothing twice, nothing missed, while new rows arrive."""

from tests.backend.city import Backend, new_ticket

ACTOR = "telegram:4711"


async def test_tickets_newest_first(backend: Backend) -> None:
    filed = [
        (await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())).number for _ in range(7)
    ]
    await backend.client.acting_as("telegram:other").file_ticket(new_ticket(), key=backend.key())
    seen: list[str] = []
    cursor = None
    while True:
        page = await backend.client.acting_as(ACTOR).list_tickets(limit=3, cursor=cursor)
        seen.extend(one.number for one in page.items)
        await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
        if (cursor := page.next) is None:
            break
    assert seen == filed[::-1]


async def test_events_oldest_first(backend: Backend) -> None:
    receipt = await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    first = await backend.client.acting_as(ACTOR).list_events(receipt.number, limit=1)
    assert first.next is not None
    rest = await backend.client.acting_as(ACTOR).list_events(receipt.number, cursor=first.next)
    assert [one.seq for one in first.items + rest.items] == [1, 2, 3]
    assert rest.next is None
