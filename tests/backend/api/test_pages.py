"""Lists come in pages by cursor: nothing twice, nothing missed, while new rows arrive."""

from tests.backend.city import Backend, new_ticket

ACTOR = "telegram:4711"


async def test_tickets_newest_first(backend: Backend) -> None:
    filed = [(await backend.client.file_ticket(new_ticket(), actor=ACTOR, key=backend.key())).number for _ in range(7)]
    await backend.client.file_ticket(new_ticket(), actor="telegram:other", key=backend.key())
    seen: list[str] = []
    cursor = None
    while True:
        page = await backend.client.list_tickets(actor=ACTOR, limit=3, cursor=cursor)
        seen.extend(one.number for one in page.items)
        await backend.client.file_ticket(new_ticket(), actor=ACTOR, key=backend.key())
        if (cursor := page.next) is None:
            break
    assert seen == filed[::-1]


async def test_events_oldest_first(backend: Backend) -> None:
    receipt = await backend.client.file_ticket(new_ticket(), actor=ACTOR, key=backend.key())
    first = await backend.client.list_events(receipt.number, actor=ACTOR, limit=1)
    assert first.next is not None
    rest = await backend.client.list_events(receipt.number, actor=ACTOR, cursor=first.next)
    assert [one.seq for one in first.items + rest.items] == [1, 2, 3]
    assert rest.next is None
