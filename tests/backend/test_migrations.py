"""Migrations: those that ran somewhere stay as they are, and a vocabulary that grows asks for none."""

import hashlib
import importlib
import sys
from itertools import pairwise
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
    "0007_waiting": "e4fa10209772b3d8feefd4290c1bcd1644d41661b2bdf4cee2cc09c1fe77cbb1",
    "0008_lists": "ed3dbe0d427fc2239d73b604311780155afea9c7b0ed4d9083a19d3451c8d682",
    "0009_log_ins": "8a37744dc07eda5311dfa19ef6761c50b6974eeee9325aa742c06d67e4c0bd07",
    "0010_ticket_snapshot": "815fe9bdcde3149ebf0f7845b2d65bd9a95558af6c8868317741385930db0c55",
    "0011_longer_numbers": "526e3d4e12d53680ca1b195bfd405c2909cd21c3167c126dfdfb52f1c4bc2a68",
    "0012_bound_accounts": "e524ad8b3831770003cab8e779a8e8df64c35139f98a04e05e8a311af797c5a3",
    "0013_questions_of_the_desk": "139771aab64574d5a6367f649d12efb946b939ce3920cb2e8a98915ce31ad3a7",
    "0014_second_factor": "96ca5bee7602637c1b9588994de09ab94f8434bbc4b8f369bc6a2adaa51e140a",
    "0015_bound_phone": "c1a50689754358e6bad9946bb2003f5ea9445a6c5866ab22d445aa662729a9fd",
    "0016_group_linker": "d035e195bc5bcd347823ce3dfe7b2234de1124b1b427de899bd6311f37613302",
    "0017_cancelled_drafts": "157ecb82af7eeb64a64727debd26570719f2ba47b95d0fd3bc05c00ce0391c0e",
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


def test_migrations_stand_in_one_line() -> None:
    """Two that both follow a third would be applied in whatever order, and each upgrade could be another."""
    names = sorted(file.stem for file in MIGRATIONS.glob("[0-9]*.py"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    for before, name in pairwise(names):
        module = importlib.import_module(f"backend.migrations.{name}")
        assert module.Migration.dependencies == [("backend", before)]


async def test_a_vocabulary_that_grows_asks_for_no_migration() -> None:
    async with program(sys.executable, "-c", GROWN, cwd=MIGRATIONS.parents[1], stdout=-1, stderr=-1) as grown:
        told, errors = await grown.communicate()
    assert (told.decode().strip(), errors.decode()) == ("[]", "")
