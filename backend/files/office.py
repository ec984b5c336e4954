"""What a zip holds: an Office document (ECMA-376) or OFD (GB/T 33190) that nothing hides in, or neither."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from backend.contract.errors import (
    AttachmentActions,
    AttachmentArchive,
    AttachmentDamaged,
    AttachmentEncrypted,
    AttachmentMacros,
    AttachmentObjects,
    AttachmentRemote,
    AttachmentType,
)
from backend.files import markup

MOST_ENTRIES = 10_000
"""Parts of one document; a presentation of hundreds of slides has some thousands."""
MOST_UNPACKED = 512 * 2**20
"""Bytes that all parts may take unpacked: beyond it, who opens the document fills their memory."""
MOST_READ = 64 * 2**20
"""Bytes that are unpacked here, of all parts that say what a document loads and runs."""
MOST_OF_ONE = 16 * 2**20
"""Bytes that one of those parts may have."""
DEEPEST = 2
"""Documents within documents: the workbook behind a chart is one, and holds no other."""

_MAIN = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "ppt/presentation.xml": ".pptx"}
_OFD = "OFD.xml"
_OFD_NAMESPACES = frozenset({"http://www.ofdspec.org", "http://www.ofdspec.org/2016"})
_OTHER_DOCUMENTS = frozenset({"mimetype", "META-INF/MANIFEST.MF", "AndroidManifest.xml", "[Content_Types].xml"})
"""By these a zip is a document or program of another kind, not a bundle of files."""

_MACROS = frozenset({"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet", "keymapcustomizations"})
_OBJECTS = frozenset({"oleobject", "control", "activexcontrolbinary", "afchunk", "attachedtoolbars", "subdocument"})
"""Last words of a relationship's type, in small letters; those of ISO/IEC 29500 strict are the same."""
_HARMLESS_OUTSIDE = frozenset({"hyperlink", "externallinkpath", "xlpathmissing", "xlalternatestartup", "xllibrary"})
"""What may lie outside the document: a link that is clicked, another workbook that is asked for. All else is loaded."""
_LOADED = frozenset({"ddelink", "olelink"})
"""Elements of a spreadsheet's external links that start programs."""

_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf")
"""How parts of an OFD begin that are no part of a printed page."""


@dataclass
class _Budget:
    """What may still be unpacked."""

    left: int = MOST_READ

    def read(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
        with archive.open(part) as file:
            return self.take(file)

    def take(self, file: IO[bytes]) -> bytes:
        most = min(self.left, MOST_OF_ONE)
        content = file.read(most + 1)
        self.left -= len(content)
        if len(content) > most:
            raise AttachmentDamaged
        return content


@dataclass
class _Xml:
    """Names of elements, without namespaces and in small letters, and the attributes of some."""

    root: str = ""
    namespace: str = ""
    elements: set[str] = field(default_factory=set)
    relationships: list[dict[str, str]] = field(default_factory=list)
    content_types: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition("\n")
        if not self.elements:
            self.root, self.namespace = local, namespace
        self.elements.add(local.lower())
        if local == "Relationship":
            self.relationships.append(attributes)
        elif local in ("Override", "Default"):
            self.content_types.append(attributes.get("ContentType", ""))


def inspect(source: IO[bytes]) -> str:
    """The suffix of the document; raises an AttachmentRefused saying why it is not taken."""
    try:
        return _inspect(source, _Budget(), 1)
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, NotImplementedError, RuntimeError, OSError):
        raise AttachmentDamaged from None


def _inspect(source: IO[bytes], budget: _Budget, depth: int) -> str:
    with zipfile.ZipFile(source) as archive:
        parts = _parts(archive)
        if _OFD in parts:
            return _ofd(archive, parts, budget)
        suffix = next((suffix for main, suffix in _MAIN.items() if main in parts), None)
        if suffix is None or "[Content_Types].xml" not in parts:
            raise AttachmentType if _OTHER_DOCUMENTS & parts.keys() else AttachmentArchive
        _refuse_macros(archive, parts, budget)
        _refuse_what_is_loaded(archive, parts, budget)
        _refuse_objects(archive, parts, budget, depth)
        _refuse_what_runs(archive, parts)
        return suffix


