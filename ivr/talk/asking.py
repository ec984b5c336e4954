"""A field's question, or an errand's: its prompt at each try, its entry or recording, and the ways round it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Final

from backend.contract.ticket_number import LONGEST, WHOLE
from dialogs.commands import Verb
from dialogs.outputs import Ask, Button, Expect
from dialogs.phrases import read_phrases
from ivr.talk.options import (
    BACK_KEY,
    BREATH,
    command_phrases,
    flat,
    is_chinese,
    listing,
    standing_choices,
    verb_of,
)
from ivr.talk.phrasebook import phrasebook
from ivr.talk.presented import Presented, View
from ivr.talk.question import END, Entry, MenuOption, Question, Recording
from ivr.talk.wording import Spoken
from ivr.voice.speech import Part, Speech

STORY = Recording(pause=2.5, most=120)
WORDS = Recording(pause=1.6, most=40)
TO_SEAT: Final = "to_seat"
"""Means: a question that has to be answered in words is left to the seat; there are callers who can only press keys."""

_ENTRIES: Mapping[str, Entry] = {
    "number": Entry("amount", 1, 9),
    "money": Entry("amount", 1, 12),
    "date": Entry("date", 1, 8),
    "phone": Entry("digits", 5, 12),
}
_NUMBER = Entry("digits", 6, LONGEST, whole=WHOLE)
"""A ticket number, or a retrieval code."""
_PHONE = _ENTRIES["phone"]
_FIGURES = Entry("digits", 2, 20)
"""Some number of papers or meters, which is keyed because the template says so."""
_UNSPEAKABLE = {"uscc": "seat", "location": "link", "attachment": "link"}
"""What becomes of fields that cannot be spoken if the template does not say it."""

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


def present_question(ask: Ask, spoken: Spoken, view: View) -> Presented:
    """The question as far as it is unfolded; one that cannot be spoken is put off."""
    ask = replace(ask, attempt=max(ask.attempt, view.tried))
    defer = ask.defer if ask.defer in ("link", "seat") else _UNSPEAKABLE.get(ask.type, "")
    if defer:
        return Presented((), ask=ask, defer=defer)
    ways = {verb_of(button): button for button in flat(ask.controls)}
    options = [one for one in flat(ask.options) if verb_of(one) != Verb.UNFILE]  # files have names only on a screen
    told, choices = _listed(ask, options, spoken, view)
    question = Question(choices, listens=view.hears)
    if not options or ask.type == "date":
        question = _open(question, ask, view)
    further = view.places.within(options) if view.hears else ()
    question = replace(question, choices=(*choices, *_ways(ways, _taken(question))), further=further)
    prompt = _prompt(ask, spoken, view, told, question, ticked="done" in ways and bool(options))
    prompt = (*prompt, *_hints(ask, spoken, view, ways))
    if _needs_words(ask, question, view):
        question = replace(question, choices=(*question.choices, MenuOption(TO_SEAT, END)))
        prompt = (*prompt, *spoken.say("ivr.to_seat_hint"))
    enough, skip = (ways[verb].command if verb in ways else "" for verb in ("done", "skip"))
    return Presented((), prompt, question, ask, kinds=_kinds(ask, options), enough=enough, skip=skip)


def _listed(ask: Ask, options: Sequence[Button], spoken: Spoken, view: View) -> tuple[Speech, tuple[MenuOption, ...]]:
    """The options: at first without their keys, for whoever can say them; kinds of request always with them, for they
    had keys before.
    """
    named = view.hears and not ask.attempt and not view.page and ask.field != "kind"
    told, choices = listing(options, spoken, view.page, places=ask.type == "district", keys_told=not named)
    return (() if named and ask.type == "boolean" else told), choices


def _taken(question: Question) -> set[str]:
    """Keys that cannot be ways round the question."""
    taken = {choice.key for choice in question.choices}
    if question.entry is not None and question.entry.least == 1 and question.entry.values == "amount":
        taken.add(BACK_KEY)  # nine is an amount
    return taken


def _needs_words(ask: Ask, question: Question, view: View) -> bool:
    """Whether a field cannot be answered by keys, and is not skipped by one: asked again, or asked of who is not heard
    at all.
    """
    wanted = bool(ask.field) and (ask.attempt > 0 or not view.hears)
    return wanted and question.recording is not None and END not in question.by_key


def _hints(ask: Ask, spoken: Spoken, view: View, ways: Container[str]) -> Speech:
    """What else can be done, told where the question is asked first."""
    if view.page:
        return ()
    told: list[Part] = []
    if "skip" in ways and not ask.attempt:
        told += spoken.say("ivr.skip_hint")
    elif "keep" in ways and not ask.attempt:
        told += spoken.say("ivr.keep_hint")
    if view.hints:
        told += [BREATH, *spoken.say("ivr.hints" if view.hears else "ivr.hints_keys")]
    return tuple(told)


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
    parts = list(_what_was_wrong(ask, spoken, view))
    if ticked and not view.page and not ask.attempt:
        return (*parts, *spoken.say("ivr.more_choices"))
    if view.page:
        return told
    free = question.entry is not None or question.recording is not None
    if ask.attempt < 2 or free:
        parts += [*spoken.speech(ask.prompt), BREATH]
    if free or view.hears:
        parts += _explained(ask, spoken)
    if ask.attempt > 1 and told and not free:
        parts += [*spoken.say("ivr.by_keys"), BREATH]
    return (*parts, *told, *_how_to_answer(ask, spoken, view, question))


def _what_was_wrong(ask: Ask, spoken: Spoken, view: View) -> Speech:
    return () if ask.problem is None or view.tried else (*spoken.speech(ask.problem), BREATH)


def _explained(ask: Ask, spoken: Spoken) -> Speech:
    """The question in other words, after a mistake."""
    explain = ask.spoken_help or ask.help
    return (*spoken.speech(explain), BREATH) if ask.attempt and explain is not None else ()


def _how_to_answer(ask: Ask, spoken: Spoken, view: View, question: Question) -> Speech:
    """How a free answer begins or ends."""
    parts: list[Part] = []
    if question.entry is not None:
        parts += spoken.say(_END_ENTRY[question.entry.by_voice, ask.type == "date"])
    if question.recording is not None and not view.hears:
        parts += spoken.say("ivr.say_it")  # whoever was told to use keys would wait for them here
    if question.recording is STORY:
        parts += spoken.say("ivr.end_story")
    return tuple(parts)


def _ways(ways: Mapping[str, Button], taken: set[str]) -> tuple[MenuOption, ...]:
    """Help, back, skip and the others: by key where one is free, and by voice."""
    phrases = command_phrases()
    choices = []
    for verb, button in ways.items():
        keys = [key for key in _WAYS.get(verb, ()) if key not in taken]
        said = phrases.get(verb, ()) + ((phrasebook().finished) if verb == "done" else ())
        if verb == "skip":
            said += tuple(phrase for phrase in read_phrases().nothing if is_chinese(phrase))
        if verb == "human":
            continue  # key 0 and its phrases are there always
        choices.append(MenuOption(button.command, keys[0] if keys else "", said))
        taken.update(keys[:1])
    return (*choices, *standing_choices())


def _kinds(ask: Ask, options: Sequence[Button]) -> Mapping[str, str]:
    if ask.field != "kind":
        return {}
    return {button.command.rpartition(":")[2]: button.command for button in options}
