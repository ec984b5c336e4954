"""What a message was understood as. Pure: the same words in the same place are always read alike."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.fields import Outcome
from dialogs.finder import Match
from dialogs.understanding.answers import read_answer
from dialogs.understanding.context import Context
from dialogs.understanding.fact import Fact
from dialogs.understanding.facts import find_facts
from dialogs.understanding.intent import Intent
from dialogs.understanding.intents import find_intent
from dialogs.understanding.normalise import Said, normalise
from dialogs.understanding.proposals import Proposal


@dataclass(frozen=True)
class Reading:
    """One message, read where it was said. Who goes on with it decides; nothing here changes anything."""

    said: Said
    intent: Intent | None = None
    question: str = ""
    """Which question stood; empty where none did."""
    answer: Outcome | None = None
    """To that question; None where none stood."""
    facts: tuple[Fact, ...] = ()
    """Of other questions of the form that have no answer yet."""
    matters: tuple[Match, ...] = ()
    """Scenarios it may be about, best first: outside forms, or where another matter is meant."""
    proposal: Proposal | None = None
    """Of a language model, where nothing was found: only ever asked about, never taken."""


def read(text: str, context: Context) -> Reading:
    """What can be read without a model. Takes a few milliseconds at most."""
    said = normalise(text)
    question = context.question
    intent, facts = find_intent(said, context), find_facts(said, context)
    if question is None:
        return Reading(said, intent, facts=facts)
    return Reading(said, intent, question.id, read_answer(question, said.given, context.now), facts)
