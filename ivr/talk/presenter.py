"""Turns what the conversation answers into what a caller hears, and what they may say or press then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dialogs.actions import Action, Ask, Expect, Rows, Say, Summarise, SummaryLine
from dialogs.actions import Choice as Button
from dialogs.commands import Verb
from dialogs.message import Localized, Message, Words
from dialogs.phrases import read_phrases
from ivr.talk.options import BACK_KEY, BREATH, is_chinese, listing, press, said_as, said_plainly, verb_of
from ivr.talk.phrasebook import phrasebook
from ivr.talk.prompt import Clip, Prompt
from ivr.talk.question import END, HUMAN, REPEAT, Choice, Entry, Question, Recording
from ivr.talk.wording import Spoken
from ivr.voice.speech import Part, Pause, Speech

CORRECT: Final = "correct"
"""Means: name the answers, so that one can be chosen to be corrected."""

AS_IT_IS: Final = "as_it_is"
"""Means: correct nothing after all."""
GO_ON: Final = "go_on"
"""Means: leave a question that need not be answered."""


STORY = Recording(pause=2.5, most=120)
WORDS = Recording(pause=1.6, most=40)

_ENTRIES: Mapping[str, Entry] = {
    "number": Entry("amount", 1, 9),
    "money": Entry("amount", 1, 12),
    "date": Entry("date", 1, 8),
    "phone": Entry("digits", 5, 12),
}
_NUMBER = Entry("digits", 6, 12)
"""A ticket number, or a retrieval code."""
_PHONE = _ENTRIES["phone"]
_FIGURES = Entry("digits", 2, 20)
"""Some number of papers or meters, which is keyed because the template says so."""
_UNSPEAKABLE = {"uscc": "seat", "location": "link", "attachment": "link"}
"""What becomes of fields that cannot be spoken if the template does not say it."""

_ASKS = frozenset({Verb.GRADE, Verb.SOLVED, Verb.CONFIRM, Verb.ANSWER, Verb.RATE})
"""Buttons below a text that make it a question on the phone; others only lead elsewhere."""

_WAYS: Mapping[str, tuple[str, ...]] = {
    "done": (END,),
    "skip": (END,),
    "keep": (END,),
    "back": (BACK_KEY,),
    "cancel": (BACK_KEY,),
}
"""Keys of the ways round a question, where they are not taken."""

_END_ENTRY = {
    (True, False): "ivr.end_entry",
    (True, True): "ivr.end_date",
    (False, False): "ivr.end_keys",
    (False, True): "ivr.end_keys_date",
}
"""By whether it can be spoken, and whether it is a date."""

_NOT_READ = frozenset({"engine.not_given", "engine.left_to_link", "engine.left_to_seat"})
"""Answers that the read-back leaves out."""

_LEFT = frozenset({"engine.left_to_link", "engine.left_to_seat"})
"""Those that a caller cannot give now."""

_UNSAID = frozenset({"menu.choose", "engine.put_off_link", "engine.put_off_seat", "engine.file_kept"})
"""Texts that go with buttons or files, or with questions that a caller never heard."""

_GIVES_NUMBER = frozenset({"form.filed", "human.coming"})
"""Texts that tell a new ticket's number: it is said twice, for whoever writes it down."""

_LONGEST_READ = 40
"""Characters of somebody's own words, beyond which reading them back helps nobody."""


@dataclass(frozen=True)
class View:
    """How far a question has been unfolded for this caller."""

    page: int = 0
    tried: int = 0
    """How many answers to it could not be used."""
    correcting: bool = False
    """The answers are named to choose one from."""
    hints: bool = False
    """The keys that always work are told, as once in a call."""
    hears: bool = True
    """False: answers come by keys only."""
    recorded: Mapping[str, Clip | None] = field(default_factory=dict)
    """Fields whose answer is a recording: it is played back where it is short, and never read from its transcript."""
    put_off: frozenset[str] = frozenset()
    """To whom questions were left: `link`, `seat`."""


@dataclass(frozen=True)
class Presented:
    """What to say, then what to ask; without a question the conversation is at an end."""

    said: Speech
    prompt: Prompt = ()
    question: Question | None = None
    ask: Ask | None = None
    defer: str = ""
    """`link` or `seat`: the present field is put off unasked."""
    call: str = ""
    """An emergency number to offer to put the caller through to."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """For the field `kind`: its options' commands by what they choose."""
    enough: str = ""
    """Where several answers are collected: the command that ends it, once there is one. Silence says the same."""
    optional: bool = False
    """Silence is an answer too: nothing more is wanted."""


