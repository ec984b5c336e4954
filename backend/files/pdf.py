"""Whether a PDF only shows pages: no action that starts something, no script, no other file inside."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import IO, Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
    read_object,
)

from backend.contract.errors import (
    AttachmentActions,
    AttachmentDamaged,
    AttachmentEncrypted,
    AttachmentObjects,
)

MOST_OBJECTS = 300_000
"""Objects of one file; a catalogue of hundreds of pages has some ten thousand."""
DEEPEST = 50
"""Arrays and dictionaries within each other."""

_ACTIONS = frozenset(
    {"/Launch", "/JavaScript", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/RichMediaExecute", "/GoTo3DView"}
)
"""Kinds of action (ISO 32000-2, 12.6.4) that do more than turn to a place or a web address."""
_SCRIPTS = frozenset({"/JS", "/XFA"})
_MEDIA = frozenset({"/RichMedia", "/3D", "/Screen", "/Movie", "/Sound"})
"""Annotations that bring a player, or content that runs."""
_PLAIN = re.compile(rb"/(?:Launch|JavaScript)(?![A-Za-z0-9_])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME = re.compile(rb"/[^\x00-\x20()<>\[\]{}/%]*#[^\x00-\x20()<>\[\]{}/%]*")


def inspect(source: IO[bytes]) -> str:
    """`.pdf`; raises an AttachmentRefused saying why it is not taken."""
    content = source.read()
    _refuse_plain(content)
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise AttachmentEncrypted
        _refuse_objects(reader)
        if not isinstance(reader.root_object, DictionaryObject):
            raise AttachmentDamaged
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OSError,
        MemoryError,
    ):
        raise AttachmentDamaged from None  # pypdf raises what its parsing stumbles over
    except (AssertionError, NotImplementedError, ArithmeticError):
        raise AttachmentDamaged from None
    return ".pdf"


def _refuse_plain(content: bytes) -> None:
    """Also where nothing points to it any more, or only a reader with another idea of damaged files finds it."""
    if _PLAIN.search(content):
        raise AttachmentActions
    for name in _NAME.finditer(content):
        plain = _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), name[0])
        if _PLAIN.fullmatch(plain):
            raise AttachmentActions


def _refuse_objects(reader: PdfReader) -> None:
    numbers = [(number, generation) for generation, places in reader.xref.items() for number in places]
    if len(numbers) + len(reader.xref_objStm) > MOST_OBJECTS:
        raise AttachmentDamaged
    _refuse(reader.trailer)
    for number, generation in numbers:
        _refuse(_one(reader, number, generation))
    for number in {int(stream) for stream, _ in reader.xref_objStm.values()}:
        for one in _packed(reader, number):
            _refuse(one)


def _one(reader: PdfReader, number: int, generation: int) -> PdfObject | None:
    """An object of its own; one that cannot be read shows nothing either, in any reader."""
    try:
        return reader.get_object(IndirectObject(number, generation, reader))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def _packed(reader: PdfReader, number: int) -> Iterator[PdfObject | None]:
    """All objects of an object stream, each read once: by itself pypdf would begin anew for each."""
    stream = reader.get_object(IndirectObject(number, 0, reader))
    if not isinstance(stream, StreamObject):
        raise AttachmentDamaged
    data = stream.get_data()
    first, count = (int(str(stream[key])) for key in ("/First", "/N"))
    if count > MOST_OBJECTS or first > len(data):
        raise AttachmentDamaged
    places = [int(one) for one in data[:first].split()[: 2 * count]]
    source = io.BytesIO(data)
    for place in places[1::2]:
        source.seek(first + place)
        yield read_object(source, reader)


def _refuse(found: Any, depth: int = 0) -> None:
    """Looks through one object; what it refers to has its own turn."""
    if depth > DEEPEST:
        raise AttachmentDamaged
    if isinstance(found, ArrayObject):
        for one in list.__iter__(found):
            _refuse(one, depth + 1)
    elif isinstance(found, DictionaryObject):
        _refuse_dictionary(found)
        for key in found:
            _refuse(found.raw_get(key), depth + 1)


def _refuse_dictionary(found: DictionaryObject) -> None:
    if _SCRIPTS & found.keys():
        raise AttachmentActions
    if _name(found, "/S") in _ACTIONS:
        raise AttachmentActions
    if _name(found, "/Subtype") in _MEDIA:
        raise AttachmentActions
    if _name(found, "/Type") == "/EmbeddedFile" or "/EF" in found:
        _refuse_embedded(found)


def _name(found: DictionaryObject, key: str) -> str:
    value = found.raw_get(key) if key in found else None
    if isinstance(value, IndirectObject):
        value = value.get_object()
    return str(value) if isinstance(value, NameObject) else ""


def _refuse_embedded(found: DictionaryObject) -> None:
    """Electronic vouchers (电子凭证会计数据标准) carry their figures as XML; any other file is refused."""
    if isinstance(found, EncodedStreamObject | StreamObject):
        if not found.get_data()[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
            raise AttachmentObjects
        return
    held = found["/EF"]
    if not isinstance(held, DictionaryObject):
        raise AttachmentObjects
    for key in held:
        stream = held[key]
        if not isinstance(stream, StreamObject):
            raise AttachmentObjects
        _refuse_embedded(stream)
