"""Typed (or recognised) words: commands, corrections, and answers."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from backend.contract.message import Message, Words
from dialogs.engine.commanding import obey
from dialogs.engine.commands import FormCommand, tag_of
from dialogs.engine.proposing import ask_or_miss
from dialogs.engine.recalling import propose_place, recall
from dialogs.engine.telling import take_facts
from dialogs.engine.turn import (
    Step,
    Turn,
    ask_back,
    ask_whether_wished,
    decline_human,
    defer,
    go_on,
    keep_words,
    miss,
    record,
    skip,
)
from dialogs.fields import Boolean, Choice, Declined, Doubtful, MultiChoice, NotUnderstood, Outcome, Understood
from dialogs.fields.chatter import says_it_was_said
from dialogs.fields.outcome import doubted
from dialogs.fields.text import cleaned
from dialogs.fields.typed import fold
from dialogs.form import Pending, Phase
from dialogs.outputs import Button
from dialogs.relevance import was_asked
from dialogs.templates.parsers import district_nodes, district_title, find_district
from dialogs.templates.scenario import Question
from dialogs.templates.template import Option
from dialogs.understanding import Fact, Intent, Reading, Wish, answers_alone, read, read_answer

_OPEN = ("text", "address")
"""Types of questions that take nearly every word for an answer."""
_COMMANDS = frozenset(
    {
        Wish.HELP,
        Wish.REPEAT,
        Wish.BACK,
        Wish.SKIP,
        Wish.KEEP,
        Wish.DONE,
        Wish.CONFIRM,
        Wish.CANCEL,
        Wish.RESTART,
        Wish.HUMAN,
    }
)
"""What `commanding` carries out under the same name."""
_CLOSED = ("boolean", "choice", "multi_choice", "date", "district", "number", "money")
"""Types of questions whose answer holds only what was asked."""
_PARTS = (re.compile(r"[,，.。;；!！\n]+"), re.compile(r"[,，.。;；!！、\s]+"))
"""What stands between the parts of an answer, and between those of one that may name several options."""
_DEFINITE = ("district", "phone", "uscc")
"""Types of questions whose answers are nothing else: 城东区 is no account number."""
_MOST_NAMED = 6
"""Answers of which one is asked for to be corrected, the latest."""
_SHORTEST_PART = 4
"""Characters of a part that says something of its own: 谢谢 does not."""
_SHORTEST_CUT = 6
"""Characters left out of a text that tell something: more than 你好 and 就行."""
_LONGEST_TEXT = 20_000
"""Characters; more than any messenger delivers in one message."""


def typed(turn: Turn, text: str) -> Step:
    """What a person typed, at whatever point."""
    text = text[:_LONGEST_TEXT]
    reading = turn.reading or read(text, turn.context())
    turn = replace(turn, reading=reading)
    if turn.form.pending is not Pending.NONE:
        if (answer := _side_answer(turn, text, reading)) is not None:
            return obey(turn, FormCommand("yes" if answer else "no", "", str(turn.form.pending)))
        turn = drop_pending(turn)
    question = turn.current()
    if question is None and turn.setup.phrases.agrees(text):
        return obey(turn, FormCommand("confirm", ""))
    if (wished := _wished(turn, reading.intent, question, text)) is not None:
        return wished
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
    if question.id == turn.scenario.template.story and turn.says_nothing(text):
        return miss(turn, Message("engine.says_nothing"))
    if (elsewhere := _answered_elsewhere(turn, question, text)) is not None:
        return elsewhere
    outcome = _insisted(turn, question, text) or _read(turn, question, text)
    if isinstance(outcome, Declined | NotUnderstood):
        return _without_answer(turn, question, text, outcome)
    if _says_more(turn, question, text) or _was_cut(question, text, outcome):
        turn = keep_words(turn, _without_guarded(turn, text), question)
    shown = shown_of(question, outcome)
    if isinstance(outcome, Doubtful) and not _meant_before(turn, outcome):
        return ask_back(take_facts(turn, _told(turn)), question, outcome.value, shown)
    taken = take_facts(record(turn, question, outcome.value, shown, typed=text), _told(turn))
    return go_on(propose_place(taken, text) if question.type == "district" else taken)


def _answered_elsewhere(turn: Turn, question: Question, text: str) -> Step | None:
    """What becomes of words that say the answer was told before, or that answer only other questions."""
    if says_it_was_said(text) and (recalled := recall(turn, question)) is not None:
        return ask_back(turn, question, recalled.value, shown_of(question, recalled))
    if question.type == "text" and _is_all_told(turn, text, _DEFINITE):
        return go_on(take_facts(turn, _told(turn)))
    return None


def _without_answer(turn: Turn, question: Question, text: str, outcome: Declined | NotUnderstood) -> Step:
    """What else was told counts; who cannot answer is asked once more at most."""
    kept = turn if _is_all_told(turn, text) else keep_words(turn, _without_guarded(turn, text), question)
    if isinstance(outcome, Declined) and (not question.spec.required or turn.form.misses.no_match):
        return _leave_to_a_person(take_facts(kept, _told(turn)), question)
    return go_on(take_facts(kept, _told(turn))) if _told(turn) else ask_or_miss(kept, question, outcome.problem)


def _told(turn: Turn) -> tuple[Fact, ...]:
    """What the message told besides what was asked."""
    return turn.reading.facts if turn.reading is not None else ()


def _is_all_told(turn: Turn, text: str, types: Collection[str] = ()) -> bool:
    """Whether the message is nothing but what it tells of other questions; of these `types`, if any are given."""
    facts = [fact for fact in _told(turn) if not types or turn.scenario.by_id[fact.field].type in types]
    rest = text
    for fact in facts:
        rest = rest.replace(fact.words, "")
    return bool(facts) and not fold(rest)


def _without_guarded(turn: Turn, text: str) -> str:
    """The words without what was taken from them to a guarded place, such as a telephone."""
    for fact in _told(turn):
        if turn.scenario.by_id[fact.field].spec.prefill:
            text = text.replace(fact.words, "")
    return text


def _read(turn: Turn, question: Question, text: str) -> Outcome:
    """The answer as it was read before, with the models, or as it is read here.

    What a model alone supposes is not asked back twice running: a second time would count as a yes.
    """
    reading, by_rules = turn.reading, read_answer(question, text, turn.now)
    if reading is None or reading.answer is None or reading.question != question.id:
        return by_rules
    supposed = isinstance(by_rules, NotUnderstood) and isinstance(reading.answer, Doubtful)
    if reading.said.given != cleaned(text) or (supposed and _meant_before(turn, reading.answer)):
        return by_rules
    return reading.answer


def _insisted(turn: Turn, question: Question, text: str) -> Outcome | None:
    """Words that sound like no answer are asked for once more, the next ones asked back: nobody is refused twice."""
    if question.type not in _OPEN or not turn.form.misses.no_match or says_it_was_said(text):
        return None
    outcome = _read(turn, question, text)
    refused = isinstance(outcome, NotUnderstood) and outcome.problem.key == "field.not_an_answer"
    parsed = question.parser.parse(text, turn.now) if refused else outcome
    return doubted(parsed) if refused and isinstance(parsed, Understood) else None


def _meant_before(turn: Turn, outcome: Outcome) -> bool:
    """Whether the same was asked back just now: who says it again means it."""
    meant = turn.form.meant
    return meant is not None and isinstance(outcome, Doubtful) and meant.value == outcome.value


def _says_more(turn: Turn, question: Question, text: str) -> bool:
    """Whether a part of the message is no part of the answer that was read from it: 有，电线掉下来了."""
    if question.type not in _CLOSED or _names_an_option(question, text):
        return False
    parts = [part for part in _PARTS[question.type == "multi_choice"].split(text) if fold(part)]
    described = isinstance(question.parser, Boolean | Choice | MultiChoice)
    return (len(parts) > 1 or described) and any(
        len(fold(part)) >= _SHORTEST_PART and not answers_alone(question, part, turn.now) for part in parts
    )


def _was_cut(question: Question, text: str, outcome: Understood | Doubtful) -> bool:
    """Whether a text was taken without what else the message tells: 停了一上午了，和平路88号，快派人来."""
    if question.type not in _OPEN:
        return False
    taken = outcome.value["text"] if isinstance(outcome.value, dict) else outcome.value
    return len(fold(text)) - len(fold(str(taken))) >= _SHORTEST_CUT


def _leave_to_a_person(turn: Turn, question: Question) -> Step:
    """A colleague asks them later, and what need not be said is left out; what was chosen so far stands."""
    if question.type == "district" and turn.form.partial:
        path = find_district(district_nodes(question.parser), str(turn.form.partial[0]))
        return go_on(record(turn, question, path[-1].id, district_title(path)))
    if question.type == "multi_choice" and turn.form.partial:
        return obey(turn, FormCommand("done", "", question.id))
    return defer(turn, question, "seat") if question.spec.required else skip(turn, question)


def shown_of(question: Question, outcome: Understood | Doubtful) -> Words:
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


def _side_answer(turn: Turn, text: str, reading: Reading) -> bool | None:
    """Yes or no to what was asked about the talk itself; saying again what is asked about is a yes."""
    phrases, pending = turn.setup.phrases, turn.form.pending
    answer = phrases.says_heard_right(text) if pending is Pending.MEANT else phrases.answer(text)
    asked = turn.form.wished if pending is Pending.WISH else str(pending)
    again = reading.intent is not None and reading.intent.wish == asked
    return True if answer is None and (again or phrases.agrees(text)) else answer


def _wished(turn: Turn, intent: Intent | None, question: Question | None, text: str) -> Step | None:
    """What is done about a wish; None where there is none, or the form has nothing of the kind."""
    if intent is None:
        return None
    if intent == Intent(Wish.CORRECT) and (found := _to_correct(turn, text, question)):
        return _correct(turn, found)
    return _perhaps_wished(turn, intent, question, text) or _carry_out(turn, intent, question)


def _perhaps_wished(turn: Turn, intent: Intent, question: Question | None, text: str) -> Step | None:
    """Ask what decides, where words are as well an answer as a wish."""
    if intent.sure or question is None:
        return None
    outcome = _read(turn, question, text)
    if not isinstance(outcome, Understood):
        return None
    return ask_whether_wished(turn, question, str(intent.wish), outcome.value, shown_of(question, outcome))


def _carry_out(turn: Turn, intent: Intent, question: Question | None) -> Step | None:
    """Do what is wanted; None where the form has nothing of the kind."""
    if intent.wish is Wish.UNSURE and question is not None:
        return _leave_to_a_person(turn, question)
    if intent.wish is Wish.LANGUAGE:
        return obey(turn, FormCommand("lang", "", value=intent.language))
    if intent.wish is Wish.CORRECT:
        return _carry_out_correction(turn, intent)
    if intent.wish is Wish.BACK and intent.field:
        return obey(turn, FormCommand("fix", "", intent.field))
    if intent.wish not in _COMMANDS:
        return None
    return obey(turn, FormCommand(str(intent.wish), "", question.id if question is not None else ""))


def _carry_out_correction(turn: Turn, intent: Intent) -> Step:
    """Take what is right where it was said and can be read; else ask for it, or which answer is meant."""
    by_id = turn.scenario.by_id
    if intent.more:
        return _record_corrections(turn, intent)
    if intent.value:
        return _record_correction(turn, by_id[intent.field], intent.value)
    if intent.fields:
        return _correct(turn, [by_id[field] for field in intent.fields])
    said = "" if turn.reading is None else fold(turn.reading.said.given)
    if named := _named(turn, said, turn.current()):
        return _correct(turn, named)
    asked = [one for one in turn.relevance().questions if was_asked(turn.form, one.id) and one != turn.current()]
    if not asked or turn.current() is None:
        return go_on(turn.say("engine.summary_change"))
    return _correct(turn, asked[-_MOST_NAMED:])


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
    return _record_correction(turn, open_ones[0], value)


def _record_correction(turn: Turn, named: Question, value: str) -> Step:
    outcome = named.parser.parse(value, turn.now)
    if not isinstance(outcome, Understood):
        return go_on(turn.change(reopened=named.id), outcome.problem)
    shown = shown_of(named, outcome)
    label = named.spec.localized_label
    return go_on(record(turn, named, outcome.value, shown).say("engine.noted", label=label, answer=shown))


def _record_corrections(turn: Turn, intent: Intent) -> Step:
    """Take each that can be read; the first that cannot is asked for."""
    unread = None
    for field, value in ((intent.field, intent.value), *intent.more):
        question = turn.scenario.by_id[field]
        outcome = question.parser.parse(value, turn.now)
        if isinstance(outcome, Understood):
            shown = shown_of(question, outcome)
            turn = record(turn, question, outcome.value, shown)
            turn = turn.say("engine.noted", label=question.spec.localized_label, answer=shown)
        else:
            unread = unread or (field, outcome.problem)
    return go_on(turn) if unread is None else go_on(turn.change(reopened=unread[0]), unread[1])


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
    if turn.setup.phrases.answer(text) is False:
        return go_on(turn.say("engine.summary_change"))
    kept = turn if _is_all_told(turn, text) else keep_words(turn, _without_guarded(turn, text))
    return go_on(take_facts(kept, _told(turn))) if _told(turn) else miss(kept, Message("engine.summary_hint"))
