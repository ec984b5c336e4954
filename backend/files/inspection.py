"""Finds what a file is and whether it may be handed on; documents are looked into by a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from backend.contract import errors
from backend.contract.errors import (
    AttachmentArchive,
    AttachmentDamaged,
    AttachmentType,
    Unavailable,
)
from backend.files import office, text, types
from backend.files.types import FileType

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
PDF = b"%PDF-"

SECONDS = 20.0
"""Longest that one document is looked into; a large one takes a second."""
WAITING_SECONDS = 60.0
"""Longest that an upload waits for its turn."""

_TEXT_NAMES = (".txt", ".csv", ".log", ".md")
_ERRORS = errors.by_code()
_ROOT = Path(__file__).parents[2]
"""Where Python finds this package, installed or not."""
_ENVIRONMENT = {"PYTHONUTF8": "1"}
"""Nothing of ours, which may hold secrets: who reads strangers' documents needs none."""


class Inspector:
    """`at_once`: how many documents of one process are looked into at a time, so that uploads leave room for talks."""

    def __init__(self, at_once: int = 2, seconds: float = SECONDS) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._seconds = seconds

    async def recognise(self, path: Path, name: str) -> FileType:
        """The type of the file; raises an AttachmentRefused, or Unavailable when too many wait.

        `name`: what the sender calls it; only a file that is called text is taken for text.
        """
        found = await asyncio.to_thread(_recognise, path, name)
        if found is not None:
            return found
        try:
            async with asyncio.timeout(WAITING_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable from None
        try:
            return types.TAKEN[await self._apart(path)]
        finally:
            self._turns.release()

    async def _apart(self, path: Path) -> str:
        """Documents are the senders', and the libraries that read them know every trick but the next: what takes too
        much time or memory, or crashes, ends with its process.
        """
        command = (sys.executable, "-m", "backend.files.apart", str(path))
        process = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, cwd=_ROOT, env=_ENVIRONMENT
        )
        try:
            async with asyncio.timeout(self._seconds):
                said, _ = await process.communicate()
        except TimeoutError:
            raise AttachmentDamaged from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise AttachmentDamaged
        answer = json.loads(said)
        if "refused" in answer:
            raise _ERRORS[answer["refused"]]
        return str(answer["suffix"])


def _recognise(path: Path, name: str) -> FileType | None:
    """What the first bytes tell; None for a document that has to be looked into. Raises an AttachmentRefused."""
    with path.open("rb") as file:
        head = file.read(types.HEAD)
    if head.startswith((OLE, ZIP, PDF)):
        return None
    if types.is_archive(head):
        raise AttachmentArchive
    suffix = types.of_head(head)
    if suffix is None and name.lower().endswith(_TEXT_NAMES) and text.is_text(path.read_bytes()):
        suffix = ".txt"
    if suffix is None:
        raise AttachmentType
    _refuse_two_in_one(path, head)
    return types.TAKEN[suffix]


def _refuse_two_in_one(path: Path, head: bytes) -> None:
    """A picture that another program takes for an archive or a PDF (which may begin within 1024 bytes)."""
    with path.open("rb") as file:
        if PDF in head[:1024] or office.holds_files(file):
            raise AttachmentDamaged
