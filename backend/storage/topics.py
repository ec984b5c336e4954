"""Topics of department groups, each of which stands for a ticket."""

from __future__ import annotations

from backend import models
from backend.database import execute

_TIE = """
INSERT INTO topic (chat, ticket_id, topic) VALUES ($1, $2, $3)
ON CONFLICT (chat, ticket_id) DO UPDATE SET topic = excluded.topic
"""
_MOVE = """
UPDATE topic SET chat = $2 WHERE chat = $1 AND NOT EXISTS (
    SELECT FROM topic AS there
    WHERE there.chat = $2 AND (there.ticket_id = topic.ticket_id OR there.topic = topic.topic)
)
"""


async def tie(chat: str, ticket_id: int, topic: int) -> None:
    """What either was tied to before in this group is forgotten."""
    await models.Topic.filter(chat=chat, topic=topic).exclude(ticket_id=ticket_id).delete()
    await execute(_TIE, chat, ticket_id, topic)


async def move(chat: str, to: str) -> None:
    """Those of this group into that one, where they are not in the way of its own."""
    await execute(_MOVE, chat, to)
