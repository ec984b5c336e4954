"""Imports registered names of enterprises from the register's list, a CSV file of credit codes and names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from backend.contract import uscc
from backend.contract.faults import Fault, FileFaults
from backend.contract.message import Message
from backend.contract.models.values import Line
from backend.contract.yaml_source import unreadable
from backend.database import transaction
from backend.storage import enterprises

HEADERS = (("统一社会信用代码", "企业名称"), ("uscc", "name"))
"""The first line, as an office or as a program writes it."""
_ENCODINGS = ("utf-8-sig", "gb18030")
"""What spreadsheets in China save CSV as."""
_MOST_TOLD = 20
"""Mistakes that are told of one file."""
_AT_ONCE = 5000
"""Enterprises of one statement."""
_NAME: TypeAdapter[str] = TypeAdapter(Line)


@dataclass(frozen=True)
class Imported:
    """How many enterprises the import made, confirmed anew, and found as they are."""

    made: int
    confirmed: int
    unchanged: int


async def import_register(file: Path) -> Imported:
    """All of it or nothing; the same file again changes nothing. Files of enterprises that it leaves out stay.

    Raises FileFaults.
    """
    names = _read(file)
    # In one order, so that an import and a confirmation never wait for each other.
    codes = sorted(names)
    made = renamed = 0
    async with transaction():
        for at in range(0, len(codes), _AT_ONCE):
            batch = codes[at : at + _AT_ONCE]
            saved = await enterprises.import_names(batch, [names[code] for code in batch])
            made += saved.made
            renamed += saved.renamed
    return Imported(made, renamed, len(codes) - made - renamed)


def _read(file: Path) -> dict[str, str]:
    """Names by credit code."""
    rows = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    names: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults: list[Fault] = []
    try:
        header = tuple(cell.strip() for cell in next(rows, []))
        if header not in HEADERS:
            wanted = Message("register.header", {"chinese": ",".join(HEADERS[0]), "english": ",".join(HEADERS[1])})
            raise FileFaults([Fault(file, 1, wanted)])
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            reasons = list(_reasons(row))
            faults += [Fault(file, rows.line_num, reason) for reason in reasons]
            if reasons:
                continue
            code, name = row[0].strip(), row[1].strip()
            if names.setdefault(code, name) != name:
                told = Message("register.other_name", {"uscc": code, "line": lines[code]})
                faults.append(Fault(file, rows.line_num, told))
            lines.setdefault(code, rows.line_num)
    except csv.Error:
        faults.append(Fault(file, rows.line_num, Message("register.no_csv")))
    if faults:
        more = len(faults) - _MOST_TOLD
        rest = [Fault(file, 0, Message("register.more", {"count": more}))] if more > 0 else []
        raise FileFaults(faults[:_MOST_TOLD] + rest)
    return names


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise FileFaults([unreadable(file, error)]) from None
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFaults([Fault(file, 0, Message("register.no_text"))])


def _reasons(row: list[str]) -> Iterator[Message]:
    if len(row) != 2:
        yield Message("register.columns", {"count": len(row)})
        return
    code, name = row[0].strip(), row[1].strip()
    if not uscc.is_valid(code):
        yield Message("register.uscc", {"uscc": code})
    try:
        _NAME.validate_python(name)
    except ValidationError:
        yield Message("register.name")
