"""Finds the files of a folder of templates, and what in it nobody would ever read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.contract.faults import Fault, suggestion
from backend.contract.message import Message
from backend.contract.yaml_source import neighbour, unreadable

BLOCKS: Final = "_blocks.yaml"
WITHDRAWN: Final = "withdrawn"
_SUFFIX: Final = ".yaml"
_OTHER_SUFFIXES: Final = (".yml", ".yaml.txt", ".yml.txt")


@dataclass(frozen=True)
class Folder:
    """What is in a folder: the files to read, those of withdrawn versions too, and what is wrong with the others."""

    files: tuple[Path, ...]
    faults: tuple[Fault, ...]


def look(path: Path) -> Folder:
    """Where there is a fault of the folder itself, there are no files."""
    if fault := _no_folder(path):
        return Folder((), (fault,))
    files: list[Path] = []
    faults: list[Fault] = []
    try:
        for one in _entries(path):
            if isinstance(one, Fault):
                faults.append(one)
            else:
                files.append(one)
    except OSError as error:
        return Folder((), (unreadable(path, error),))
    if not files and not faults:
        return Folder((), (Fault(path, 0, Message("template.folder.empty")),))
    return Folder(tuple(files), tuple(faults))


def _no_folder(path: Path) -> Fault | None:
    try:
        if path.is_dir():
            return None
        if path.is_file():
            return Fault(
                path,
                0,
                Message("template.folder.is_file"),
                Message("template.folder.mean", {"folder": str(path.parent)}),
            )
    except OSError as error:
        return unreadable(path, error)
    if path.is_symlink():
        return Fault(path, 0, Message("fault.file.broken_link"))
    return Fault(path, 0, Message("template.folder.missing"), neighbour(path, folders=True))


def _entries(path: Path) -> Iterator[Path | Fault]:
    for one in sorted(path.iterdir()):
        if one.name.startswith("."):
            continue
        if one.name in (BLOCKS, WITHDRAWN) and not one.exists():
            yield Fault(one, 0, Message("fault.file.broken_link"))
        elif one.is_dir() and one.suffix != _SUFFIX:
            yield from _inside(one)
        else:
            yield from _entry(one)


def _entry(path: Path) -> Iterator[Path | Fault]:
    name = path.name.lower()
    if name.endswith(_OTHER_SUFFIXES) or (name.endswith(_SUFFIX) and path.suffix != _SUFFIX):
        better = path.name[: name.index(".y")] + _SUFFIX
        yield Fault(path, 0, Message("template.file.suffix"), Message("template.file.rename", {"name": better}))
    elif path.suffix == _SUFFIX and path.name.startswith("_"):
        if path.name != BLOCKS:
            yield Fault(path, 0, Message("template.file.underscore"), suggestion(path.name, [BLOCKS]))
    elif path.suffix == _SUFFIX:
        yield path


def _inside(path: Path) -> Iterator[Path | Fault]:
    """Files below the folder: read in `withdrawn` alone."""
    if path.name == WITHDRAWN:
        for one in sorted(path.iterdir()):
            yield from _entry(one)
    elif any(one.suffix in (_SUFFIX, ".yml") for one in path.iterdir()):
        yield Fault(path, 0, Message("template.folder.unread"), suggestion(path.name, [WITHDRAWN]))
