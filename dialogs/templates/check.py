"""Checks a folder apart from the process that asks: `python -m dialogs.templates.check FOLDER`, faults as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from backend.contract.faults import fault_to_json
from dialogs.templates import loader


def main(folder: str) -> None:
    print(json.dumps([fault_to_json(fault) for fault in loader.check(Path(folder))]))


if __name__ == "__main__":
    main(*sys.argv[1:])
