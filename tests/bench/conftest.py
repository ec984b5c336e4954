"""Servers that the benches of a module share: to start and fill them takes longer than a small bench."""

import asyncio
from collections.abc import Iterator

import pytest

from bench.servers import Servers, servers


@pytest.fixture(scope="module")
def given() -> Iterator[Servers]:
    opened = servers()
    with asyncio.Runner() as runner:
        yield runner.run(opened.__aenter__())
        runner.run(opened.__aexit__(None, None, None))
