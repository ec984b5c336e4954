"""Looks into one document in a process of its own, with limits: `python -m backend.files.apart PATH`.

Prints what was found as JSON: the `suffix` of the type, or the code by which it is `refused`.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from pathlib import Path

from backend.contract.errors import AttachmentDamaged, AttachmentRefused
from backend.files import office, ole, pdf

MEMORY = 768 * 2**20
"""Bytes of address space; the largest upload, read and unpacked within the limits of the readers, takes half."""
CPU_SECONDS = 20

_PDF = b"%PDF-"
_ZIP = b"PK\x03\x04"


def look(path: Path) -> str:
    """The suffix of the document; raises an AttachmentRefused."""
    with path.open("rb") as file:
        head = file.read(8)
        file.seek(0)
        if head.startswith(_ZIP):
            return office.inspect(file)
        if not head.startswith(_PDF):
            return ole.inspect(file)
        if office.holds_files(file):
            raise AttachmentDamaged
        file.seek(0)
        return pdf.inspect(file)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()  # readers complain about every oddity of a file
    try:
        answer = {"suffix": look(Path(sys.argv[1]))}
    except AttachmentRefused as refused:
        answer = {"refused": refused.code}
    except MemoryError:
        answer = {"refused": AttachmentDamaged.code}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
