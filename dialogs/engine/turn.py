"""One turn of a conversation: the form as it changes, and what has been said on the way."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.contract.message import Message, Words
from dialogs.engine.asking import ask, side_question, summarise
from dialogs.engine.filing import Render, ticket
from dialogs.fields import EnterpriseName, Name
from dialogs.fields.chatter import wants_secrecy
from dialogs.fields.outcome import Understood, listed
from dialogs.fields.text import cleaned
from dialogs.form import Answer, Deferral, Form, Misses, Pending, Phase
from dialogs.outputs import HandOver, Output, Rows, Say, Submit
from dialogs.phrases import Phrases
from dialogs.relevance import Relevance, next_question, relevance
from dialogs.templates.scenario import Question, Scenario
from dialogs.understanding import Context, Reading, Wish, answers_alone, is_nonsense

_LONGEST_WORDS = 1000
"""Characters kept of one message that answers no question."""


@dataclass(frozen=True)
class MistakeLimits:
    """How many mistakes at one question until a human is offered."""

    no_match: int = 3
    no_input: int = 3
    together: int = 4
    offers: int = 2
    """How often a human is offered. After that whoever is only silent (voice) is handed over without asking; whoever
    says things that are no answer is asked again with a button for a human, for a matter is filed by a yes alone."""


@dataclass(frozen=True)
class Step:
    """What a conversation comes to after an event: the form, or None when it is over, and what to show."""

    form: Form | None
    outputs: tuple[Output, ...]


@dataclass(frozen=True)
class Setup:
    """What all conversations share."""

    render: Render
    limits: MistakeLimits
    phrases: Phrases


@dataclass(frozen=True)
class Turn:
    scenario: Scenario
    form: Form
    now: datetime
    """In the city's own time zone."""
    setup: Setup
    message: str = ""
    """The message this turn answers, as `Text.message`."""
    reading: Reading | None = None
    """Of what was typed; None where nobody read it before."""
    said: tuple[Output, ...] = ()

    def change(self, **changes: Any) -> Turn:
        return dataclasses.replace(self, form=self.form.replace(**changes))

    def say(self, key: str, choices: Rows = (), **args: Words | int) -> Turn:
        return dataclasses.replace(self, said=(*self.said, Say(Message(key, args), choices)))

    def tell(self, words: Words) -> Turn:
        return dataclasses.replace(self, said=(*self.said, Say(words)))

    def relevance(self) -> Relevance:
        return relevance(self.scenario, self.form)

    def current(self) -> Question | None:
        """The question being asked; None while the summary is shown."""
        return next_question(self.scenario, self.form)

    def context(self) -> Context:
        """Where what is said now is said."""
        return Context(self.now, scenario=self.scenario, form=self.form, question=self.current())

    def says_nothing(self, text: str) -> bool:
        """Whether it is nonsense, or an insult: neither is part of a matter. A seat who fills in what somebody else
        left open is not judged.
        """
        if self.form.settled:
            return False
        intent = None if self.reading is None else self.reading.intent
        return is_nonsense(text) or (intent is not None and intent.wish is Wish.INSULT)

    def render(self, words: Words) -> str:
        return self.setup.render(words, self.form.language)


def go_on(turn: Turn, problem: Words | None = None) -> Step:
    """Ask what is to be asked now, or show the summary."""
    if turn.form.phase is Phase.SUBMITTING:
        return submit(turn)
    question = turn.current()
    if question is None:
        changed = turn.form.phase is not Phase.CONFIRMING
        turn = _at(turn, "", Phase.CONFIRMING) if changed else turn
        said = turn.tell(problem).said if problem is not None else turn.said
        return Step(turn.form, (*said, summarise(turn.scenario, turn.form)))
    if question.id != turn.form.current or turn.form.phase is not Phase.ASKING:
        turn = _at(turn, question.id, Phase.ASKING)
        if question.type in ("multi_choice", "attachment") and question.id in turn.form.answers:
            turn = turn.change(partial=tuple(turn.form.answers[question.id].value))
        if question.id in turn.form.proposed and question.id not in turn.form.answers:
            return _ask_about(turn, question)
    return Step(turn.form, (*turn.said, ask(turn.scenario, turn.form, question, turn.now, problem)))


def _ask_about(turn: Turn, question: Question) -> Step:
    """Ask whether what was proposed for a question is its answer, instead of asking the question."""
    rest = dict(turn.form.proposed)
    proposed = rest.pop(question.id)
    turn = turn.change(proposed=rest).say("engine.proposed", label=question.spec.localized_label)
    return ask_back(turn, question, proposed.value, proposed.shown)


