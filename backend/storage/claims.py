"""Claims: notices that a channel takes to deliver, and has until its lease ends."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.contract import phone
from backend.contract.models.notices import NoticeOut
from backend.database import query

_READY = """
SELECT id, ready_at FROM notice
WHERE done_at IS NULL AND ready_at <= $2 AND channel = wanted.channel AND NOT (channel = $5 AND template = ANY($6)) {to}
ORDER BY ready_at, id LIMIT $4 FOR UPDATE SKIP LOCKED
"""
_CLAIM = """
UPDATE notice SET ready_at = $1, attempts = attempts + 1
WHERE id = ANY(ARRAY(
    SELECT ready.id FROM {wanted}, LATERAL ({ready}) AS ready ORDER BY ready.ready_at, ready.id LIMIT $4
))
RETURNING id, key, channel, address, fallback, language, template, args, ticket_id, attempts,
    (SELECT number FROM ticket WHERE ticket.id = notice.ticket_id) AS ticket
"""
_CLAIM_FOR_CHANNELS = _CLAIM.format(wanted="unnest($3::text[]) AS wanted (channel)", ready=_READY.format(to=""))
"""One look into the index for each channel: what waits in the others, or is not ready, is not read."""
_CLAIM_FOR_ADDRESSES = _CLAIM.format(
    wanted="(SELECT * FROM unnest($3::text[]) AS one (channel), unnest($7::text[]) AS of (address)) AS wanted",
    ready=_READY.format(to="AND address = wanted.address"),
)
"""One look for each page that is open: a channel of pages keeps what nobody has come to read yet."""


async def claim(
    channels: Sequence[str],
    addresses: Sequence[str] | None,
    limit: int,
    now: datetime,
    leased: datetime,
    *,
    but_calls: Collection[str],
) -> list[NoticeOut]:
    """What is ready, in the order of ids: of all addresses, or of these. Nobody else gets it until `leased`.

    Calls of the templates `but_calls` stay.
    """
    values: list[Any] = [leased, now, channels, limit, phone.CHANNEL, list(but_calls)]
    if addresses is None:
        rows = await query(_CLAIM_FOR_CHANNELS, *values)
    else:
        rows = await query(_CLAIM_FOR_ADDRESSES, *values, addresses)
    return [_shown(row) for row in sorted(rows, key=lambda row: int(row["id"]))]


def _shown(row: Mapping[str, Any]) -> NoticeOut:
    lists = {name: json.loads(row[name]) for name in ("fallback", "args")}
    return NoticeOut.model_validate({**row, **lists})
