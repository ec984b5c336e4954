"""What work on a ticket writes."""

import pytest
from tortoise.models import Model

from backend import database, models
from backend.actions.work import ASSIGNMENT_CHANGES, TICKET_CHANGES

FILED = {
    "id", "number", "code_digest", "kind", "scenario", "scenario_version", "title", "story", "answers", "district_id",
    "address", "location", "urgent", "hidden_reporter", "unclear", "language", "contact_id",
    "identity_id", "enterprise_id", "created_at",
    "contact_name", "contact_phone", "enterprise_name", "enterprise_uscc", "as_filed", "phone_bound",
}  # fmt: skip
DISPATCHED = {"id", "ticket_id", "department_id", "role", "round", "barred_staff_id", "dispatched_at"}


@pytest.mark.parametrize(
    ("model", "fixed", "changing"),
    [(models.Ticket, FILED, TICKET_CHANGES), (models.Assignment, DISPATCHED, ASSIGNMENT_CHANGES)],
)
async def test_every_column_is_either_fixed_or_written(
    city_url: str, model: type[Model], fixed: set[str], changing: tuple[str, ...]
) -> None:
    """A new column that work changes would be lost unless it is named in work.py."""
    async with database.opened(city_url, 1):
        rows = await database.query(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1", model._meta.db_table
        )
    assert {row["column_name"] for row in rows} == fixed | set(changing)
    assert not fixed & set(changing)
