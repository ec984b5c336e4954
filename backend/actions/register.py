"""Imports registered names of enterprises from the register's list, a CSV file of credit codes and names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from backend.contract import uscc
from backend.contract.models import Line
from backend.database import query, transaction

HEADERS = (("统一社会信用代码", "企业名称"), ("uscc", "name"))
"""The first line, as an office or as a program writes it."""
_ENCODINGS = ("utf-8-sig", "gb18030")
"""What spreadsheets in China save CSV as."""
_MOST_TOLD = 20
"""Mistakes that are told of one file."""
_AT_ONCE = 5000
"""Enterprises of one statement."""
_SAVE = """
INSERT INTO enterprise (uscc, name, created_at)
SELECT one.uscc, one.name, now() FROM unnest($1::text[], $2::text[]) AS one (uscc, name)
ON CONFLICT (uscc) DO UPDATE SET name = excluded.name WHERE enterprise.name IS DISTINCT FROM excluded.name
RETURNING xmax = 0 AS made
"""
_NAME: TypeAdapter[str] = TypeAdapter(Line)


class RegisterError(ValueError):
    """The file cannot be used; `problems` has one line for each fault, `file:line: what`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Imported:
    """How many enterprises the import made, confirmed anew, and found as they are."""

    made: int
    confirmed: int
    unchanged: int


async def import_register(file: Path) -> Imported:
    """All of it or nothing; the same file again changes nothing. Files of enterprises that it leaves out stay.

    Raises RegisterError.
    """
    names = _read(file)
    # In one order, so that an import and a confirmation never wait for each other.
    codes = sorted(names)
    made = changed = 0
    async with transaction():
        for at in range(0, len(codes), _AT_ONCE):
            batch = codes[at : at + _AT_ONCE]
            saved = await query(_SAVE, batch, [names[code] for code in batch])
            made += sum(row["made"] for row in saved)
            changed += len(saved)
    return Imported(made, changed - made, len(codes) - changed)


def _read(file: Path) -> dict[str, str]:
    """Names by credit code."""
    rows = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    names: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[str] = []
    try:
        header = tuple(cell.strip() for cell in next(rows, []))
        if header not in HEADERS:
            wanted = " or ".join(",".join(one) for one in HEADERS)
            raise RegisterError([f"{file.name}:1: the first line must be {wanted}"])
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            faults = list(_faults(row))
            problems += [f"{file.name}:{rows.line_num}: {fault}" for fault in faults]
            if faults:
                continue
            code, name = row[0].strip(), row[1].strip()
            if names.setdefault(code, name) != name:
                problems.append(f"{file.name}:{rows.line_num}: {code} has another name in line {lines[code]}")
            lines.setdefault(code, rows.line_num)
    except csv.Error as error:
        problems.append(f"{file.name}:{rows.line_num}: {error}")
    if problems:
        more = len(problems) - _MOST_TOLD
        raise RegisterError(problems[:_MOST_TOLD] + ([f"and {more} more mistakes"] if more > 0 else []))
    return names


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise RegisterError([f"{file}: {error.strerror}"]) from None
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RegisterError([f"{file.name}: this is no text; save it as CSV in UTF-8"])


def _faults(row: list[str]) -> Iterator[str]:
    if len(row) != 2:
        yield f"there must be two columns, not {len(row)}"
        return
    code, name = row[0].strip(), row[1].strip()
    if not uscc.is_valid(code):
        yield f"{code!r} is no credit code: 18 characters, the last of which checks the others"
    try:
        _NAME.validate_python(name)
    except ValidationError:
        yield "the name is empty, longer than 200 characters, or holds a line break"
