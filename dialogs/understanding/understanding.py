"""Reads messages off the loop, with the models where the machine has them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from dialogs.fields import Doubtful, NotUnderstood
from dialogs.finder import ScenarioFinder, only_one, specific
from dialogs.form import Pending, Phase
from dialogs.understanding.context import Context
from dialogs.understanding.intent import Intent, Wish
from dialogs.understanding.intents import other_matter
from dialogs.understanding.proposals import Proposer
from dialogs.understanding.reading import Reading, read
from dialogs.understanding.suggesting import is_undecided, suggest
from dialogs.understanding.threads import read_aside

_MOST = 3
"""Scenarios that are told apart for a person."""
_LIKELY = 0.5
"""Score of a scenario that is more likely meant than all others together; below it nothing was found."""


class Understanding:
    """What all conversations read with."""

    def __init__(self, finder: ScenarioFinder, proposer: Proposer | None = None) -> None:
        """`proposer`: asked where nothing was found here."""
        self._finder = finder
        self._proposer = proposer

    async def understand(self, text: str, context: Context) -> Reading:
        """The reading of one message. Never raises for any text."""
        reading = await self._read(text, context)
        if self._proposer is None or not _found_nothing(reading, context):
            return reading
        proposal = await self._proposer.propose(reading.said.given, context)
        if proposal is None:
            return reading
        named = {match.scenario for match in proposal.matters}
        others = tuple(match for match in reading.matters if match.scenario not in named)
        return replace(reading, matters=(*proposal.matters, *others)[:_MOST], proposal=proposal)

    async def _read(self, text: str, context: Context) -> Reading:
        reading = await read_aside(text, read, text, context)
        if reading.intent is not None and reading.intent.wish is Wish.SCENARIO:
            reading = await self._with_matter(reading, reading.intent, context)
        if context.form is None and reading.intent is None and not context.asked and reading.said.folded:
            return replace(reading, matters=await self._finder.find(reading.said.given, _MOST))
        question = context.question
        if question is None or reading.intent is not None or reading.answer is None:
            return reading
        given, answer = reading.said.given, reading.answer
        if not is_undecided(question, given, answer):
            return reading
        weighed = await asyncio.to_thread(suggest, question, given, answer, self._finder.options)
        if reading.facts and isinstance(answer, NotUnderstood) and isinstance(weighed, Doubtful):
            return reading  # it told something else of the form, and need not be an answer, too
        return replace(reading, answer=weighed)

    async def _with_matter(self, reading: Reading, intent: Intent, context: Context) -> Reading:
        """Another matter is meant only if the words name one for sure that is not the one already open: a form is left
        for it. Else they answer what was asked.
        """
        found = await self._finder.find(other_matter(reading.said.plain), _MOST)
        meant = only_one(found)
        if meant is None or (context.scenario is not None and meant.scenario == context.scenario.id):
            return replace(reading, intent=None)
        return replace(reading, intent=replace(intent, scenario=meant.scenario), matters=specific(found))


def _found_nothing(reading: Reading, context: Context) -> bool:
    """Whether a message says something of which nothing is known, where a matter is told or a question stands."""
    if context.asked or not reading.said.folded or reading.facts:
        return False
    if context.form is not None and context.question is None and context.form.phase is Phase.ASKING:
        return True  # words from before the form: they began it, so whatever wish they sound like is none
    if reading.intent is not None or any(match.score >= _LIKELY for match in specific(reading.matters)):
        return False
    if context.form is None:
        return True
    if context.question is None:  # at its summary nothing is open
        return False
    return context.form.pending is Pending.NONE and isinstance(reading.answer, NotUnderstood)