def side(turn: Turn, pending: Pending) -> Step:
    """Ask something about the conversation itself; the present question waits."""
    turn = turn.change(pending=pending)
    key = f"engine.{pending}_sure" if pending is not Pending.HUMAN else "engine.offer_human"
    meant = turn.form.meant if pending is Pending.MEANT else None
    args: dict[str, Words | int] = {} if meant is None else {"answer": meant.shown}
    if pending is Pending.WISH:
        args = {"wish": Message(f"engine.control.{turn.form.wished}")}
    yes, no = Message(f"engine.{pending}_yes"), Message(f"engine.{pending}_no")
    return Step(turn.form, (*turn.said, side_question(turn.form, Message(key, args), str(pending), yes, no)))


def ask_back(turn: Turn, question: Question, value: Any, shown: Words) -> Step:
    """Ask whether this is what was meant: a yes takes it, a no asks again, any other answer takes its place."""
    meant = Answer(question.type, value, shown, question.spec.localized_label)
    return side(turn.change(meant=meant), Pending.MEANT)


def ask_whether_wished(turn: Turn, question: Question, wished: str, value: Any, shown: Words) -> Step:
    """Ask whether words that answer the question were meant as a command: a no takes them as the answer."""
    meant = Answer(question.type, value, shown, question.spec.localized_label)
    return side(turn.change(meant=meant, wished=wished), Pending.WISH)


def record(turn: Turn, question: Question, value: Any, shown: Words, typed: str = "") -> Turn:
    """Keep an answer, say what was understood, and tell what it changes."""
    before = {one.id for one in turn.relevance().questions}
    form = turn.form
    answer = Answer(question.type, value, shown, question.spec.localized_label)
    turn = turn.change(
        answers={**form.answers, question.id: answer},
        messages={field: one for field, one in form.messages.items() if field != question.id or one == turn.message},
        **form.done_with(question.id),
        **_leave(form, question.id),
    )
    read_as_meant = question.type != "text" or isinstance(question.parser, Name | EnterpriseName)
    if typed and read_as_meant and turn.render(shown).casefold() != typed.strip().casefold():
        turn = turn.say("engine.noted", label=question.spec.localized_label, answer=shown)
    values = turn.relevance().values
    for condition, words in question.notes:
        if condition.holds(values):
            turn = turn.tell(words)
    return _tell_set_aside(turn, before)


def skip(turn: Turn, question: Question) -> Step:
    """Leave an optional question without an answer; files already sent for it stay."""
    if question.type == "attachment" and turn.form.partial:
        return _done_with_files(turn, question)
    if question.spec.required:
        return miss(turn, Message("engine.cannot_skip"))
    before = {one.id for one in turn.relevance().questions}
    removed = question.id in turn.form.answers
    turn = _unanswered(turn, question)
    turn = turn.change(skipped=(*turn.form.skipped, question.id))
    if removed:
        turn = turn.say("engine.removed", label=question.spec.localized_label)
    return go_on(_tell_set_aside(turn, before))


def defer(turn: Turn, question: Question, to: Deferral) -> Step:
    """Put a question off, required or not; files already sent for it stay."""
    if question.type == "attachment" and turn.form.partial:
        return _done_with_files(turn, question)
    before = {one.id for one in turn.relevance().questions}
    turn = _unanswered(turn, question)
    turn = turn.change(deferred={**turn.form.deferred, question.id: to})
    turn = turn.say(f"engine.put_off_{to}", label=question.spec.localized_label)
    return go_on(_tell_set_aside(turn, before))


def keep_words(turn: Turn, text: str, question: Question | None = None) -> Turn:
    """Keep what was said to `question`, and answers it not, for who reads the ticket.

    Not digits of a person's own data, which have a guarded place, what a seat mistypes in somebody else's form, words
    about the talk itself, nor an answer that was given already.
    """
    words, form = cleaned(text)[:_LONGEST_WORDS], turn.form
    guarded = question is not None and question.spec.prefill and any(map(str.isdigit, words))
    no_matter = _is_of_the_talk(turn.setup.phrases, words) or turn.says_nothing(words)
    if guarded or form.settled or no_matter or words in form.unplaced:
        return turn
    own = "" if question is None else question.id
    if any(id_ != own and _says_again(turn, words, id_, answer) for id_, answer in form.answers.items()):
        return turn
    return turn.change(unplaced=(*form.unplaced, words))


def _is_of_the_talk(phrases: Phrases, words: str) -> bool:
    """Whether this is about the talk itself."""
    return bool(phrases.command(words)) or phrases.answer(words) is not None or phrases.is_unsure(words)