def present(actions: Sequence[Action], spoken: Spoken, view: View) -> Presented:
    """The last thing asked is the question; what stands before it is told."""
    asked = next((at for at in reversed(range(len(actions))) if _is_question(actions[at])), None)
    told = actions if asked is None else actions[:asked]
    said = _told(told, spoken, view)
    call = next((one.call for one in actions if isinstance(one, Say) and one.call), "")
    if asked is None:
        return Presented(said, call=call)
    action = actions[asked]
    if isinstance(action, Ask):
        return replace(_asked(action, spoken, view), said=said, call=call)
    if isinstance(action, Summarise):
        return replace(_summary(action, spoken, view), said=said, call=call)
    assert isinstance(action, Say)
    return replace(_offered(action, spoken, view), said=said, call=call)


def _told(actions: Iterable[Action], spoken: Spoken, view: View) -> Speech:
    speech: list[Part] = []
    for action in actions:
        if not isinstance(action, Say) or _key(action.text) in _UNSAID:
            continue
        speech += [*spoken.speech(action.text), BREATH]
        if isinstance(action.text, Message) and action.text.key in _GIVES_NUMBER:
            speech += [*spoken.say("ivr.number_again", number=action.text.args["number"]), BREATH]
            for whom in sorted(view.put_off):
                speech += [*spoken.say(f"ivr.put_off.{whom}"), BREATH]
    return tuple(speech)


def _offered(say: Say, spoken: Spoken, view: View) -> Presented:
    """A text with something to choose below it, which nobody has to."""
    buttons = [button for button in _flat(say.choices) if verb_of(button) in _ASKS]
    told, choices = listing(buttons, spoken, view.page)
    way_on = Choice(GO_ON, END, phrasebook().no)
    question = Question((*choices, way_on, *standing_choices()), listens=view.hears)
    text = () if view.tried else (*spoken.speech(say.text), BREATH)
    prompt = (*text, *told, *spoken.say("ivr.go_on"), *press(spoken, END))
    return Presented((), prompt, question, optional=True)


def _is_question(action: Action) -> bool:
    if isinstance(action, Say):
        return any(verb_of(button) in _ASKS for button in _flat(action.choices))
    return isinstance(action, Ask | Summarise)


# --- a field, or an errand's question -----------------------------------------------------------------------------


def _asked(ask: Ask, spoken: Spoken, view: View) -> Presented:
    ask = replace(ask, attempt=max(ask.attempt, view.tried))
    defer = ask.defer if ask.defer in ("link", "seat") else _UNSPEAKABLE.get(ask.type, "")
    if defer:
        return Presented((), ask=ask, defer=defer)
    ways = {verb_of(button): button for button in _flat(ask.controls)}
    options = list(_flat(ask.options))
    told, choices = listing(options, spoken, view.page, places=ask.type == "district")
    question = Question(choices, listens=view.hears)
    if not options or ask.type == "date":
        question = _open(question, ask, view)
    taken = {choice.key for choice in choices}
    if question.entry is not None and question.entry.least == 1 and question.entry.values == "amount":
        taken.add(BACK_KEY)  # nine is an amount
    question = replace(question, choices=(*choices, *_ways(ways, taken)))
    prompt = _prompt(ask, spoken, view, told, question, ticked="done" in ways and bool(options))
    if ("skip" in ways or "keep" in ways) and not (ask.attempt or view.page):
        prompt = (*prompt, *spoken.say("ivr.skip_hint" if "skip" in ways else "ivr.keep_hint"))
    if view.hints and not view.page:
        prompt = (*prompt, BREATH, *spoken.say("ivr.hints"))
    enough = ways["done"].command if "done" in ways else ""
    return Presented((), prompt, question, ask, kinds=_kinds(ask, options), enough=enough)


def _open(question: Question, ask: Ask, view: View) -> Question:
    """The question with the kind of free answer that fits its field."""
    entry = _ENTRIES.get(ask.type)
    if entry is None and ask.defer == "keys":
        entry = _FIGURES
    if entry is None and not ask.type and ask.expect in (Expect.DIGITS, Expect.PHONE):
        entry = _PHONE if ask.expect is Expect.PHONE else _NUMBER
    if entry is not None:
        return replace(question, entry=replace(entry, by_voice=view.hears and ask.defer != "keys"))
    return replace(question, recording=STORY if ask.story or ask.expect is Expect.MEDIA else WORDS)


def _prompt(ask: Ask, spoken: Spoken, view: View, told: Speech, question: Question, *, ticked: bool) -> Speech:
    """Full at first; with an example after a mistake; then the keys alone."""
    parts: list[Part] = []
    if ask.problem is not None and not view.tried:
        parts += [*spoken.speech(ask.problem), BREATH]
    if ticked and not view.page and not ask.attempt:
        return (*parts, *spoken.say("ivr.more_choices"))
    if view.page:
        return told
    free = question.entry is not None or question.recording is not None
    if ask.attempt < 2 or free:
        parts += [*spoken.speech(ask.prompt), BREATH]
    explain = ask.spoken_help or ask.help
    if ask.attempt and explain is not None and (free or view.hears):
        parts += [*spoken.speech(explain), BREATH]
    if ask.attempt > 1 and told and not free:
        parts += [*spoken.say("ivr.by_keys"), BREATH]
    parts += told
    if question.entry is not None:
        parts += spoken.say(_END_ENTRY[question.entry.by_voice, ask.type == "date"])
    if question.recording is not None and not view.hears:
        parts += spoken.say("ivr.say_it")  # whoever was told to use keys would wait for them here
    if question.recording is STORY:
        parts += spoken.say("ivr.end_story")
    return tuple(parts)


