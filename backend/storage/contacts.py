"""Contacts: what each has said of itself, for its next filings."""

from __future__ import annotations

from dataclasses import dataclass

from backend import models
from backend.database import query
from backend.rules.speakers import Speaker
from backend.storage.rows import find, rows_of

_BY_ID = "SELECT * FROM contact WHERE id = $1"
_LATEST = 100
"""Tickets of an account that are looked at for whom it speaks as: a switchboard's may be thousands."""
_SPOKEN = """
WITH said AS (
    (SELECT contact.name, contact.phone, coalesce(enterprise.name, contact.enterprise_name) AS enterprise,
        enterprise.uscc, enterprise.district_id AS district, 9223372036854775807 AS latest, contact AS account
    FROM contact LEFT JOIN enterprise ON enterprise.id = contact.enterprise_id WHERE contact.id = $1)
    UNION ALL
    (SELECT contact_name, contact_phone, coalesce(enterprise.name, enterprise_name), enterprise_uscc,
        enterprise.district_id, ticket.id, NULL
    FROM ticket LEFT JOIN enterprise ON enterprise.id = ticket.enterprise_id
    WHERE contact_id = $1 AND NOT hidden_reporter AND cleared_at IS NULL ORDER BY ticket.id DESC LIMIT $2)
), each AS (
    SELECT DISTINCT ON (name, phone, enterprise, uscc, district) * FROM said
    ORDER BY name, phone, enterprise, uscc, district, latest DESC
)
SELECT * FROM each ORDER BY latest DESC
"""
"""What the account last said, then its tickets, the latest first. A hidden reporter's are nobody else's business."""


@dataclass(frozen=True)
class Said:
    speaker: Speaker
    district: str | None
    """Where the enterprise's file says it lies."""


async def by_id(contact_id: int) -> models.Contact:
    return (await find(models.Contact, _BY_ID, contact_id))[0]


async def said_by(contact_id: int) -> tuple[models.Contact, list[Said]]:
    """The contact, and whom it said it speaks as: the latest first, of which the first is what it would file with."""
    rows = await query(_SPOKEN, contact_id, _LATEST)
    said = [Said(Speaker(one["name"], one["phone"], one["enterprise"], one["uscc"]), one["district"]) for one in rows]
    return rows_of(models.Contact, [rows[0]["account"]])[0], said
