"""Lists things to choose from: what is said of each, the key it is on, and all that a caller may say for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from backend.contract.message import Localized, Message, Words
from dialogs.commands import Verb
from dialogs.outputs import Button, Rows
from dialogs.phrases import read_phrases
from ivr.talk.phrasebook import phrasebook
from ivr.talk.question import END, HUMAN, REPEAT, MenuOption
from ivr.talk.wording import Spoken
from ivr.voice.speech import Part, Pause, Speech

MORE: Final = "more"
"""Means: the next page of options."""

BACK: Final = "back"
"""Means: the question before this one."""

UNSURE: Final = "unsure"
"""Means: I do not know."""

BACK_KEY: Final = "9"
_SHORT: Final = Pause(0.2)
BREATH: Final = Pause(0.35)
"""Between one thing said and the next."""

_MOST_KEYS = 8
"""Options on keys of one page; 9 goes back."""
_MORE_KEY = "8"
_TOWNS = ("街道", "区", "县", "市", "镇", "乡")
"""What people leave out of a place's name."""


def listing(
    buttons: Sequence[Button], spoken: Spoken, page: int = 0, *, places: bool = False, keys_told: bool = True
) -> tuple[Speech, tuple[MenuOption, ...]]:
    """Speech naming a page of options with their keys, and all options as choices: any can be said at any time. Without
    the keys, which are those of their order all the same, it takes half as long.

    Past the last page there is none, and the speech is empty.
    """
    per_page = len(buttons) if len(buttons) <= _MOST_KEYS else _MOST_KEYS - 1
    shown = buttons[page * per_page : (page + 1) * per_page] if per_page else []
    keys = {button.command: str(number) for number, button in enumerate(shown, 1)}
    speech: list[Part] = []
    for button in shown:
        speech += [*spoken.speech(button.label), *(_press(spoken, keys[button.command]) if keys_told else (_SHORT,))]
    choices = []
    for button in buttons:
        key = keys.get(button.command, "")
        choices.append(MenuOption(button.command, key, _phrases(button, key, places=places)))
    if shown and per_page < len(buttons):
        told, more = offer(spoken, "ivr.more", MenuOption(MORE, _MORE_KEY, phrasebook().more))
        speech += told
        choices.append(more)
    return tuple(speech), tuple(choices)


def offer(spoken: Spoken, label: str, choice: MenuOption) -> tuple[Speech, MenuOption]:
    """A text of the catalogue with its key, and the choice, which is also made by saying that text back."""
    said = said_plainly(said_as(Message(label))[0])
    phrases = tuple(dict.fromkeys((*choice.phrases, said)))
    return (*spoken.say(label), *_press(spoken, choice.key)), replace(choice, phrases=phrases)


def offers(spoken: Spoken, *offered: tuple[str, MenuOption]) -> tuple[Speech, tuple[MenuOption, ...]]:
    """Several, one after the other."""
    made = [offer(spoken, label, choice) for label, choice in offered]
    return tuple(part for told, _ in made for part in told), tuple(choice for _, choice in made)


def yes_or_no(spoken: Spoken, *, yes: str = "yes", no: str = "no") -> tuple[Speech, tuple[MenuOption, ...]]:
    """The two answers, and what they mean."""
    book = phrasebook()
    _, choices = offers(spoken, ("ivr.yes", MenuOption(yes, "1", book.yes)), ("ivr.no", MenuOption(no, "2", book.no)))
    return spoken.say("ivr.yes_or_no"), choices


def _press(spoken: Spoken, key: str) -> Speech:
    """ "... press 3." and a breath."""
    return (*spoken.say(f"ivr.press.{'hash' if key == END else key}"), BREATH)


def _phrases(button: Button, key: str, *, places: bool) -> tuple[str, ...]:
    words = [*said_as(button.label), *button.phrases]
    verb, value = verb_of(button), button.command.rpartition(":")[2]
    if verb in ("yes", "no") or value in ("yes", "no"):
        words += phrasebook().yes if "yes" in (verb, value) else phrasebook().no
    if verb == Verb.SOLVED:
        words += phrasebook().solved if value == "yes" else phrasebook().unsolved
    words += phrasebook().ordinals.get(key, ())
    if places:
        words += [short for word in words for town in _TOWNS if len(short := word.removesuffix(town)) > 1]
    return tuple(dict.fromkeys(said_plainly(word) for word in words if is_chinese(word)))


def said_as(label: Words) -> tuple[str, ...]:
    """A label in Chinese, as it is said and as it is written."""
    match label:
        case Localized():
            return label.spoken("zh_CN"), label.best("zh_CN")
        case Message():
            return ("".join(part for part in Spoken("zh_CN").speech(label) if isinstance(part, str)),)
    return (label,)


def verb_of(button: Button) -> str:
    """What a button does."""
    return button.command.partition(":")[0]


def is_chinese(text: str) -> bool:
    """Whether it can be said at all: the recogniser knows no other language."""
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def said_plainly(text: str) -> str:
    """Without what is not said: brackets with their content, and a full stop at the end."""
    kept, depth = [], 0
    for sign in text:
        depth += sign in "（("
        if not depth:
            kept.append(sign)
        depth -= sign in "）)"
    return "".join(kept).strip("。，、： ")


def flat(rows: Rows) -> tuple[Button, ...]:
    """The buttons of all rows."""
    return tuple(button for row in rows for button in row)


def command_phrases() -> Mapping[str, tuple[str, ...]]:
    """How callers say what buttons do, by the buttons' verbs."""
    found: dict[str, tuple[str, ...]] = {}
    for phrase, verb in read_phrases().commands.items():
        if is_chinese(phrase):
            found[verb] = (*found.get(verb, ()), phrase)
    return found


def back_choice(key: str = BACK_KEY) -> MenuOption:
    """The way back, at questions of the hotline itself; forms have their own."""
    return MenuOption(BACK, key, command_phrases().get("back", ()))


def standing_choices() -> tuple[MenuOption, ...]:
    """What can be said at any question: a human, the question again, and that one does not know. The first two have
    keys that need no choice.
    """
    book = phrasebook()
    return (
        MenuOption(HUMAN, phrases=book.human),
        MenuOption(REPEAT, phrases=book.repeat),
        MenuOption(UNSURE, phrases=book.unsure),
    )
