"""The server in a process of its own, with its control API as Python methods."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.botapi.updates import Json
from tests.processes import program

_CHECKOUT = Path(__file__).parents[2]
_START_SECONDS = 60.0


class RemoteBotApi:
    """A server elsewhere. A failed expectation raises AssertionError, as with the drivers."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self._http = http

    async def add_bot(self, token: str, username: str) -> None:
        """Make a bot known."""
        await self.do("bot", token=token, username=username)

    async def add_user(self, token: str, user_id: int, first_name: str, language_code: str = "zh-hans") -> None:
        """Give a person a private chat with the bot."""
        await self.do("user", token=token, user_id=user_id, first_name=first_name, language_code=language_code)

    async def add_forum_group(
        self, token: str, chat_id: int, title: str, user_ids: list[int], *, manage: bool = True
    ) -> None:
        """Make a forum group of the bot and people who have a chat with it."""
        await self.do("group", token=token, chat_id=chat_id, title=title, user_ids=user_ids, manage=manage)

    async def act(self, token: str, user_id: int, do: str, *, chat_id: int | None = None, **args: Any) -> Any:
        """Do in the chat what the ChatDriver method ``do`` does; bytes as base64 text."""
        return await self.do("act", token=token, user_id=user_id, do=do, chat_id=chat_id, **args)

    async def burst(self, token: str, users: int, each: int = 1, text: str = "x", first_id: int = 1) -> int:
        """Let many people say something at once; the number of messages."""
        answer = await self.do("burst", token=token, users=users, each=each, text=text, first_id=first_id)
        return int(answer["sent"])

    async def block(self, token: str, user_id: int, *, blocked: bool = True) -> None:
        """Block the bot, or unblock it."""
        await self.do("block", token=token, user_id=user_id, blocked=blocked)

    async def fail(self, method: str, **fault: Any) -> None:
        """Inject a fault; see ``BotApiServer.fail``."""
        await self.do("fail", method=method, **fault)

    async def counters(self) -> dict[str, int]:
        """Calls by method."""
        return dict(await self.do("counters"))

    async def calls(self, since: int = 0) -> list[Json]:
        """Calls after the first ``since``."""
        return list(await self.do("calls", since=since))

    async def violations(self) -> list[Json]:
        """Messages that came too fast."""
        return list(await self.do("violations"))

    async def do(self, operation: str, **fields: Any) -> Any:
        """One control operation."""
        async with self._http.post(f"{self.url}/control/{operation}", json=fields) as response:
            answer = await response.json()
            if response.status == 422:
                raise AssertionError(answer["error"])
            response.raise_for_status()
            return answer


@asynccontextmanager
async def remote_server(*, limits: str = "record") -> AsyncIterator[RemoteBotApi]:
    """Start the server as a process on a free port, and end it afterwards."""
    command = (sys.executable, "-m", "tests.botapi", "--port=0", f"--limits={limits}")
    async with program(*command, cwd=_CHECKOUT, stdout=asyncio.subprocess.PIPE) as process:
        assert process.stdout is not None
        async with asyncio.timeout(_START_SECONDS):
            url = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession() as http:
            yield RemoteBotApi(url, http)
