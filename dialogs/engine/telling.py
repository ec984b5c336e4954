"""Takes what a message told besides what was asked, and says so in one line."""

from __future__ import annotations

from collections.abc import Sequence

from backend.contract.message import Message, Words
from dialogs.engine.turn import Turn, record
from dialogs.fields.outcome import listed
from dialogs.understanding import Fact


def take_facts(turn: Turn, facts: Sequence[Fact]) -> Turn:
    """Keep them as answers. What is not asked for yet is kept too, and told once it matters: in the summary."""
    for fact in facts:
        question = turn.scenario.by_id[fact.field]
        answer = turn.form.answers.get(fact.field)
        if answer is None or answer.value != fact.value:
            turn = record(turn, question, fact.value, fact.shown)
    told = [fact for fact in facts if fact.field in turn.relevance()]
    if not told:
        return turn
    lines: list[Words] = []
    for fact in told:
        label = turn.scenario.by_id[fact.field].spec.localized_label
        lines.append(Message("engine.told_one", {"label": label, "answer": fact.shown}))
    last = turn.scenario.by_id[told[-1].field].spec.localized_label
    return turn.say("engine.told", facts=listed(tuple(lines)), label=last)
