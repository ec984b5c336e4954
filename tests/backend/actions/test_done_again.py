"""Done again 二次转办: by somebody other than who answered before, from the first word to the last."""

from __future__ import annotations

import pytest

from backend.actions import answer_interim, ask, note_contact, reply
from backend.contract.acts.answer_interim import InterimIn
from backend.contract.acts.ask import AskIn
from backend.contract.acts.note_contact import NoteContactIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.errors import Forbidden
from backend.contract.words import Grade
from tests.backend.actions.acts import does, done, part_of, rated, seen, signed
from tests.backend.actions.conftest import Town


async def _dissatisfied(town: Town, signer: str, answers: str) -> str:
    """A ticket that comes back after this answer."""
    contact = await town.contact()
    number = await town.file(contact)
    await signed(town, number, signer)
    await done(town, number, answers)
    await signed(town, number, "tom", "east-town")
    await done(town, number, "tom", "east-town")
    await rated(town, contact, number, Grade.DISSATISFIED, "还是停电")
    return number


async def test_who_answered_before_does_nothing_behind_a_colleagues_signature(town: Town) -> None:
    number = await _dissatisfied(town, "ann", "ann")
    part = await signed(town, number, "ben")
    context, ann, version = await town.context(), town.staff["ann"], (await seen(town, number)).version
    for tried in (
        reply.reply(context, ann, part, ReplyIn(version=version, text="还是我来")),
        answer_interim.answer_interim(context, ann, part, InterimIn(version=version, text="还是我来")),
        ask.ask(context, ann, part, AskIn(version=version, text="还是我来？")),
        note_contact.note_contact(context, ann, part, NoteContactIn(version=version, note="还是我来")),
    ):
        with pytest.raises(Forbidden) as refused:
            await does(tried)
        assert refused.value.extra == {"barred": True}
    assert not {f"{act}:{part}" for act in ("reply", "interim", "ask", "contact")} & set(
        (await seen(town, number, "ann")).may
    )
    assert f"reply:{part}" in (await seen(town, number, "ben")).may
    await done(town, number, "ben")


async def test_whoever_wrote_the_answer_is_the_one_to_stay_away_not_who_signed(town: Town) -> None:
    number = await _dissatisfied(town, "ann", "ben")
    part = await part_of(town, number, "east-power")
    assert f"sign:{part}" not in (await seen(town, number, "ben")).may
    with pytest.raises(Forbidden):
        await signed(town, number, "ben")
    await signed(town, number, "ann")
    await done(town, number, "ann")
