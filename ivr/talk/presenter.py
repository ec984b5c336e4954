"""Turns what the conversation answers into what a caller hears, and what they may say or press then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from backend.contract.message import Message
from dialogs.commands import Verb
from dialogs.outputs import Ask, Button, Output, Say, Summarise
from ivr.talk.asking import present_question
from ivr.talk.options import BREATH, flat, listing, offer, standing_choices, verb_of
from ivr.talk.phrasebook import phrasebook
from ivr.talk.presented import Presented, View
from ivr.talk.question import END, MenuOption, Question
from ivr.talk.summary import present_summary
from ivr.talk.wording import Spoken, key_of
from ivr.voice.speech import Part, Speech

GO_ON: Final = "go_on"
"""Means: leave a question that need not be answered."""

_ASKS = frozenset(
    {Verb.GRADE, Verb.SOLVED, Verb.CONFIRM, Verb.ANSWER, Verb.RATE, Verb.ADD, Verb.IS_ANSWER},
)
"""Buttons below a text that make it a question on the phone; others only lead elsewhere."""

_YES_OR_NO = 2
"""Buttons below a question that has no others."""

_UNSAID = frozenset({"menu.choose", "engine.put_off_link", "engine.put_off_seat", "engine.file_kept"})
"""Texts that go with buttons or files, or with questions that a caller never heard."""

_GIVES_NUMBER = frozenset({"form.filed", "human.coming"})
"""Texts that tell a new ticket's number: it is said twice, for whoever writes it down."""


def present(outputs: Sequence[Output], spoken: Spoken, view: View) -> Presented:
    """The last thing asked is the question; what stands before it is told."""
    asked = next((at for at in reversed(range(len(outputs))) if _is_question(outputs[at])), None)
    told = outputs if asked is None else outputs[:asked]
    said = _told(told, spoken, view)
    call = next((one.call for one in outputs if isinstance(one, Say) and one.call), "")
    if asked is None:
        return Presented(said, call=call)
    output = outputs[asked]
    if isinstance(output, Ask):
        return replace(present_question(output, spoken, view), said=said, call=call)
    if isinstance(output, Summarise):
        return replace(present_summary(output, spoken, view), said=said, call=call)
    assert isinstance(output, Say)
    return replace(_offered(output, spoken, view), said=said, call=call)


def _told(outputs: Iterable[Output], spoken: Spoken, view: View) -> Speech:
    speech: list[Part] = []
    for output in outputs:
        if not isinstance(output, Say) or key_of(output.text) in _UNSAID:
            continue
        speech += [*spoken.speech(output.text), BREATH]
        if isinstance(output.text, Message) and output.text.key in _GIVES_NUMBER:
            speech += [*spoken.say("ivr.number_again", number=output.text.args["number"]), BREATH]
            if "link" in view.put_off:
                speech += [*spoken.say("ivr.put_off.link"), BREATH]
    return tuple(speech)


def _offered(say: Say, spoken: Spoken, view: View) -> Presented:
    """A text with something to choose below it, which nobody has to."""
    buttons = [button for button in flat(say.choices) if verb_of(button) in _ASKS]
    if verb_of(buttons[0]) == Verb.IS_ANSWER:
        return _decided(say, buttons, spoken, view)
    told, choices = listing(buttons, spoken, view.page)
    leave, way_on = offer(spoken, "ivr.go_on", MenuOption(GO_ON, END, phrasebook().no))
    question = Question((*choices, way_on, *standing_choices()), listens=view.hears)
    text = () if view.tried else (*spoken.speech(say.text), BREATH)
    prompt = (*text, *told, *leave)
    return Presented((), prompt, question, optional=True)


def _decided(say: Say, buttons: Sequence[Button], spoken: Spoken, view: View) -> Presented:
    """Whether what was just said answers a question. Nothing of it may hang on that: silence is the last button, no."""
    told, choices = listing(buttons, spoken, view.page)
    if len(buttons) == _YES_OR_NO:
        yes = replace(choices[0], phrases=(*choices[0].phrases, *phrasebook().yes))
        choices = (yes, *choices[1:])
    question = Question((*choices, *standing_choices()), listens=view.hears)
    text = () if view.tried else (*spoken.speech(say.text), BREATH)
    return Presented((), (*text, *told), question, enough=buttons[-1].command)


def _is_question(output: Output) -> bool:
    if isinstance(output, Say):
        return any(verb_of(button) in _ASKS for button in flat(output.choices))
    return isinstance(output, Ask | Summarise)
