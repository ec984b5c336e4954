"""`python -m bench [NAME...]`: measures, prints a table, and writes bench/latest.json."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from datetime import UTC, datetime

import uvloop

from bench import calls, figures, loops, scale, updates
from bench.servers import servers

BENCHES = {"loops": loops, "updates": updates, "calls": calls, "scale": scale}
_USUAL = ("loops", "updates", "calls")
"""Without `scale`, which takes minutes and gigabytes."""


async def _measure(names: list[str]) -> list[figures.Figure]:
    found: list[figures.Figure] = []
    for name in names:
        async with servers() as given:
            found += await BENCHES[name].run(given, BENCHES[name].Size())
    return found


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Ours beside its floors, in the same run.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one or more of: {', '.join(BENCHES)}; none: {', '.join(_USUAL)}"
    )
    names = parser.parse_args().names or list(_USUAL)
    if unknown := sorted(set(names) - BENCHES.keys()):
        parser.error(f"there is no bench {', '.join(unknown)}")
    # As Ctrl-C does, so that a bench that is stopped stops its servers too.
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as `jiesu` runs
        found = runner.run(_measure(names))
    figures.write(found, datetime.now(UTC))
    print(figures.table(found))
    return 1 if any(one.met is False for one in found) else 0


if __name__ == "__main__":
    sys.exit(_main())
