"""How PostgreSQL goes about a statement, which depends on how large it believes the tables are."""

from backend import database


async def look_anew_for_each_row() -> None:
    """Until the transaction ends: what stands after IN is looked for again for each row, as it may be at any time."""
    for way in ("hashjoin", "mergejoin", "material", "hashagg", "sort"):
        await database.execute(f"SET LOCAL enable_{way} = off")
