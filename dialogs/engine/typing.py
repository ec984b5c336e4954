"""Typed (or recognised) words: commands, corrections, and answers."""

from __future__ import annotations

import re

from backend.contract.message import Message, Words
from dialogs.engine.commanding import obey
from dialogs.engine.commands import FormCommand, tag_of
from dialogs.engine.turn import Step, Turn, decline_human, defer, go_on, keep_words, miss, record, skip
from dialogs.fields import Understood
from dialogs.fields.typed import fold
from dialogs.form import Pending, Phase
from dialogs.outputs import Button
from dialogs.templates.parsers import district_nodes, district_title, find_district
from dialogs.templates.scenario import Question
from dialogs.templates.template import Option

_OPEN = ("text", "address")
"""Types of questions that take nearly every word for an answer."""
_CLOSED = ("boolean", "choice", "multi_choice", "date", "district", "number", "money")
"""Types of questions whose answer holds only what was asked."""
_PARTS = (re.compile(r"[,，.。;；!！\n]+"), re.compile(r"[,，.。;；!！、\s]+"))
"""What stands between the parts of an answer, and between those of one that may name several options."""
_SHORTEST_PART = 4
"""Characters of a part that says something of its own: 谢谢 does not."""
_LONGEST_TEXT = 20_000
"""Characters; more than any messenger delivers in one message."""


def typed(turn: Turn, text: str) -> Step:
    """What a person typed, at whatever point."""
    text = text[:_LONGEST_TEXT]
    verb = turn.setup.phrases.command(text)
    if turn.form.pending is not Pending.NONE:
        answer = turn.setup.phrases.answer(text)
        if answer is False:
            return obey(turn, FormCommand("no", "", str(turn.form.pending)))
        if verb == turn.form.pending or answer is True:
            return obey(turn, FormCommand("yes", "", str(turn.form.pending)))
        turn = drop_pending(turn)
    question = turn.current()
    if question is not None and _is_unsure(turn, question, text):
        return _leave_to_a_person(turn, question)
    if verb and _means_command(verb, question, turn):
        return obey(turn, _command(verb, question))
    if question is not None and _names_an_option(question, text):
        return answer_typed(turn, question, text)
    if found := _to_correct(turn, text, question):
        return _correct(turn, found)
    if corrected := _corrected(turn, text, question):
        return corrected
    if question is None:
        return _at_summary(turn, text)
    return answer_typed(turn, question, text)


def edited(turn: Turn, text: str) -> Step:
    """A message that was changed afterwards: the answer it gave, if that still stands, is taken from it anew."""
    question = turn.scenario.by_id.get(_answered_by_message(turn))
    if question is None:
        return go_on(turn.say("engine.edit_how"))
    if question.id not in turn.form.answers and question == turn.current():
        return typed(turn, text)
    label = question.spec.localized_label
    outcome = question.parser.parse(text, turn.now)
    if question.id not in turn.relevance() or not isinstance(outcome, Understood):
        fix = Button(Message("engine.correct_it", {"label": label}), _fix(turn, question.id))
        return go_on(turn.say("engine.edit_not_taken", ((fix,),), label=label))
    shown = shown_of(question, outcome)
    return go_on(record(turn, question, outcome.value, shown).say("engine.edited", label=label, answer=shown))


def _answered_by_message(turn: Turn) -> str:
    """The field whose answer this message gave: not one that was answered otherwise since."""
    if not turn.message:
        return turn.form.last_text
    return next((field for field, message in turn.form.messages.items() if message == turn.message), "")


def answer_typed(turn: Turn, question: Question, text: str) -> Step:
    """Read `text` as the answer to `question`."""
    turn = turn.change(last_text=question.id, messages={**turn.form.messages, question.id: turn.message})
    optional = not question.spec.required and question.type not in ("boolean", "choice", "multi_choice")
    if optional and fold(text) in turn.setup.phrases.nothing:
        return skip(turn, question)
    outcome = question.parser.parse(text, turn.now)
    if not isinstance(outcome, Understood):
        return miss(keep_words(turn, text, question), outcome.problem)
    if _says_more(turn, question, text):
        turn = keep_words(turn, text, question)
    return go_on(record(turn, question, outcome.value, shown_of(question, outcome), typed=text))


def _says_more(turn: Turn, question: Question, text: str) -> bool:
    """Whether a part of the message is no part of the answer that was read from it: 有，电线掉下来了."""
    if question.type not in _CLOSED or _names_an_option(question, text):
        return False
    parts = [part for part in _PARTS[question.type == "multi_choice"].split(text) if fold(part)]
    return len(parts) > 1 and any(
        len(fold(part)) >= _SHORTEST_PART and not isinstance(question.parser.parse(part, turn.now), Understood)
        for part in parts
    )


def _is_unsure(turn: Turn, question: Question, text: str) -> bool:
    """Whether somebody says that they cannot answer, and it is no answer here. Without a story there is no matter."""
    if question.id == turn.scenario.template.story or not turn.setup.phrases.is_unsure(text):
        return False
    return question.type in _OPEN or not isinstance(question.parser.parse(text, turn.now), Understood)


