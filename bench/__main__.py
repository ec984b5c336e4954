"""`python -m bench [NAME...]`: measures, prints a table, and writes bench/latest.json."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bench import calls, cases, figures, loops, scale, talks, understanding, updates
from bench.servers import servers

BENCHES = {"loops": loops, "updates": updates, "calls": calls, "scale": scale, "talks": talks}
_USUAL = ("loops", "updates", "calls")
"""Without `scale`, which takes minutes and gigabytes, and those whose figures are the same on any machine."""
_UNDERSTANDING = "understanding"
_NAMES = (*BENCHES, _UNDERSTANDING)


async def _measure(names: list[str], files: list[Path], *, failed: bool) -> list[figures.Figure]:
    found: list[figures.Figure] = []
    for name in names:
        if name == _UNDERSTANDING:
            found += await understanding.run(cases.read_cases(files or cases.our_files()), failed=failed)
            continue
        async with servers() as given:
            found += await BENCHES[name].run(given, BENCHES[name].Size())
    return found


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Ours beside its floors, in the same run.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one or more of: {', '.join(_NAMES)}; none: {', '.join(_USUAL)}"
    )
    parser.add_argument(
        "--cases", metavar="FILE", type=Path, nargs="+", default=[], help=f"{_UNDERSTANDING}: sentences"
    )
    parser.add_argument("--failed", action="store_true", help="print each that was not read right")
    given = parser.parse_args()
    names = given.names or list(_USUAL)
    if unknown := sorted(set(names) - set(_NAMES)):
        parser.error(f"there is no bench {', '.join(unknown)}")
    # As Ctrl-C does, so that a bench that is stopped stops its servers too.
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as `jiesu` runs
        found = runner.run(_measure(names, given.cases, failed=given.failed))
    if not given.cases:
        figures.write(found, datetime.now(UTC))
    print(figures.table(found))
    return 1 if any(one.met is False for one in found) else 0


if __name__ == "__main__":
    sys.exit(_main())
