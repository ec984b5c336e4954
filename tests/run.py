"""Runs the tests stage by stage: `python -m tests.run [--count] [what pytest takes]`.

What only computes and talks to servers shares both cores, three tests at a time, since one waits for a server. What
needs real time waits more than it works, and runs after it on a machine that does nothing else; what needs the
machine for itself comes last, one by one. `--count` counts the lines that the first part reaches; counting in the
others would make calls late.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

COUNTED = ("--cov", "--cov-report=term:skip-covered")
"""What `--count` adds."""
_TOGETHER = ("--stage=pure", "--stage=served", "--numprocesses=3", "--dist=worksteal")
_APART = ("--stage=realtime", "--numprocesses=3", "--dist=loadfile", "--no-loadscope-reorder")
_ALONE = ("--stage=alone", "--numprocesses=0")
_NOTHING_FOUND = 5
"""pytest's exit code when no test was selected: that is an error only if it holds for every stage."""


def main(arguments: Sequence[str]) -> int:
    """The exit code: pytest's of the first stage that failed, or 0."""
    asked = [argument for argument in arguments if argument != "--count"]
    counting = COUNTED if len(asked) < len(arguments) else ()
    codes = [
        subprocess.run([sys.executable, "-m", "pytest", *stage, *asked], check=False).returncode
        for stage in ((*_TOGETHER, *counting), _APART, _ALONE)
    ]
    if set(codes) == {_NOTHING_FOUND}:
        return _NOTHING_FOUND
    return next((code for code in codes if code not in (0, _NOTHING_FOUND)), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