def _leave_to_a_person(turn: Turn, question: Question) -> Step:
    """A colleague asks them later, and what need not be said is left out; what was chosen so far stands."""
    if question.type == "district" and turn.form.partial:
        path = find_district(district_nodes(question.parser), str(turn.form.partial[0]))
        return go_on(record(turn, question, path[-1].id, district_title(path)))
    if question.type == "multi_choice" and turn.form.partial:
        return obey(turn, FormCommand("done", "", question.id))
    return defer(turn, question, "seat") if question.spec.required else skip(turn, question)


def shown_of(question: Question, outcome: Understood) -> Words:
    """How an answer is read back: districts also have names in other languages."""
    if question.type == "district":
        path = find_district(district_nodes(question.parser), str(outcome.value))
        return district_title(path) if path else outcome.shown
    return outcome.shown


def drop_pending(turn: Turn) -> Turn:
    """The person says something else instead of yes or no: that counts as "go on"."""
    if turn.form.pending is Pending.HUMAN:
        return decline_human(turn)
    return turn.change(pending=Pending.NONE)


def _means_command(verb: str, question: Question | None, turn: Turn) -> bool:
    """Some phrases are commands only where they make sense: 好了 may also be an answer."""
    match verb:
        case "hello":
            return False
        case "done":
            return question is not None and question.type in ("multi_choice", "attachment")
        case "keep":
            return bool(turn.form.reopened)
        case "skip":
            return question is not None
        case "confirm":
            return question is None
    return True


def _command(verb: str, question: Question | None) -> FormCommand:
    if verb.startswith("language_"):
        return FormCommand("lang", "", value={"language_zh": "zh_CN", "language_en": "en"}[verb])
    return FormCommand(verb, "", question.id if question is not None else "")


def _names_an_option(question: Question, text: str) -> bool:
    """An option may begin like a correction: 改合同."""
    said = fold(text)
    return any(said in {fold(phrase) for phrase in _phrases(option)} for option in question.options)


def _phrases(option: Option) -> tuple[str, ...]:
    return option.label.zh, option.label.en, *option.synonyms.all


def _to_correct(turn: Turn, text: str, question: Question | None) -> list[Question]:
    """The questions that "改电话" or, at the summary, "电话" may mean."""
    return _named(turn, turn.setup.phrases.to_correct(text) or (fold(text) if question is None else ""), question)


def _named(turn: Turn, name: str, question: Question | None) -> list[Question]:
    """The questions that a folded `name` may mean, of those that came already or can come now."""
    if not name:
        return []
    form = turn.form
    dealt_with = {*form.answers, *form.skipped, *form.deferred, *form.settled}
    reached = [one for one in turn.relevance().questions if one.id in dealt_with or _can_be_asked_now(one, question)]
    exact = [one for one in reached if name in _names(one)]
    if exact or len(name) < 2:
        return exact
    return [one for one in reached if any(name in known for known in _names(one))]


def _corrected(turn: Turn, text: str, question: Question | None) -> Step | None:
    """What "改电话 139…" or "电话改成139…" comes to; where a text is asked for, only what reads as definite as that."""
    name, value = turn.setup.phrases.corrected_to(text)
    found = _named(turn, name, question)
    if question is not None and question.type == "text":
        found = [one for one in found if one.type not in (*_OPEN, "name") and _understood(turn, one, value)]
    open_ones = [one for one in found if one.id not in turn.form.settled]
    if len(open_ones) != 1:
        return _correct(turn, found) if found else None
    [named] = open_ones
    outcome = named.parser.parse(value, turn.now)
    if not isinstance(outcome, Understood):
        return go_on(turn.change(reopened=named.id), outcome.problem)
    shown = shown_of(named, outcome)
    label = named.spec.localized_label
    return go_on(record(turn, named, outcome.value, shown).say("engine.noted", label=label, answer=shown))


def _understood(turn: Turn, question: Question, value: str) -> bool:
    return isinstance(question.parser.parse(value, turn.now), Understood)


def _can_be_asked_now(named: Question, question: Question | None) -> bool:
    """Whether a question that has not come yet may be meant: a text asked for may have such words for its answer."""
    return question is not None and (named == question or question.type != "text")


def _names(question: Question) -> tuple[str, ...]:
    return fold(question.spec.label.zh), fold(question.spec.label.en), fold(question.id.replace("_", " "))


def _correct(turn: Turn, found: list[Question]) -> Step:
    named, found = found[0], [one for one in found if one.id not in turn.form.settled]
    if not found:
        return go_on(turn.say("engine.settled", label=named.spec.localized_label))
    if len(found) == 1:
        return obey(turn, FormCommand("fix", "", found[0].id))
    choices = tuple((Button(one.spec.localized_label, _fix(turn, one.id)),) for one in found)
    return go_on(turn.say("engine.which_answer", choices))


def _fix(turn: Turn, field: str) -> str:
    return FormCommand("fix", tag_of(turn.form.draft), field).encoded()


def _at_summary(turn: Turn, text: str) -> Step:
    assert turn.form.phase is not Phase.SUBMITTING
    answer = turn.setup.phrases.answer(text)
    if answer is True:
        return obey(turn, FormCommand("confirm", ""))
    if answer is False:
        return go_on(turn.say("engine.summary_change"))
    return miss(keep_words(turn, text), Message("engine.summary_hint"))
