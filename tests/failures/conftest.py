"""A town of separate processes for each test, small or large."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from embedded import throwaway_dir
from tests.failures.town import Town, raised_town


@pytest.fixture
async def town(town_dir: Path) -> AsyncIterator[Town]:
    """Eight departments."""
    async with raised_town(town_dir, 8) as raised:
        yield raised


@pytest.fixture
async def large_town(town_dir: Path) -> AsyncIterator[Town]:
    """Twenty departments: Telegram lets a chat have one message a second, and a department's has them all."""
    async with raised_town(town_dir, 20) as raised:
        yield raised


@pytest.fixture
def town_dir() -> Iterator[Path]:
    with throwaway_dir() as folder:
        yield folder
