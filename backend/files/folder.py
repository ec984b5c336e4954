"""Where files lie: one file an id, in 256 folders by its first two digits, so that no folder grows too long to read."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

INCOMING = "incoming"
"""Folder of uploads on their way."""


def make(folder: Path) -> None:
    """The folder with those in it; harmless to repeat."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (INCOMING, *shards()):
        (folder / name).mkdir(mode=0o700, exist_ok=True)


def shards() -> tuple[str, ...]:
    return tuple(f"{number:02x}" for number in range(256))


def arriving(folder: Path, ident: UUID) -> Path:
    """Where a file is written until it is known to be whole and fit to keep."""
    return folder / INCOMING / f"{ident}.part"


def place(folder: Path, ident: UUID) -> Path:
    """Where it lies from then on."""
    name = str(ident)
    return folder / name[:2] / name


def find(folder: Path, ident: UUID) -> Path | None:
    """The file, also where installations before the folders by digits kept it; the sweep moves those meanwhile."""
    kept, old = place(folder, ident), folder / str(ident)
    return next((path for path in (kept, old, kept) if path.is_file()), None)


def keep(folder: Path, ident: UUID) -> None:
    """Move what has arrived to its place, durably: the row that names it comes next."""
    kept = place(folder, ident)
    arriving(folder, ident).replace(kept)
    descriptor = os.open(kept.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(folder: Path, ident: UUID) -> None:
    """Harmless when it is gone already."""
    place(folder, ident).unlink(missing_ok=True)
    (folder / str(ident)).unlink(missing_ok=True)
