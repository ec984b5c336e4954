"""Files of enterprises 一企一档: the credit code, and the name once the office or the register gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.database import execute, query

_BY_CODE = "SELECT id FROM enterprise WHERE uscc = $1"
_MAKE = "INSERT INTO enterprise (uscc, created_at) VALUES ($1, $2) ON CONFLICT (uscc) DO NOTHING"
_NAME = "SELECT name FROM enterprise WHERE id = $1"
_NAME_TO_CHANGE = "SELECT name FROM enterprise WHERE id = $1 FOR UPDATE"
_CONFIRM = "UPDATE enterprise SET name = $2 WHERE id = $1"
_OF_PHONE = """
SELECT DISTINCT enterprise_id FROM ticket
WHERE contact_phone = $1 AND enterprise_id IS NOT NULL AND NOT hidden_reporter AND phone_bound LIMIT 2
"""
_IMPORT = """
INSERT INTO enterprise (uscc, name, created_at)
SELECT one.uscc, one.name, now() FROM unnest($1::text[], $2::text[]) AS one (uscc, name)
ON CONFLICT (uscc) DO UPDATE SET name = excluded.name WHERE enterprise.name IS DISTINCT FROM excluded.name
RETURNING xmax = 0 AS made
"""
_LOAD = """
INSERT INTO enterprise (uscc, name, district_id, created_at) VALUES ($1, $2, $3, now())
ON CONFLICT (uscc) DO UPDATE SET name = coalesce(enterprise.name, excluded.name), district_id = excluded.district_id
"""


@dataclass(frozen=True)
class Saved:
    """How many files were made, and how many got another name."""

    made: int
    renamed: int


async def by_code(code: str) -> int | None:
    """The id of the file with this credit code."""
    known = await query(_BY_CODE, code)
    return int(known[0]["id"]) if known else None


async def make(code: str, now: datetime) -> None:
    """Without a name; nothing where the file is there already."""
    await execute(_MAKE, code, now)


async def of_phone(number: str) -> int | None:
    """The one enterprise for which tickets were filed with this number. A number of several says nothing."""
    rows = await query(_OF_PHONE, number)
    return int(rows[0]["enterprise_id"]) if len(rows) == 1 else None


async def name_of(enterprise_id: int) -> str | None:
    """As confirmed; None where it is not."""
    rows = await query(_NAME, enterprise_id)
    return rows[0]["name"] if rows else None


async def name_to_change(enterprise_id: int) -> str | None:
    """The name, and nobody else confirms another until the transaction ends."""
    name: str | None = (await query(_NAME_TO_CHANGE, enterprise_id))[0]["name"]
    return name


async def confirm(enterprise_id: int, name: str) -> None:
    await execute(_CONFIRM, enterprise_id, name)


async def import_names(codes: Sequence[str], names: Sequence[str]) -> Saved:
    """Names of the register by credit code, in one order, so that two who write never wait for each other."""
    saved = await query(_IMPORT, codes, names)
    made = sum(row["made"] for row in saved)
    return Saved(made, len(saved) - made)


async def load(code: str, name: str | None, district: str | None) -> None:
    """As the file of the city has it. A name that is confirmed already stays: that file is a start, written once."""
    await execute(_LOAD, code, name, district)
