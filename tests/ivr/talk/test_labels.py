"""Every way that the phone reads out can be said back: its words are among the phrases, and the model hears them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.contract.message import Message
from dialogs.speech.model import SpeechModel
from ivr import talk
from ivr.audio import silence
from ivr.fake import Say, Wait
from ivr.speech.phrases import Phrase, PhraseSet
from ivr.speech.vocabulary import Vocabulary, plain
from ivr.talk.followup import Consent
from ivr.talk.options import offer, said_as, said_plainly
from ivr.talk.question import MenuOption
from ivr.talk.wording import Spoken
from ivr.voice.espeak import Espeak
from ivr.voice.prompts import BUILT_IN, Prompts
from ivr.voice.voice import Voice
from locales import catalogue
from tests.ivr.talk.callers import ReactingCall, cue
from tests.ivr.talk.conftest import Exchange, Office
from tests.ivr.talk.test_followup import calls

FOLDER = Path(talk.__path__[0])


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield path.name, node


def _offered() -> Iterator[str]:
    """Keys of the texts that stand beside a choice in the code, those composed of a name included."""
    keys = set(catalogue("zh_CN", "voice"))
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            pair = _pair(node)
            if len(pair) == 2 and isinstance(pair[1], ast.Call) and getattr(pair[1].func, "id", "") == "MenuOption":
                yield from _keys(pair[0], keys)


def _pair(node: ast.AST) -> list[ast.expr]:
    """The label and what stands beside it: of `offer(spoken, label, MenuOption(...))` or `(label, MenuOption(...))`."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "offer":
        return node.args[1:]
    return node.elts if isinstance(node, ast.Tuple) else []


def _keys(label: ast.expr, known: set[str]) -> Iterator[str]:
    if isinstance(label, ast.Constant):
        yield str(label.value)
    elif isinstance(label, ast.JoinedStr):
        head = label.values[0]
        assert isinstance(head, ast.Constant)
        yield from (key for key in known if key.startswith(str(head.value)))


LABELS = sorted({*_offered(), "firm.another"})
"""With the answer that the conversation of all channels lists under names."""


def label(key: str) -> str:
    return said_plainly(said_as(Message(key))[0])


def test_labels_are_found_in_the_code() -> None:
    """Else the tests below would hold nothing."""
    assert {"ivr.anew", "ivr.more", "ivr.menu.rating", "ivr.kind.help", "ivr.as_it_is", "ivr.cancel"} <= set(LABELS)


def test_only_an_offer_names_a_key() -> None:
    """Whoever puts a key beside a text by hand forgets the phrase for it."""
    assert {name for name, call in _calls() if getattr(call.func, "id", "") == "_press"} == {"options.py"}
    for path in FOLDER.glob("*.py"):
        if path.name != "options.py":
            assert "ivr.press." not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("key", LABELS)
def test_a_label_is_among_the_phrases_of_its_choice_and_in_the_vocabulary(key: str, speech_model: SpeechModel) -> None:
    _, choice = offer(Spoken("en"), key, MenuOption("it", "1"))
    assert choice.phrases == (label(key),)
    phrases = PhraseSet([Phrase("it", said, key) for said in choice.phrases], Vocabulary(speech_model.knows))
    assert phrases.meaning(label(key)) == "it"


class Never(Espeak):
    """Labels must have been recorded."""

    async def say(self, text: str, language: str) -> None:
        raise AssertionError(f"no prompt for {text!r} in {language}")


@pytest.fixture(scope="module")
def voice() -> Voice:
    return Voice(Prompts.open(BUILT_IN), Never(()))


async def test_labels_said_back_are_heard(voice: Voice, speech_model: SpeechModel) -> None:
    """In the phone's own voice, all of them on offer at once: harder than any question is."""
    texts = {plain(label(key)) for key in LABELS}
    vocabulary = Vocabulary(speech_model.knows)
    phrases = PhraseSet([Phrase(text, text, "label") for text in texts], vocabulary)
    recogniser = speech_model.recogniser(phrases.grammar)
    heard = set()
    for key in LABELS:
        recogniser.accept(silence(0.4) + await voice.say(Spoken("zh_CN").say(key), "zh_CN") + silence(0.6))
        if phrases.key(recogniser.final()) == plain(label(key)):
            heard.add(key)
        recogniser.reset()
    assert set(LABELS) - heard == set()


async def test_who_says_later_is_called_later(exchange: Exchange, office: Office, voice: Voice) -> None:
    """The words are those that the phone has just read out."""
    caller = "+8613500000100"
    number = await office.answered(caller)
    later = await voice.say(Spoken("zh_CN").say("ivr.out.later"), "zh_CN")
    call = ReactingCall(cue("现在方便听吗", (Wait(5), Say(later), Wait(30))), caller=caller)
    assert await calls(exchange, call, await office.notice("completed", number)) is Consent.LATER
