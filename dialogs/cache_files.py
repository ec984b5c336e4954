"""Files that only save time: each is whole or not there, and of many the oldest go."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path


def store(file: Path, save: Callable[[Path], object], *, most: int) -> None:
    """Write it by `save`, which gets another path with the same suffix, and keep the `most` that were used last. Raises
    OSError.

    The draft of a thread that was killed counts among the files, and so goes with time.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.stem}.{os.getpid()}-{threading.get_ident()}{file.suffix}")
    save(draft)
    draft.replace(file)
    for old in sorted(file.parent.glob(f"*{file.suffix}"), key=_used)[:-most]:
        old.unlink(missing_ok=True)


def mark_used(file: Path) -> None:
    with contextlib.suppress(OSError):  # another account's, perhaps
        os.utime(file)


def _used(file: Path) -> float:
    """When; a file that another process has just taken away is the oldest."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
