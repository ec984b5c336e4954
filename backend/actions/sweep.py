"""Removes files that no row names: of uploads that were cut off by a kill, between the file and its row or before."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from backend.files import folder
from backend.storage import attachments
from backend.work.context import Context

log = logging.getLogger(__name__)

GRACE = 6 * 3600.0
"""Seconds since a file was written, before it counts as forgotten; the longest upload and its row take minutes."""
AT_A_TIME = 5000
"""Files of a batch, to which one folder's are added; at a million tickets a folder holds about ten thousand."""
_FEW = 100
"""So many forgotten ones are removed without asking how many are known."""


async def sweep(context: Context, first: int) -> int | None:
    """One batch, from the folder of this number on; the number to go on with, or None at the end."""
    shards, found = folder.shards(), list[UUID]()
    if first == 0:
        await asyncio.to_thread(folder.move_old, context.attachments, AT_A_TIME)
        if cut_off := await asyncio.to_thread(folder.tidy_arrivals, context.attachments, GRACE):
            log.info("uploads that were cut off are removed", extra={"action": "sweep", "files": cut_off})
    following = first
    while following < len(shards) and len(found) < AT_A_TIME:
        found += await asyncio.to_thread(folder.aged, context.attachments, shards[following], GRACE)
        following += 1
    await _remove_unknown(context, found)
    return following if following < len(shards) else None


async def _remove_unknown(context: Context, found: list[UUID]) -> None:
    """Not where most are unknown: then the folder and the database do not belong together, and one of them is wrong."""
    known = await attachments.known(found) if found else set()
    unknown = [one for one in found if one not in known]
    if len(unknown) > max(_FEW, len(known)):
        log.error("files of another database", extra={"action": "sweep", "unknown": len(unknown), "known": len(known)})
        return
    for one in unknown:
        await asyncio.to_thread(folder.remove, context.attachments, one)
    if unknown:
        log.info("files that no row names are removed", extra={"action": "sweep", "files": len(unknown)})