def _says_again(turn: Turn, words: str, field: str, answer: Answer) -> bool:
    """Whether this is the answer given to an earlier question: people send things twice when nothing comes back."""
    asked = turn.scenario.by_id.get(field)
    if asked is None or wants_secrecy(words) or not answers_alone(asked, words, turn.now):
        return False
    outcome = asked.parser.parse(words, turn.now)
    return isinstance(outcome, Understood) and outcome.value == answer.value


def miss(turn: Turn, problem: Words, no_input: bool = False) -> Step:
    """Ask again after something that was no answer; after too many, offer a human."""
    misses, limits = turn.form.misses, turn.setup.limits
    misses = dataclasses.replace(misses, no_match=misses.no_match + (not no_input), no_input=misses.no_input + no_input)
    turn = turn.change(misses=misses, pending=Pending.NONE)
    reached = misses.no_match >= limits.no_match or misses.no_input >= limits.no_input
    if not reached and misses.total < limits.together:
        return go_on(turn, problem)
    if misses.offers >= limits.offers:
        return hand_over(turn, why(misses)) if misses.no_input else go_on(turn, problem)
    return side(turn.tell(problem), Pending.HUMAN)


def decline_human(turn: Turn) -> Turn:
    """The person wants to go on by themselves: the counting starts anew, the offer is remembered."""
    return turn.change(pending=Pending.NONE, misses=Misses(offers=turn.form.misses.offers + 1))


def hand_over(turn: Turn, reason: str) -> Step:
    """End the talk here and pass on what was said so far."""
    form = turn.form
    output = HandOver(
        form.draft, reason, {**ticket(turn.scenario, form, turn.setup.render, broken_off=True), "unclear": True}
    )
    return Step(None, (*turn.said, output))


def submit(turn: Turn) -> Step:
    """File the form; done again with the same draft until the service reports success."""
    filed = turn.form.filed or ticket(turn.scenario, turn.form, turn.setup.render)
    turn = turn.change(phase=Phase.SUBMITTING, current="", pending=Pending.NONE, filed=filed)
    return Step(turn.form, (*turn.said, Submit(turn.form.draft, filed)))


def _done_with_files(turn: Turn, question: Question) -> Step:
    files = list(turn.form.partial)
    return go_on(record(turn, question, files, Message("engine.files", {"count": len(files)})))


def _unanswered(turn: Turn, question: Question) -> Turn:
    """Leave a question with no answer; whether it was skipped or put off is for the caller to note."""
    form = turn.form
    answers = {field: answer for field, answer in form.answers.items() if field != question.id}
    messages = {field: message for field, message in form.messages.items() if field != question.id}
    return turn.change(answers=answers, messages=messages, **form.done_with(question.id), **_leave(form, question.id))


def _at(turn: Turn, field: str, phase: Phase) -> Turn:
    """Leave the present question for another. Files already sent for it stay its answer."""
    left = turn.scenario.by_id.get(turn.form.current)
    if left is not None and left.type == "attachment" and turn.form.partial:
        turn = _keep_files(turn, left)
    asked = {"pending": Pending.NONE, "meant": None, "wished": ""}
    return turn.change(current=field, phase=phase, partial=(), misses=Misses(), helped=0, **asked)


def _keep_files(turn: Turn, question: Question) -> Turn:
    files = list(turn.form.partial)
    shown = Message("engine.files", {"count": len(files)})
    answer = Answer(question.type, files, shown, question.spec.localized_label)
    return turn.change(answers={**turn.form.answers, question.id: answer}, **turn.form.done_with(question.id))


def _leave(form: Form, field: str) -> dict[str, Any]:
    """What is forgotten when a question is done with; an answer to another question leaves the present one alone."""
    reopened = "" if form.reopened == field else form.reopened
    if field != form.current:
        return {"reopened": reopened}
    return {
        "reopened": reopened,
        "partial": (),
        "misses": Misses(),
        "helped": 0,
        "pending": Pending.NONE,
        "meant": None,
        "wished": "",
    }


def _tell_set_aside(turn: Turn, before: set[str]) -> Turn:
    """Answers whose question no longer matters stay in the form but are not filed; the person is told."""
    now = {question.id for question in turn.relevance().questions}
    hidden = before - now
    answers = turn.form.answers
    labels = tuple(answers[field].label for field in turn.scenario.by_id if field in hidden and field in answers)
    return turn.say("engine.set_aside", labels=listed(labels)) if labels else turn


def why(misses: Misses) -> str:
    """Which mistakes made a human necessary."""
    if misses.no_match and misses.no_input:
        return "mixed"
    return "no_input" if misses.no_input else "no_match"