def _ways(ways: Mapping[str, Button], taken: set[str]) -> tuple[Choice, ...]:
    """Help, back, skip and the others: by key where one is free, and by voice."""
    phrases = _command_phrases()
    choices = []
    for verb, button in ways.items():
        keys = [key for key in _WAYS.get(verb, ()) if key not in taken]
        said = phrases.get(verb, ()) + ((phrasebook().finished) if verb == "done" else ())
        if verb == "skip":
            said += tuple(phrase for phrase in read_phrases().nothing if is_chinese(phrase))
        if verb == "human":
            continue  # key 0 and its phrases are there always
        choices.append(Choice(button.command, keys[0] if keys else "", said))
        taken.update(keys[:1])
    return (*choices, *standing_choices())


def standing_choices() -> tuple[Choice, ...]:
    """What can be said at any question: a human, and the question again. Their keys need no choice."""
    return Choice(HUMAN, phrases=phrasebook().human), Choice(REPEAT, phrases=phrasebook().repeat)


# --- the summary --------------------------------------------------------------------------------------------------


def _summary(summary: Summarise, spoken: Spoken, view: View) -> Presented:
    lines = [line for line in summary.lines if line.field and line.command]
    if view.correcting:
        buttons = [Button(line.label, line.command) for line in lines if _key(line.shown) not in _LEFT]
        told, choices = listing(buttons, spoken, view.page)
        ask = () if view.page else (*spoken.say("ivr.which_line"), BREATH)
        leave = Choice(AS_IT_IS, BACK_KEY, _command_phrases().get("keep", ()))
        if told:
            told = (*told, *spoken.say("ivr.as_it_is"), *press(spoken, BACK_KEY))
        return Presented((), (*ask, *told), Question((*choices, leave, *standing_choices()), listens=view.hears))
    ways = {verb_of(button): button for button in _flat(summary.controls)}
    book = phrasebook()
    phrases = _command_phrases()
    choices = (
        Choice(ways["confirm"].command, "1", book.confirm),
        Choice(CORRECT, "2", book.correct),
        Choice(ways["cancel"].command, "3", phrases.get("cancel", ())),
        *(Choice(ways[verb].command, "", phrases.get(verb, ())) for verb in ("back", "restart") if verb in ways),
        *_corrections(summary),
        *standing_choices(),
    )
    prompt: list[Part | Clip] = [*spoken.say("ivr.read_back"), BREATH] if not view.tried else []
    for line in lines if view.tried < 2 else ():
        if (said := _read_back(line, spoken, view)) is not None:
            prompt += [*spoken.speech(line.label), Pause(0.15), *said, BREATH]
    prompt += spoken.say("ivr.all_correct")
    for key, label in (("1", "ivr.confirm"), ("2", "ivr.correct"), ("3", "ivr.cancel")):
        prompt += [*spoken.say(label), *press(spoken, key)]
    return Presented((), tuple(prompt), Question(choices, listens=view.hears))


def _read_back(line: SummaryLine, spoken: Spoken, view: View) -> Prompt | None:
    """How an answer is said; None for what was not given."""
    if line.field in view.recorded:
        clip = view.recorded[line.field]
        return (clip,) if clip is not None else spoken.say("ivr.recorded")
    if isinstance(line.shown, str) and len(line.shown) > _LONGEST_READ:
        return spoken.say("ivr.noted_down")
    return None if _key(line.shown) in _NOT_READ else spoken.speech(line.shown)


def _corrections(summary: Summarise) -> list[Choice]:
    """改电话: each line by its name."""
    before = tuple(phrase for phrase in read_phrases().before if is_chinese(phrase))
    found = []
    for line in summary.lines:
        if isinstance(line.label, Localized) and line.command:
            names = dict.fromkeys(said_plainly(name) for name in said_as(line.label))
            found.append(Choice(line.command, "", tuple(f"{one}{name}" for name in names for one in ("", *before))))
    return found


# --- words --------------------------------------------------------------------------------------------------------


def _kinds(ask: Ask, options: Sequence[Button]) -> Mapping[str, str]:
    if ask.field != "kind":
        return {}
    return {button.command.rpartition(":")[2]: button.command for button in options}


def _command_phrases() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for phrase, verb in read_phrases().commands.items():
        if is_chinese(phrase):
            found[verb] = (*found.get(verb, ()), phrase)
    return found


def _key(words: Words) -> str:
    return words.key if isinstance(words, Message) else ""


def _flat(rows: Rows) -> tuple[Button, ...]:
    return tuple(button for row in rows for button in row)
