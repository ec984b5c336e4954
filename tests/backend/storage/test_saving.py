"""What work on a ticket writes."""

import pytest
from tortoise.models import Model

from backend import database, models
from backend.storage.saving import ASSIGNMENT_CHANGES, TICKET_CHANGES


@pytest.mark.parametrize(
    ("model", "fixed", "changing"),
    [
        (models.Ticket, models.Ticket.AS_FILED, TICKET_CHANGES),
        (models.Assignment, models.Assignment.AS_DISPATCHED, ASSIGNMENT_CHANGES),
    ],
)
async def test_every_column_is_either_fixed_or_written(
    city_url: str, model: type[Model], fixed: frozenset[str], changing: tuple[str, ...]
) -> None:
    async with database.opened(city_url, 1):
        rows = await database.query(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1", model._meta.db_table
        )
    assert {row["column_name"] for row in rows} == fixed | set(changing)
    assert not fixed & set(changing)
