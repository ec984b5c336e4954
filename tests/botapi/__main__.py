"""``python -m tests.botapi --port N``: the server with its control API; prints its URL, ends on SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from tests.botapi.control import add_control
from tests.botapi.server import BotApiServer


async def _serve(host: str, port: int, limits: str) -> None:
    server = BotApiServer(limits="refuse" if limits == "refuse" else "off" if limits == "off" else "record")
    add_control(server)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await server.listen(host, port)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    await ended.wait()
    await server.stop()


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.botapi")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument(
        "--limits", choices=["off", "record", "refuse"], default="record", help="Telegram's flood limits"
    )
    options = parser.parse_args()
    asyncio.run(_serve(options.host, options.port, options.limits))


if __name__ == "__main__":
    _main()
