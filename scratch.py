"""Temporary folders that outlive nobody: what a killed process leaves behind, the next one of its kind clears away."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Self

_OWNER = ".owner"
"""A file in each folder, which the owner holds locked. The kernel lets go of it with the process, however that ends."""


class ScratchFolder:
    """A new folder, removed by `close`, by the end of this process, or by the next one that asks for such a folder.

    So it is safe beside other processes: theirs are locked. A folder without the file is left alone: another version's,
    or one that is just being made.
    """

    def __init__(
        self, prefix: str, parent: Path | None = None, *, before_clearing: Callable[[Path], None] | None = None
    ) -> None:
        """Below `parent`, or where the system keeps such folders.

        `before_clearing` ends what still works in a folder that was left behind. Raises OSError.
        """
        where = parent or Path(tempfile.gettempdir())
        for left in where.glob(f"{prefix}*"):
            _clear_if_left(left, before_clearing)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=where))
        self.close = weakref.finalize(self, _give_up, self.path, _own(self.path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _own(folder: Path) -> int:
    """The file appears under its name when it is locked already."""
    draft = folder / f"{_OWNER}.new"
    lock = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    draft.rename(folder / _OWNER)
    return lock


def _clear_if_left(folder: Path, before_clearing: Callable[[Path], None] | None) -> None:
    try:
        lock = os.open(folder / _OWNER, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        if os.fstat(lock).st_uid == os.geteuid() and _is_free(lock):
            if before_clearing is not None:
                before_clearing(folder)
            _remove(folder)
    finally:
        os.close(lock)


def _is_free(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _give_up(folder: Path, lock: int) -> None:
    _remove(folder)
    os.close(lock)


def _remove(folder: Path) -> None:
    """The owner's file last: who is killed in the middle leaves a folder that is found again."""
    if folder.is_symlink() or not folder.exists():
        return
    for part in folder.iterdir():
        if part.name == _OWNER:
            continue
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
