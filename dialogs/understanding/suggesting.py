"""Weighs what an answer was read as against what was learnt from answers: both together take, ask back or leave it."""

from __future__ import annotations

import re
from abc import ABCMeta
from collections.abc import Mapping

from backend.contract.message import Message
from dialogs.fields import Boolean, Choice, Declined, Doubtful, MultiChoice, NotUnderstood, Outcome, Understood, Value
from dialogs.fields.clauses import Clause, clauses, denied_twice, denies_by_asking
from dialogs.fields.outcome import doubted, listed, problem
from dialogs.fields.typed import fold
from dialogs.finder.options import Leaning, OptionFinder
from dialogs.templates.scenario import Question

# Chosen on 4,700 answers of many people, each judged by what was learnt from the others.
_CLEAR = {Choice: 0.6, MultiChoice: 0.5, Boolean: 0.5}
"""How sure what was learnt has to be to be taken: of what is taken then 95 in a hundred are right."""
_LIKELY = 0.3
"""... and to be asked back."""
_AGREES = {Choice: 0.4, MultiChoice: 0.1, Boolean: 0.6}
"""How much surer a reading makes it that says the same."""
_SEVERAL = 0.4
"""The same where several options were read: what was learnt knows answers of one best."""
_EVADES = 0.5
"""How much less sure it is for each step that the text sounds like no answer..."""
_FIRM = 0.5
"""... from that far below the border."""
_SURELY_NONE = 0.3
"""From here on a text is no answer whatever was read in it."""
_PARTS = re.compile(r"[,，.。;；!！、\n ]+|(?:还有|另外|外加|再加)")
_PLAIN = 3
"""Characters of a yes or no that needs no weighing."""
_UNREAD = frozenset({"field.choice.not_understood", "field.choice.ambiguous", "field.boolean.not_understood"}) | {
    "field.multi_choice.not_understood",
    "field.multi_choice.part",
}
"""What is said where nothing was read, and not something that cannot be."""


def is_undecided(question: Question, text: str, outcome: Outcome) -> bool:
    """Whether what was learnt has a say: a name or a number decides alone."""
    parser = question.parser
    if isinstance(outcome, NotUnderstood):
        return outcome.problem.key in _UNREAD
    if isinstance(parser, Boolean):
        return len(fold(text)) > _PLAIN
    return isinstance(parser, Choice | MultiChoice) and not parser.says_only_that(text)


def suggest(question: Question, text: str, outcome: Outcome, options: OptionFinder) -> Outcome:
    """The outcome, or what both make of it. Blocks for some 20 ms."""
    if not is_undecided(question, text, outcome) or (leaning := options.find(question, text)) is None:
        return outcome
    if isinstance(outcome, Understood):
        if (more := _with_more(question, text, outcome.value, options)) is not None:
            return more
        return outcome if _holds(question, text, outcome.value, leaning) else doubted(outcome)
    if isinstance(outcome, NotUnderstood):
        return _learnt(question, text, leaning) or outcome
    if isinstance(outcome, Declined) and leaning.evasion.declines < -_FIRM:
        return problem(f"field.{question.type}.not_understood", count=len(leaning.margins))
    return outcome


def _holds(question: Question, text: str, value: Value, leaning: Leaning) -> bool:
    """Whether a reading can be taken: what was learnt says the same, or does not say otherwise clearly."""
    if leaning.evasion.any > _SURELY_NONE:
        return False
    read = _names(value)
    others = [margin for one, margin in leaning.margins.items() if one not in read]
    # Who turns a denial round, and who names all or none, says it by structure, which is no matter of words.
    if not read or not others or any(map(_turns_round, clauses(text))):
        return True
    lead = min(leaning.margins[one] for one in read) - max(others)
    surer = _SEVERAL if len(read) > 1 else _of(_AGREES, question)
    return _sureness(lead + surer, leaning) >= _of(_CLEAR, question)


def _with_more(question: Question, text: str, value: Value, options: OptionFinder) -> Doubtful | None:
    """The options that were read with those that other parts of the answer sound like, to be asked back: who has
    合同、送货单、票 did not name two.
    """
    parser, read = question.parser, set(_names(value))
    if not isinstance(parser, MultiChoice):
        return None
    named = read | _sounds_like(question, text, options)
    meant = [one for one in parser.options if one.id in named and not parser.denies(one, text)]
    if len(meant) <= len(read):
        return None
    return Doubtful([one.id for one in meant], listed(tuple(one.shown for one in meant)))


def _sounds_like(question: Question, text: str, options: OptionFinder) -> set[str]:
    """The options that single parts of a list sound like."""
    parts = [part for part in _PARTS.split(text) if len(fold(part)) > 1]
    leanings = [options.find(question, part) for part in parts] if len(parts) > 1 else []
    return {one.best for one in leanings if one is not None and _is_clear(one)}


def _is_clear(leaning: Leaning) -> bool:
    return _sureness(leaning.lead, leaning) >= _CLEAR[MultiChoice] and leaning.margins[leaning.best] > 0


def _turns_round(clause: Clause) -> bool:
    return denied_twice(clause.text) or denies_by_asking(clause.text)


def _learnt(question: Question, text: str, leaning: Leaning) -> Outcome | None:
    """What was learnt alone makes of it."""
    if leaning.evasion.declines > 0:
        return Declined(Message("field.unsure"))
    if all(clause.asks for clause in clauses(text)):
        return None
    sure = _sureness(leaning.lead, leaning)
    if sure < _LIKELY:
        return None
    found = _outcome(question, text, leaning.best)
    if found is None or sure >= _of(_CLEAR, question):
        return found
    return doubted(found)


def _sureness(lead: float, leaning: Leaning) -> float:
    return lead - _EVADES * max(0.0, leaning.evasion.any + _FIRM)


def _outcome(question: Question, text: str, best: str) -> Understood | None:
    parser = question.parser
    if isinstance(parser, Choice | MultiChoice):
        option = next(one for one in parser.options if one.id == best)
        if parser.denies(option, text):
            return None
        value: Value = [best] if isinstance(parser, MultiChoice) else best
        return Understood(value, option.shown)
    return Understood(best == "yes", Message(f"field.boolean.{best}"))


def _of(each: Mapping[ABCMeta, float], question: Question) -> float:
    return each[type(question.parser)]


def _names(value: Value) -> tuple[str, ...]:
    """The ids that a value names, or yes and no."""
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
