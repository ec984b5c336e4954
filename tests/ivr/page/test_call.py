"""A call over real WebRTC keeps the contract, and what is its own."""

import pytest

from tests.ivr.contract import Line, MediaCallContract
from tests.ivr.page.conftest import Office


class TestContract(MediaCallContract):
    @pytest.fixture
    async def line(self, office: Office) -> Line:
        await office.open()
        peer = office.peer()
        await peer.call()
        return await office.called(), peer
