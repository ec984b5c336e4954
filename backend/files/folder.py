"""Where files lie: one file an id, in 256 folders at most by its first two digits: none grows too long to read."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from uuid import UUID

INCOMING = "incoming"
"""Folder of uploads on their way."""
_CLOCK = ".clock"
"""Empty file, touched to learn what time it is where the files are."""


def make(folder: Path) -> None:
    """The folder, ready for uploads; harmless to repeat. Those in it are made by the first file that belongs there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / INCOMING).mkdir(mode=0o700, exist_ok=True)


def shards() -> tuple[str, ...]:
    return tuple(f"{number:02x}" for number in range(256))


def arriving(folder: Path, ident: UUID) -> Path:
    """Where a file is written until it is known to be whole and fit to keep."""
    return folder / INCOMING / f"{ident}.part"


def place(folder: Path, ident: UUID) -> Path:
    """Where it lies from then on."""
    name = str(ident)
    return folder / name[:2] / name


def aged(folder: Path, shard: str, seconds: float) -> list[UUID]:
    """The files in one of the folders that were written longer ago, by the file system's own clock."""
    return [ident for path in _older(folder, shard, seconds) if (ident := _ident(path.name)) is not None]


def tidy_arrivals(folder: Path, seconds: float) -> int:
    """Remove what was broken off on its way longer ago; how many."""
    broken = [path for path in _older(folder, INCOMING, seconds) if path.suffix == ".part"]
    for path in broken:
        path.unlink(missing_ok=True)
    return len(broken)


def move_old(folder: Path, most: int) -> None:
    """Bring files to their places that installations before the folders by digits kept beside each other."""
    if not folder.is_dir():
        return
    old = (path for path in folder.iterdir() if (_ident(path.name) is not None) and path.is_file())
    for path in itertools.islice(old, most):
        kept = place(folder, UUID(path.name))
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        path.replace(kept)


def find(folder: Path, ident: UUID) -> Path | None:
    """The file, also where installations before the folders by digits kept it; the sweep moves those meanwhile."""
    kept, old = place(folder, ident), folder / str(ident)
    return next((path for path in (kept, old, kept) if path.is_file()), None)


def keep(folder: Path, ident: UUID) -> None:
    """Move what has arrived to its place, durably: the row that names it comes next."""
    kept = place(folder, ident)
    try:
        kept.parent.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        _sync(folder)
    arriving(folder, ident).replace(kept)
    _sync(kept.parent)


def remove(folder: Path, ident: UUID) -> None:
    """Harmless when it is gone already."""
    place(folder, ident).unlink(missing_ok=True)
    (folder / str(ident)).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """What stands in a folder outlives a power cut from here on."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _older(folder: Path, name: str, seconds: float) -> list[Path]:
    """A worker's clock may be years ahead: only the disk's own says how old its files are."""
    clock = folder / INCOMING / _CLOCK
    try:
        clock.touch()
        before = clock.stat().st_mtime - seconds
        return [Path(one.path) for one in os.scandir(folder / name) if _written(one) < before]
    except FileNotFoundError:  # nothing was ever kept here
        return []


def _written(entry: os.DirEntry[str]) -> float:
    """When; never for one that has gone meanwhile."""
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return float("inf")


def _ident(name: str) -> UUID | None:
    try:
        ident = UUID(name)
    except ValueError:
        return None
    return ident if str(ident) == name else None
