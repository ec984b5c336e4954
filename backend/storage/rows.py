"""Rows of a statement as models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from tortoise.models import Model

from backend.database import query

ModelT = TypeVar("ModelT", bound=Model)


async def find(model: type[ModelT], sql: str, *values: Any) -> list[ModelT]:
    """Of a statement that selects all columns of the model's table.

    For what every action reads: Tortoise composes the text of a query anew each time, which costs more than running it.
    """
    return rows_of(model, await query(sql, *values))


def rows_of(model: type[ModelT], rows: Iterable[Mapping[str, Any]]) -> list[ModelT]:
    """Rows of the model's table."""
    return [model._init_from_db(**row) for row in rows]  # noqa: SLF001 - as its own queries do
