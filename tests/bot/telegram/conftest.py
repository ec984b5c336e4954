"""The bots in front of a backend, for tests that read as chats."""

from collections.abc import AsyncIterator

import pytest

from dialogs.templates.districts import district_tree
from dialogs.templates.scenario import Scenarios
from tests.backend.city import Backend
from tests.bot.telegram.bots import Bots, bots_at_work
from tests.built_in import built_in_scenarios

__all__ = ["bots", "scenarios"]


@pytest.fixture
async def scenarios(backend: Backend) -> Scenarios:
    """The templates that jiesu ships, with the demo city's districts."""
    return built_in_scenarios(district_tree((await backend.client.view_city()).districts))


@pytest.fixture
async def bots(backend: Backend, redis_url: str, scenarios: Scenarios) -> AsyncIterator[Bots]:
    """Both bots and the notifier at work."""
    async with bots_at_work(backend, redis_url, scenarios) as running:
        yield running
