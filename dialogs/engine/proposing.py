"""Asks about what a language model proposes: nothing of it counts before the person has said yes or pressed."""

from __future__ import annotations

from collections.abc import Sequence

from backend.contract.message import Message, Words
from dialogs.engine.commands import FormCommand, tag_of
from dialogs.engine.turn import Step, Turn, ask_back, miss
from dialogs.form import Answer, Form
from dialogs.outputs import Button
from dialogs.templates.scenario import Question, Scenario
from dialogs.understanding import Fact, Wish


def ask_or_miss(turn: Turn, question: Question, problem: Words) -> Step:
    """Ask back what was proposed as the answer; without that, ask again, with what else was proposed as a button."""
    proposal = None if turn.reading is None else turn.reading.proposal
    if proposal is None:
        return miss(turn, problem)
    turn = turn.change(proposed=with_proposed(turn.form, turn.scenario, proposal.facts).proposed)
    if proposal.answer is not None:
        return ask_back(turn, question, proposal.answer.value, proposal.answer.shown)
    return miss(turn if proposal.wish is None else _offer(turn, proposal.wish), problem)


def with_proposed(form: Form, scenario: Scenario, facts: Sequence[Fact]) -> Form:
    """The form with values that are asked about when their questions come."""
    found = {}
    for fact in facts:
        question = scenario.by_id[fact.field]
        found[fact.field] = Answer(question.type, fact.value, fact.shown, question.spec.localized_label)
    return form.replace(proposed={**form.proposed, **found})


def _offer(turn: Turn, wish: Wish) -> Turn:
    choice = Button(Message(f"engine.control.{wish}"), FormCommand(str(wish), tag_of(turn.form.draft)).encoded())
    return turn.say("engine.perhaps", ((choice,),))