def _parts(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts by name. Refused where readers could disagree about what the document is, or would choke on it."""
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if len(parts) > MOST_ENTRIES or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise AttachmentDamaged
    if len(names) < len(parts) or min((part.header_offset for part in parts), default=0) > 0:
        raise AttachmentDamaged
    if any(".." in name.replace("\\", "/").split("/") for name in names):
        raise AttachmentDamaged
    if any(part.flag_bits & 0x1 for part in parts):
        raise AttachmentEncrypted
    return {part.filename: part for part in parts}


def _refuse_macros(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], budget: _Budget) -> None:
    if any(
        name.lower().endswith(("vbaproject.bin", "vbadata.xml")) or "macrosheets/" in name.lower() for name in parts
    ):
        raise AttachmentMacros
    types = [one.lower() for one in _read(budget.read(archive, parts["[Content_Types].xml"])).content_types]
    if any("macroenabled" in one or "vbaproject" in one or "macrosheet" in one for one in types):
        raise AttachmentMacros
    if any("oleobject" in one or "activex" in one for one in types):
        raise AttachmentObjects


def _refuse_what_is_loaded(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], budget: _Budget) -> None:
    for name, part in parts.items():
        if name.lower().endswith(".rels"):
            for relationship in _read(budget.read(archive, part)).relationships:
                _refuse_relationship(relationship)
        elif _is_link(name) and _read(budget.read(archive, part)).elements & _LOADED:
            raise AttachmentRemote


def _is_link(name: str) -> bool:
    return "externallinks/" in name.lower() and name.lower().endswith(".xml")


def _refuse_relationship(relationship: dict[str, str]) -> None:
    kind = relationship.get("Type", "").rpartition("/")[2].lower()
    outside = relationship.get("TargetMode", "").lower() == "external"
    if kind in _MACROS:
        raise AttachmentMacros
    if outside and kind not in _HARMLESS_OUTSIDE:
        raise AttachmentRemote
    if kind in _OBJECTS:
        raise AttachmentObjects


def _refuse_objects(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], budget: _Budget, depth: int) -> None:
    """A chart brings its workbook, which is looked into; any other thing that is embedded is refused."""
    for name, part in parts.items():
        folders = name.lower().split("/")[:-1]
        if "activex" in folders:
            raise AttachmentObjects
        if "embeddings" in folders and not part.is_dir():
            if depth >= DEEPEST:
                raise AttachmentObjects
            try:
                _inspect(io.BytesIO(budget.read(archive, part)), budget, depth + 1)
            except (zipfile.BadZipFile, AttachmentType, AttachmentArchive):
                raise AttachmentObjects from None


def _refuse_what_runs(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> None:
    for name, part in parts.items():
        with archive.open(part) as file:
            markup.refuse_entities(file)
        if name.lower().startswith("word/") and name.lower().endswith(".xml"):
            with archive.open(part) as file:
                markup.refuse_fields(file)


def _ofd(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], budget: _Budget) -> str:
    """An OFD is read, not run: pages, fonts, seals, pictures, and vouchers as XML. A program in it is refused."""
    main = _read(budget.read(archive, parts[_OFD]))
    if main.root != "OFD" or main.namespace not in _OFD_NAMESPACES:
        raise AttachmentType
    if any(name.lower() in ("encryptions.xml", "decryptseed.dat") for name in parts):
        raise AttachmentEncrypted
    for part in parts.values():
        with archive.open(part) as file:
            if file.read(8).startswith(_PROGRAMS):
                raise AttachmentObjects
    return ".ofd"


def _read(content: bytes) -> _Xml:
    """Without entities: no document of these kinds declares any, and those that do are bombs."""
    found = _Xml()
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.StartElementHandler = found.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise AttachmentDamaged from None
    return found


def _refuse_doctype(*_declared: object) -> None:
    raise AttachmentActions


def holds_files(source: IO[bytes]) -> bool:
    """Whether what seems to be something else is an archive, too: readers would disagree about what it is."""
    try:
        with zipfile.ZipFile(source) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
