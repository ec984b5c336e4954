"""The caller's number as the sample dialplan packs it into the UUID."""

from uuid import UUID, uuid4

import pytest

from ivr.audiosocket.numbers import Numbers, numbers_in_uuid


@pytest.mark.parametrize(
    ("uuid", "caller"),
    [
        ("13912345-678f-8fff-8123-456789012345", "+8613912345678"),
        ("02583123-456f-8fff-8123-456789012345", "+862583123456"),
        ("86139123-4567-88ff-9123-456789012345", "+8613912345678"),
        ("44203123-4567-8fff-9123-456789012345", "+442031234567"),
        ("ffffffff-ffff-8fff-8123-456789012345", None),
        ("8001ffff-ffff-8fff-8123-456789012345", None),
        ("abcdeabc-deab-8cde-8123-456789012345", None),
    ],
)
async def test_a_number_in_the_uuid(uuid: str, caller: str | None) -> None:
    assert await numbers_in_uuid(UUID(uuid)) == Numbers(caller=caller)


async def test_a_random_uuid_tells_no_number() -> None:
    assert await numbers_in_uuid(uuid4()) == Numbers()
