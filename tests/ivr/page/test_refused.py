"""Calls from pages that are not taken are counted."""

from tests.ivr.page.conftest import Office


async def test_a_page_that_asks_too_often_counts(office: Office) -> None:
    refused: list[None] = []
    await office.open(wait=lambda _: 5.0, refused=lambda: refused.append(None))
    async with office.session.post(f"{office.url}/call/offer", headers={"Origin": office.url}) as answer:
        assert answer.status == 429
    assert len(refused) == 1
