"""What a file is, by its content: the few types that are taken, and nothing that can carry a program."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import puremagic

from backend.actions.attachments import AttachmentKind


@dataclass(frozen=True)
class FileType:
    kind: AttachmentKind
    media_type: str
    suffix: str


_HEAD = 8192
"""Bytes looked at; every magic number of the types taken lies within."""

_TAKEN = {
    ".jpg": FileType("photo", "image/jpeg", ".jpg"),
    ".png": FileType("photo", "image/png", ".png"),
    ".gif": FileType("photo", "image/gif", ".gif"),
    ".webp": FileType("photo", "image/webp", ".webp"),
    ".heic": FileType("photo", "image/heic", ".heic"),
    ".pdf": FileType("file", "application/pdf", ".pdf"),
    ".docx": FileType("file", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    ".xlsx": FileType("file", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    ".pptx": FileType("file", "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
    ".doc": FileType("file", "application/msword", ".doc"),
    ".xls": FileType("file", "application/vnd.ms-excel", ".xls"),
    ".ppt": FileType("file", "application/vnd.ms-powerpoint", ".ppt"),
    ".ogg": FileType("voice", "audio/ogg", ".ogg"),
    ".mp3": FileType("voice", "audio/mpeg", ".mp3"),
    ".amr": FileType("voice", "audio/amr", ".amr"),
    ".wav": FileType("voice", "audio/wav", ".wav"),
    ".m4a": FileType("voice", "audio/mp4", ".m4a"),
    ".mp4": FileType("video", "video/mp4", ".mp4"),
    ".mov": FileType("video", "video/quicktime", ".mov"),
    ".3gp": FileType("video", "video/3gpp", ".3gp"),
    ".webm": FileType("video", "video/webm", ".webm"),
}

_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"mif1", b"msf1"), ".heic"),
    **dict.fromkeys((b"M4A ", b"M4B "), ".m4a"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3g2a"), ".3gp"),
    b"qt  ": ".mov",
}
"""Major brands of the ISO base media file format (ISO/IEC 14496-12), which puremagic does not tell apart."""

_OFFICE = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "ppt/presentation.xml": ".pptx"}

_OLE_STREAMS = {"WordDocument": ".doc", "Workbook": ".xls", "PowerPoint Document": ".ppt"}
"""Streams by which the old Office formats are known; installers (.msi) use the same container."""

_SYNONYMS = {".jpeg": ".jpg", ".jfif": ".jpg", ".oga": ".ogg", ".opus": ".ogg", ".mkv": ".webm"}


def recognise(path: Path) -> FileType | None:
    """The type of the file, or None when it is not one that is taken."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    suffix = _of_container(path, head) or _of_magic(head)
    return _TAKEN.get(suffix) if suffix else None


def _of_container(path: Path, head: bytes) -> str | None:
    if head[:4] == b"PK\x03\x04":
        return _of_zip(path)
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _of_ole(path)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], ".mp4")
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] in (0xF2, 0xF3, 0xFA, 0xFB)):
        return ".mp3"
    return None


def _of_zip(path: Path) -> str:
    """An Office document without macros; any other archive is refused."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ".zip"
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return ".zip"
    return next((suffix for member, suffix in _OFFICE.items() if member in names), ".zip")


def _of_ole(path: Path) -> str:
    """An old Office document without macros."""
    content = path.read_bytes()
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        return ".ole"
    return next((suffix for name, suffix in _OLE_STREAMS.items() if name.encode("utf-16-le") in content), ".ole")


def _of_magic(head: bytes) -> str | None:
    """Puremagic's surest guess, if it is one of ours."""
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    suffix = guesses[0].extension.lower() if guesses else ""
    return _SYNONYMS.get(suffix, suffix)
