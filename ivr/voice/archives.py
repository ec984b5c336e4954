"""Archives of clips, by subject, each small enough to be changed often."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MOST_BYTES = 500_000
"""Of an archive: a new sentence rewrites one, and a version control keeps every one that ever was."""
_SUFFIX = ".zip"


def index(folder: Path) -> dict[str, Path]:
    """In which archive each clip lies, by name; one that cannot be read holds none."""
    return {name: archive for archive in sorted(folder.glob(f"*{_SUFFIX}")) for name in _names(archive)}


def read(archive: Path, name: str) -> bytes:
    """One clip. Raises OSError, also where it is not there any more."""
    try:
        with ZipFile(archive) as opened:
            return opened.read(name)
    except (KeyError, BadZipFile) as error:
        raise OSError(f"{archive}: {error}") from error


def put(folder: Path, subject: str, clips: Mapping[str, bytes]) -> None:
    """Keep clips, each in the first archive of its subject that has room; those of the same name are replaced."""
    drop(folder, clips.keys())
    waiting = dict(clips)
    for archive in _of_subject(folder, subject):
        content = _content(archive)
        before = len(content)
        while waiting:
            name, clip = next(iter(waiting.items()))
            if content and _size({**content, name: clip}) > MOST_BYTES:
                break
            content[name] = waiting.pop(name)
        if len(content) > before:
            _write(archive, content)
        if not waiting:
            return


def drop(folder: Path, names: Collection[str]) -> None:
    """Forget clips; an archive without any is removed."""
    for archive in {archive for name, archive in index(folder).items() if name in names}:
        content = {name: clip for name, clip in _content(archive).items() if name not in names}
        if content:
            _write(archive, content)
        else:
            archive.unlink()


def _of_subject(folder: Path, subject: str) -> Iterator[Path]:
    """Those that are there, then new ones without end."""
    number = 1
    while True:
        yield folder / f"{subject}.{number}{_SUFFIX}"
        number += 1


def _names(archive: Path) -> list[str]:
    try:
        with ZipFile(archive) as opened:
            return opened.namelist()
    except (OSError, BadZipFile):
        return []


def _content(archive: Path) -> dict[str, bytes]:
    return {name: read(archive, name) for name in _names(archive)}


def _size(content: Mapping[str, bytes]) -> int:
    return len(_packed(content))


def _packed(content: Mapping[str, bytes]) -> bytes:
    """The same bytes for the same clips. They are stored as they are: Opus leaves nothing to compress."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for name in sorted(content):
            archive.writestr(ZipInfo(name), content[name])
    return buffer.getvalue()


def _write(archive: Path, content: Mapping[str, bytes]) -> None:
    whole = archive.with_name(f".{archive.name}")
    whole.write_bytes(_packed(content))
    whole.replace(archive)
