"""Checks a folder apart from the process that asks: `python -m dialogs.templates.check FOLDER LANGUAGE`."""

from __future__ import annotations

import sys
from pathlib import Path

from dialogs.templates import loader
from dialogs.wording import Wording


def main(folder: str, language: str) -> int:
    faults = loader.check(Path(folder))
    for fault in faults:
        print(Wording(language).fault(fault))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
