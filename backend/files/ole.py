"""What an OLE2 container holds: an old Office or WPS document without macros and objects, or something else."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import IO

import olefile

from backend.contract.errors import (
    AttachmentDamaged,
    AttachmentEncrypted,
    AttachmentMacros,
    AttachmentObjects,
    AttachmentRemote,
    AttachmentType,
)

MOST_ENTRIES = 5_000
"""Streams and storages of one document."""
MOST_RECORDS = 200_000
"""Records looked at in a spreadsheet or presentation."""

_MAIN = {"worddocument": ".doc", "workbook": ".xls", "book": ".xls", "powerpoint document": ".ppt"}
"""Streams by which documents are known: WPS writes the same under .wps, .et and .dps, and installers none of them."""

_BOUND_SHEET, _FILE_PASS, _SUP_BOOK = 0x0085, 0x002F, 0x01AE
"""Records of a workbook (MS-XLS 2.3)."""
_VBA_INFO, _OLE_OBJECT, _CONTROL = 0x03FF, 0x1011, 0x0FEE
"""Records of a presentation (MS-PPT 2.13.24)."""
_ENCRYPTED_TOKEN = 0xF3D1C4DF
"""In the Current User stream of an encrypted presentation (MS-PPT 2.3.2)."""
_REMOTE = ("http:", "https:", "ftp:", "file:", "\\\\", "mhtml:")


def inspect(source: IO[bytes]) -> str:
    """The suffix of the document; raises an AttachmentRefused saying why it is not taken."""
    try:
        with olefile.OleFileIO(source, raise_defects=olefile.DEFECT_FATAL) as container:
            return _inspect(container)
    except (
        OSError,
        ValueError,
        IndexError,
        KeyError,
        TypeError,
        AttributeError,
        struct.error,
        RecursionError,
        MemoryError,
    ):
        raise AttachmentDamaged from None  # olefile raises what its parsing stumbles over


def _inspect(container: olefile.OleFileIO) -> str:
    entries = [[name.lower() for name in path] for path in container.listdir(streams=True, storages=True)]
    if len(entries) > MOST_ENTRIES:
        raise AttachmentDamaged
    main = _main_stream(entries)
    suffix = _MAIN[main]
    content = container.openstream(main).read()
    if suffix == ".doc":
        _look_into_text(container, content)
    elif suffix == ".xls":
        _look_into_sheets(content)
    else:
        _look_into_slides(container, content)
    return suffix


def _main_stream(entries: Sequence[list[str]]) -> str:
    """The stream that says what the file is; raises AttachmentError for what must not be in it."""
    names = {name for path in entries for name in path}
    if names & {"encryptedpackage", "encryptedsummary"}:
        raise AttachmentEncrypted
    main = next((path[0] for path in entries if len(path) == 1 and path[0] in _MAIN), None)
    if main is None:
        raise AttachmentType
    if names & {"_vba_project", "_vba_project_cur", "macros", "vba"}:
        raise AttachmentMacros
    if any(_is_object(path) for path in entries):
        raise AttachmentObjects
    return main


def _is_object(path: list[str]) -> bool:
    """Something in the ObjectPool of a text (an empty one is usual), MBD... or LNK... in sheets, or a packed file."""
    inner = path[1:]
    storage = path[0].startswith(("mbd", "lnk")) and len(path[0]) == 11
    return storage or (path[0] == "objectpool" and bool(inner)) or path[-1] in ("\x01ole10native", "\x03ocxdata")


def _look_into_text(container: olefile.OleFileIO, head: bytes) -> None:
    """The file information block (MS-DOC 2.5): whether it is encrypted, and where its template lies."""
    if len(head) < 0x1A2:
        raise AttachmentDamaged
    flags = struct.unpack_from("<H", head, 0x0A)[0]
    if flags & 0x0100:
        raise AttachmentEncrypted
    table = "1Table" if flags & 0x0200 else "0Table"
    at, size = struct.unpack_from("<II", head, 0x19A)
    if not size or not container.exists(table):
        return
    named = container.openstream(table).read()[at : at + size]
    if any(one.lower().startswith(_REMOTE) for one in _associated(named)):
        raise AttachmentRemote


def _associated(table: bytes) -> Iterator[str]:
    """The strings a document is associated with (SttbfAssoc, MS-DOC 2.9.272): the second is its template."""
    if len(table) < 6 or table[:2] != b"\xff\xff":
        return
    at = 6
    for _ in range(struct.unpack_from("<H", table, 2)[0]):
        if at + 2 > len(table):
            return
        size = 2 * struct.unpack_from("<H", table, at)[0]
        yield table[at + 2 : at + 2 + size].decode("utf-16-le", "replace")
        at += 2 + size


def _look_into_sheets(content: bytes) -> None:
    """The records of the workbook: passwords, and macro sheets of Excel 4."""
    for kind, at, size in _records(content, "<HH"):
        if kind == _FILE_PASS:
            raise AttachmentEncrypted
        if kind == _BOUND_SHEET and size > 5 and content[at + 5] in (0x01, 0x06):
            raise AttachmentMacros
        if kind == _SUP_BOOK and size > 4 and _links_program(content[at : at + size]):
            raise AttachmentRemote


def _links_program(book: bytes) -> bool:
    """Whether a supporting link is one to another program (DDE or OLE): its name holds the character 3."""
    length = struct.unpack_from("<H", book, 2)[0]
    return length not in (0x0401, 0x3A01) and b"\x03" in book[5:] and struct.unpack_from("<H", book, 0)[0] == 0


def _records(content: bytes, form: str) -> Iterator[tuple[int, int, int]]:
    """Kind, offset of the content, and its length, of each record of a workbook."""
    at = 0
    for _ in range(MOST_RECORDS):
        if at + 4 > len(content):
            return
        kind, size = struct.unpack_from(form, content, at)
        yield kind, at + 4, size
        at += 4 + size


def _look_into_slides(container: olefile.OleFileIO, content: bytes) -> None:
    if container.exists("Current User"):
        user = container.openstream("Current User").read()
        if len(user) >= 16 and struct.unpack_from("<I", user, 12)[0] == _ENCRYPTED_TOKEN:
            raise AttachmentEncrypted
    at = 0
    for _ in range(MOST_RECORDS):
        if at + 8 > len(content):
            return
        version, kind, size = struct.unpack_from("<HHI", content, at)
        if kind == _VBA_INFO:
            raise AttachmentMacros
        if kind in (_OLE_OBJECT, _CONTROL):
            raise AttachmentObjects
        at += 8 if version & 0xF == 0xF else 8 + size  # a container is gone into
