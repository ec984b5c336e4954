"""The types of file that are taken, and those told by their first bytes alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import puremagic

AttachmentKind = Literal["photo", "file", "voice", "video"]


@dataclass(frozen=True)
class FileType:
    kind: AttachmentKind
    media_type: str
    suffix: str
    """With its dot; downloads carry it, whatever the sender called the file."""


HEAD = 8192
"""Bytes looked at; every magic number of the types taken lies within."""

_OOXML = "application/vnd.openxmlformats-officedocument"

TAKEN = {
    one.suffix: one
    for one in (
        FileType("photo", "image/jpeg", ".jpg"),
        FileType("photo", "image/png", ".png"),
        FileType("photo", "image/gif", ".gif"),
        FileType("photo", "image/webp", ".webp"),
        FileType("photo", "image/avif", ".avif"),
        FileType("photo", "image/heic", ".heic"),
        FileType("photo", "image/heif", ".heif"),
        FileType("file", "application/pdf", ".pdf"),
        FileType("file", "application/ofd", ".ofd"),
        FileType("file", "text/plain", ".txt"),
        FileType("file", f"{_OOXML}.wordprocessingml.document", ".docx"),
        FileType("file", f"{_OOXML}.spreadsheetml.sheet", ".xlsx"),
        FileType("file", f"{_OOXML}.presentationml.presentation", ".pptx"),
        FileType("file", "application/msword", ".doc"),
        FileType("file", "application/vnd.ms-excel", ".xls"),
        FileType("file", "application/vnd.ms-powerpoint", ".ppt"),
        FileType("voice", "audio/ogg", ".ogg"),
        FileType("voice", "audio/mpeg", ".mp3"),
        FileType("voice", "audio/amr", ".amr"),
        FileType("voice", "audio/wav", ".wav"),
        FileType("voice", "audio/mp4", ".m4a"),
        FileType("voice", "audio/webm", ".weba"),
        FileType("video", "video/mp4", ".mp4"),
        FileType("video", "video/quicktime", ".mov"),
        FileType("video", "video/3gpp", ".3gp"),
        FileType("video", "video/webm", ".webm"),
    )
}

_SUFFIXES = {one.media_type: one.suffix for one in TAKEN.values()}

_IMAGE_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), ".avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), ".heic"),
    **dict.fromkeys((b"mif1", b"mif2", b"msf1"), ".heif"),
}
"""Brands of still pictures and sequences of them (ISO/IEC 23008-12 and AV1-in-HEIF), the most telling first."""

_BRANDS = {
    **dict.fromkeys((b"M4A ", b"M4B "), ".m4a"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3g2a"), ".3gp"),
    b"qt  ": ".mov",
}
"""Other major brands of the ISO base media file format (ISO/IEC 14496-12), which puremagic does not tell apart."""

_NO_MEDIA = frozenset({b"crx ", b"jp2 ", b"jpx ", b"jpm ", b"mjp2"})
"""Brands of camera raw data and JPEG 2000, in the same container: neither video nor a picture that browsers show."""

_ARCHIVES = (
    (0, b"PK\x03\x04"),
    (0, b"PK\x05\x06"),
    (0, b"PK\x07\x08"),
    (0, b"Rar!\x1a\x07"),
    (0, b"7z\xbc\xaf\x27\x1c"),
    (0, b"\x1f\x8b"),
    (0, b"\x1f\x9d"),
    (0, b"BZh"),
    (0, b"\xfd7zXZ\x00"),
    (0, b"\x28\xb5\x2f\xfd"),
    (0, b"\x04\x22\x4d\x18"),
    (0, b"MSCF"),
    (2, b"-lh"),
    (257, b"ustar"),
)
"""Offset and magic: zip, rar, 7z, gzip, compress, bzip2, xz, zstd, lz4, cabinet, lha, tar."""

_SYNONYMS = {".jpeg": ".jpg", ".jfif": ".jpg", ".oga": ".ogg", ".opus": ".ogg", ".mkv": ".webm"}

_BY_MAGIC = frozenset({".jpg", ".png", ".gif", ".webp", ".ogg", ".mp3", ".amr", ".wav", ".webm"})
"""Types that puremagic may tell; the others are looked into, or told by brand."""


def suffix_of(media_type: str) -> str:
    """The suffix of a type that is taken, or nothing: for files that were kept under other rules."""
    return _SUFFIXES.get(media_type, "")


def is_archive(head: bytes) -> bool:
    """Whether the file begins as an archive does; Office documents do, too."""
    return any(head[offset : offset + len(magic)] == magic for offset, magic in _ARCHIVES)


def of_head(head: bytes) -> str | None:
    """The suffix of a picture, sound or video, told by its first bytes; None for anything else."""
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] in (0xF2, 0xF3, 0xFA, 0xFB)):
        return ".mp3"
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    suffix = guesses[0].extension.lower() if guesses else ""
    suffix = _SYNONYMS.get(suffix, suffix)
    if suffix == ".webm" and _is_sound_alone(head):
        return ".weba"
    return suffix if suffix in _BY_MAGIC else None


_CODEC_ID = re.compile(rb"\x86[\x81-\x9f]([AVS])_[A-Z0-9]")
"""The element CodecID of a track (RFC 9559): A for sound, V for pictures."""


def _is_sound_alone(head: bytes) -> bool:
    """Whether a Matroska file's tracks, which stand before all else, hold sound and no picture."""
    return set(_CODEC_ID.findall(head)) == {b"A"}


def _has_sound_alone(head: bytes) -> bool:
    """The same of an MP4 that begins with all it says of its tracks, as what is recorded piece by piece does."""
    at = int.from_bytes(head[:4], "big")
    size, name = int.from_bytes(head[at : at + 4], "big"), head[at + 4 : at + 8]
    tracks = head[at : at + size] if name == b"moov" and at + size <= len(head) else b""
    return set(_HANDLER.findall(tracks)) == {b"soun"}


_HANDLER = re.compile(rb"hdlr.{8}(soun|vide)", re.DOTALL)
"""Of a track, what it is (ISO/IEC 14496-12, 8.4.3)."""


def named(name: str, found: FileType) -> str:
    """The sender's name with the suffix of the type that was found; a name that has it already stays."""
    stem, dot, last = name.rpartition(".")
    alike = {found.suffix, *(other for other, own in _SYNONYMS.items() if own == found.suffix)}
    if dot and f".{last.lower()}" in alike and stem.strip(" ."):
        return name
    # A short last part of letters and digits was a suffix, and a wrong one; anything else belongs to the name.
    stem = stem if stem.strip(" .") and re.fullmatch(r"[A-Za-z0-9]{1,8}", last) and not last.isdigit() else name
    stem = stem.rstrip(" .") or found.kind
    return f"{stem[: 200 - len(found.suffix)]}{found.suffix}"


def _of_brands(head: bytes) -> str | None:
    """By the major brand; a general one may be made precise by those it is compatible with."""
    size = int.from_bytes(head[:4], "big")
    major = head[8:12]
    compatible = [head[at : at + 4] for at in range(16, min(size, len(head)) - 3, 4)]
    if major in _NO_MEDIA:
        return None
    if major in _IMAGE_BRANDS and _IMAGE_BRANDS[major] != ".heif":
        return _IMAGE_BRANDS[major]
    if major in _IMAGE_BRANDS:
        return next((_IMAGE_BRANDS[one] for one in _IMAGE_BRANDS if one in compatible), ".heif")
    return _BRANDS.get(major, ".m4a" if _has_sound_alone(head) else ".mp4")
