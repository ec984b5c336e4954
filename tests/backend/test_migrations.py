"""Migrations: those that ran somewhere stay as they are, and a vocabulary that grows asks for none."""

import hashlib
import sys
from pathlib import Path

from tests.processes import program

MIGRATIONS = Path(__file__).parents[2] / "backend" / "migrations"

FROZEN = {
    "0001_initial": "0a3ed1077b7030ccc09b14fe070a5e953ea95f7f3714b585e15ba639277bd82b",
    "0002_guards": "5354dab8a7a6906835509cd63bcc83aa2d520e94d8c07ba4b0dd99abecaaa1e7",
    "0003_rating_recordings": "0a7132f60ff0cf1c6f5c63769cc32d070e71420bc442244dbd1d498a4093e4ca",
    "0004_policy_versions": "87f92bae88add99e26b303e261fe416822dd7372aefa053803c9554c057fafdd",
    "0005_filled_in": "4a22363c50a2470813315fca5edbb0837e93e6dbc61fa193cb3fd09c1fad6e82",
    "0006_plain_words": "cfe187b31c5c3aae53c3fec4b9f45944a8944361c4d24c9e65dd840f8ad25559",
}
"""SHA-256 of the migrations that databases in use have gone through. A release adds its own here."""

GROWN = """
import asyncio
from enum import EnumType, StrEnum
from backend.contract import words

for name, one in list(vars(words).items()):
    if isinstance(one, EnumType) and one is not StrEnum:
        members = {member.name: member.value for member in one}
        setattr(words, name, StrEnum(name, {**members, "NEW": "new"}))

from backend import database
print(asyncio.run(database.model_changes()))
"""
"""Says what a new migration would have to do, were there one member more in every vocabulary."""


def test_migrations_in_use_are_never_changed() -> None:
    for name, digest in FROZEN.items():
        found = hashlib.sha256((MIGRATIONS / f"{name}.py").read_bytes()).hexdigest()
        assert found == digest, (
            f"{name} was changed, but databases have gone through it as it was, and will not again: take the change "
            "back, and put what you need into a new migration with the next free number."
        )


async def test_a_vocabulary_that_grows_asks_for_no_migration() -> None:
    async with program(sys.executable, "-c", GROWN, cwd=MIGRATIONS.parents[1], stdout=-1, stderr=-1) as grown:
        told, errors = await grown.communicate()
    assert (told.decode().strip(), errors.decode()) == ("[]", "")
