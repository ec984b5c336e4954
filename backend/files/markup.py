"""What the XML of an Office document's parts does besides standing there: fields that start programs, entities."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO, Final
from xml.parsers import expat

from backend.contract.errors import AttachmentActions, AttachmentDamaged

_PIECE: Final = 64 * 1024
_BEGINS: Final = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b" ", b"\t", b"\r", b"\n", b"\0<", b"<\0")
"""How XML begins, in each encoding that a reader takes without being told."""
_LONGEST_FIELD: Final = 4096
"""Characters of an instruction that are looked at."""
_STARTS: Final = re.compile(r"\s*(?:DDE|DDEAUTO)\b|\s*QUOTE\s+[\d\s]+$", re.IGNORECASE)
"""Dynamic data exchange starts any program (ECMA-376, 17.16.5.15); QUOTE with numbers spells one out of sight."""


@dataclass
class _Fields:
    """The instructions of a text document's fields, those within others too, put together from their runs."""

    under_way: list[str] = field(default_factory=list)
    inside: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("\n")[2]
        given = {key.rpartition("\n")[2]: value for key, value in attributes.items()}
        if local == "instrText":
            self.inside = True
        elif local == "fldSimple":
            _refuse(given.get("instr", ""))
        elif local == "fldChar" and given.get("fldCharType") == "begin":
            self.under_way.append("")
        elif local == "fldChar" and self.under_way:
            self.finish()

    def finish(self) -> None:
        _refuse(self.under_way[-1])
        self.under_way.pop()

    def end(self, name: str) -> None:
        if name.rpartition("\n")[2] == "instrText":
            self.inside = False

    def text(self, content: str) -> None:
        if not self.inside:
            return
        if not self.under_way:
            self.under_way.append("")
        if len(self.under_way[-1]) < _LONGEST_FIELD:
            self.under_way[-1] += content


def refuse_entities(part: IO[bytes]) -> None:
    """Raises AttachmentActions for a part that declares some; a part that is no XML passes."""
    head = part.read(_PIECE)
    if not head.startswith(_BEGINS):
        return
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    begun: list[str] = []
    parser.StartElementHandler = lambda name, _: begun.append(name)
    try:
        while head and not begun:
            parser.Parse(head, False)
            head = part.read(_PIECE)
    except expat.ExpatError:
        return  # an office program shows nothing of it either


def refuse_fields(part: IO[bytes]) -> None:
    """Raises AttachmentActions for a text document's part with a field that starts a program."""
    found = _Fields()
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        while piece := part.read(_PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise AttachmentDamaged from None
    while found.under_way:
        found.finish()


def _refuse(instruction: str) -> None:
    if _STARTS.match(instruction):
        raise AttachmentActions


def _refuse_doctype(*_declared: object) -> None:
    raise AttachmentActions
