"""The summary of a form: what was answered is read back, to be filed, corrected line by line, or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from backend.contract.message import Localized
from dialogs.outputs import Button, Summarise, SummaryLine
from dialogs.phrases import read_phrases
from ivr.call import SAMPLE_RATE
from ivr.talk.options import (
    BACK_KEY,
    BREATH,
    command_phrases,
    flat,
    is_chinese,
    listing,
    offer,
    offers,
    said_as,
    said_plainly,
    standing_choices,
    verb_of,
)
from ivr.talk.phrasebook import phrasebook
from ivr.talk.presented import Presented, View
from ivr.talk.prompt import Clip, Prompt
from ivr.talk.question import MenuOption, Question
from ivr.talk.wording import Spoken, key_of
from ivr.voice.reading import digits
from ivr.voice.speech import Part, Pause

CORRECT: Final = "correct"
"""Means: name the answers, so that one can be chosen to be corrected."""
EVERYTHING: Final = "everything"
"""Means: read all answers back, not only those that matter most."""
AS_IT_IS: Final = "as_it_is"
"""Means: correct nothing after all."""

_NOT_READ = frozenset({"engine.not_given", "engine.left_to_link", "engine.left_to_seat"})
"""Answers that the read-back leaves out."""

_LEFT = frozenset({"engine.left_to_link", "engine.left_to_seat"})
"""Those that a caller cannot give now."""

_MOST_READ = 6.5
"""Seconds of answers that are read back unasked: with what follows a quarter of a minute, of which people remember more
than of a whole one.
"""
_CHARACTER = 0.22
"""Seconds of a character that is said, with its pauses."""
_LONGEST_READ = 40
"""Characters of somebody's own words, beyond which reading them back helps nobody."""


def present_summary(summary: Summarise, spoken: Spoken, view: View) -> Presented:
    """All answers read back, or, to correct one, their names to choose from."""
    lines = [line for line in summary.lines if line.field and line.command]
    if view.correcting:
        return _corrected(lines, spoken, view)
    ways = {verb_of(button): button for button in flat(summary.controls)}
    book = phrasebook()
    phrases = command_phrases()
    _, offered = offers(
        spoken,
        ("ivr.confirm", MenuOption(ways["confirm"].command, "1", book.confirm)),
        ("ivr.correct", MenuOption(CORRECT, "2", book.correct)),
        ("ivr.cancel", MenuOption(ways["cancel"].command, "3", phrases.get("cancel", ()))),
        ("ivr.everything", MenuOption(EVERYTHING, "4", book.everything)),
    )
    choices = (
        *offered,
        *(MenuOption(ways[verb].command, "", phrases.get(verb, ())) for verb in ("back", "restart") if verb in ways),
        *_corrections(summary),
        *standing_choices(),
    )
    prompt: list[Part | Clip] = [*spoken.say("ivr.read_back"), BREATH] if not view.tried else []
    for said in _all_read(lines, spoken, view) if view.tried < 2 else ():
        prompt += [*said, BREATH]
    prompt += [*spoken.say("ivr.all_correct"), *spoken.say("ivr.summary_keys")]
    return Presented((), tuple(prompt), Question(choices, listens=view.hears))


def _all_read(lines: Sequence[SummaryLine], spoken: Spoken, view: View) -> list[Prompt]:
    """The answers with their names, in order; of more than can be remembered, those that are most often misheard."""
    heard = [(line, said) for line in lines if (said := _read_back(line, spoken, view)) is not None]
    read: list[Prompt] = [(*spoken.speech(line.label), Pause(0.15), *said) for line, said in heard]
    if view.whole:
        return read
    doubtful = sorted(range(len(read)), key=lambda at: (not _may_be_misheard(heard[at][0], view), at))
    kept, seconds = set(), 0.0
    for at in doubtful:
        if seconds + _seconds(read[at]) <= _MOST_READ:
            kept.add(at)
            seconds += _seconds(read[at])
    return [read[at] for at in sorted(kept)]


def _may_be_misheard(line: SummaryLine, view: View) -> bool:
    """Whether it is a number, a day, or in the caller's own words; an option of a list was heard as a whole."""
    return not isinstance(line.shown, Localized) or line.field in view.recorded


def _seconds(said: Prompt) -> float:
    """How long it takes to say, roughly."""
    return sum(map(_length, said))


def _length(part: Part | Clip) -> float:
    match part:
        case Clip():
            return len(part.pcm) / (2 * SAMPLE_RATE)
        case Pause():
            return part.seconds
    return _CHARACTER * len(part)


def _corrected(lines: Sequence[SummaryLine], spoken: Spoken, view: View) -> Presented:
    buttons = [Button(line.label, line.command) for line in lines if key_of(line.shown) not in _LEFT]
    told, choices = listing(buttons, spoken, view.page)
    ask = () if view.page else (*spoken.say("ivr.which_line"), BREATH)
    way_out, leave = offer(spoken, "ivr.as_it_is", MenuOption(AS_IT_IS, BACK_KEY, command_phrases().get("keep", ())))
    if told:
        told = (*told, *way_out)
    return Presented((), (*ask, *told), Question((*choices, leave, *standing_choices()), listens=view.hears))


def _read_back(line: SummaryLine, spoken: Spoken, view: View) -> Prompt | None:
    """How an answer is said; None for what was not given."""
    if line.field in view.recorded:
        clip = view.recorded[line.field]
        return (clip,) if clip is not None else spoken.say("ivr.recorded")
    if isinstance(line.shown, str) and len(line.shown) > _LONGEST_READ:
        return spoken.say("ivr.noted_down")
    if line.type == "text" and isinstance(line.shown, str) and line.shown.isdecimal():
        return digits(line.shown, spoken.language)  # it names something, as an account: it is no amount
    return None if key_of(line.shown) in _NOT_READ else spoken.speech(line.shown)


def _corrections(summary: Summarise) -> list[MenuOption]:
    """改电话: each line by its name."""
    before = tuple(phrase for phrase in read_phrases().before if is_chinese(phrase))
    found = []
    for line in summary.lines:
        if isinstance(line.label, Localized) and line.command:
            names = dict.fromkeys(said_plainly(name) for name in said_as(line.label))
            found.append(MenuOption(line.command, "", tuple(f"{one}{name}" for name in names for one in ("", *before))))
    return found
