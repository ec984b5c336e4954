"""The spoken texts can be spoken, and there is one for whatever the enterprise's conversation may say to a caller."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from backend.contract.message import Message
from dialogs.conversations import play, read_conversations
from dialogs.engine import Engine, Step
from dialogs.events import Event
from dialogs.form import Form, Spared
from dialogs.templates.scenario import Scenario
from dialogs.understanding import Reading
from locales import LANGUAGES, VOICE, catalogue
from locales.check import SPOKEN, read_uses
from tests.built_in import built_in_scenarios
from tests.dialogs.city import ENGINE, TREE

ROOT = Path(__file__).parents[2]
CONVERSATION = (
    "dialogs/enterprise", "dialogs/engine", "dialogs/fields", "dialogs/exchange.py", "dialogs/collecting.py",
    "dialogs/times.py", "dialogs/error_messages.py", "dialogs/unsaved_changes.py", "dialogs/lost_files.py",
)  # fmt: skip
"""The code whose texts an enterprise hears."""

FIGURES = re.compile(r"time\.(moment.*|month\.\d+)|field\.date\.(shown|moment)|field\.(money|number)\.shown")
"""Read aloud from their written form: the voice knows how to say dates, times and sums."""

UNSAID = frozenset(
    {
        # Only a chat can edit a message, send a sticker, or be opened by a link.
        "engine.edited", "engine.edit_how", "engine.edit_not_taken", "menu.unknown_link",
        *(key for key in catalogue(LANGUAGES[0]) if key.startswith("engine.wanted.")),
        # A caller can answer nothing but the question just put, and corrects nothing: their number may be forged.
        "loose.dropped", "turn.over", "turn.passed", "button.correct", "loose.correct_ticket", "answer.which",
        *(key for key in catalogue(LANGUAGES[0]) if key.startswith("correct.")),
        # Only staff are told each time which ticket they write about.
        "collecting.got_for",
        # Titles for the seat, a tag for programs, and codes that only staff have.
        "human.title", "phone.silent_call", "phone.unheard", "phone.unconfirmed",
        "phone.unconfirmed_label", "language.tag", "trouble.bad_code", "trouble.enrol",
        # Callers are asked for a word of their own only after that.
        "rate.word_kept",
        # A caller is always asked the whole question.
        "engine.control.repeat",
        # What was said besides is not read back to callers, so they cannot drop it; its heading stands on the ticket.
        "engine.also_said", "engine.also_said_below", "engine.words_dropped",
        # Only staff go on with a form that somebody else began.
        "engine.settled",
        # Voice messages, files taken back one by one, and wishes that a language model proposes: in a chat only.
        *(key for key in catalogue(LANGUAGES[0]) if key.startswith(("voice.", "button.voice_"))),
        "engine.take_back", "engine.perhaps",
        # A call ends with its form: it has nothing to come back to, and a seat compares matters afterwards.
        *(key for key in catalogue(LANGUAGES[0]) if key.startswith(("same.", "turn.back_to_"))),
        "form.cancelled_kept", "button.resume_cancelled",
        # A call hears the number, and goes on by itself.
        "emergency.waits", "emergency.again", "button.go_on",
        # Out of several matters a caller chooses in the phone's own words.
        "loose.none_fits", "loose.which", "loose.several", "loose.begun", "loose.another", "loose.next", "form.carried",
        # In a chat what can be done is offered by buttons; a caller hears a sentence.
        "wish.anonymous_form", "wish.anonymous_noted", "wish.anonymous_outside",
        # Callers were asked all that can be told by phone.
        "form.more_helps",
    }
)  # fmt: skip
"""Texts of the enterprise's conversation that no caller comes to hear."""

WORDS = {"zh_CN": re.compile(r"[\u4e00-\u9fff，。？！：、； ]*"), "en": re.compile(r"[A-Za-z',.?!:; -]*")}
"""All that may stand between placeholders: no markup, bracket, slash, digit, emoji or letter of another script."""
PUNCTUATION = re.compile(r"[^\w]+")
CHAT_WORDS = re.compile(
    r"按钮|打字|发送|发来|发给|点击|点选|点开|点一下|请点|屏幕|\b(?:tap|click|button|typed?|writ\w*|sen[dt]|screen)\b"
)
END = re.compile(r"[。？！.?!]")
LONGEST = {"zh_CN": 36, "en": 110}
"""Characters of one sentence; a listener cannot look back."""

TEXTS = [(language, key, text) for language in LANGUAGES for key, text in catalogue(language, VOICE).items()]


def stretches(text: str) -> list[str]:
    """What stands between the placeholders."""
    return re.split(r"\{\w+\}", text)


@pytest.mark.parametrize(("language", "key", "text"), TEXTS, ids=[f"{one[0]}-{one[1]}" for one in TEXTS])
def test_it_can_be_said(language: str, key: str, text: str) -> None:
    del key
    for stretch in stretches(text):
        assert WORDS[language].fullmatch(stretch)
        # A recorded piece of one sound cannot be joined to anything so that it sounds well.
        assert len(PUNCTUATION.sub("", stretch)) != 1
    assert "}{" not in text
    assert not CHAT_WORDS.search(text.lower())
    assert max(map(len, END.split(re.sub(r"\{\w+\}", "", text)))) <= LONGEST[language]


def test_it_finds_what_cannot_be_said() -> None:
    for text in ("**好**的", "请按3", "好（的）", "好/的", "✅好的", "好\n的", "OK"):
        assert not WORDS["zh_CN"].fullmatch(text)
    for text in ("请点“完成”", "点击下面", "please tap done", "type it", "written", "send it"):
        assert CHAT_WORDS.search(text)
    for text in ("昨天下午三点", "说短一点", "地点", "typical"):
        assert not CHAT_WORDS.search(text)


def test_what_is_not_said_is_written_and_has_no_spoken_text() -> None:
    written, spoken = catalogue(LANGUAGES[0]), catalogue(LANGUAGES[0], VOICE)
    assert written.keys() >= UNSAID
    assert not UNSAID & spoken.keys()
    assert not [key for key in spoken if FIGURES.fullmatch(key)]


def test_whatever_the_conversations_code_names_has_a_spoken_text() -> None:
    uses = read_uses(ROOT, CONVERSATION)
    named = uses.words | {use.key for use in uses.sure if use.exact}
    starts = tuple({use.key for use in uses.sure if not use.exact})
    met = {key for key in catalogue(LANGUAGES[0]) if key in named or key.startswith(starts)}
    assert len(met) > 250
    assert unspoken(met) == []


def test_every_text_of_the_scripted_conversations_has_a_spoken_one() -> None:
    scenarios = built_in_scenarios(TREE)
    engine = Overheard(ENGINE.render)
    for path in sorted((ROOT / "tests" / "conversations").glob("*.yaml")):
        for conversation in read_conversations(path):
            play(conversation, scenarios, engine)
    assert {"engine.begin", "field.list", "field.date.weekday.5"} <= engine.keys
    assert unspoken(engine.keys) == []


def test_only_what_the_telephone_can_come_to_has_a_spoken_text() -> None:
    """A text in vain would be rendered, kept and shipped in vain."""
    uses = read_uses(ROOT, (*CONVERSATION, "dialogs/notices", "dialogs/console.py", "ivr"))
    named = uses.words | {use.key for use in uses.sure if use.exact}
    starts = tuple({use.key for use in uses.sure if not use.exact} | {SPOKEN, "kind.", "category."})
    spoken = catalogue(LANGUAGES[0], VOICE)
    assert [key for key in spoken if key not in named and not key.startswith(starts)] == []


def unspoken(keys: set[str]) -> list[str]:
    spoken = catalogue(LANGUAGES[0], VOICE)
    return sorted(key for key in keys if key not in spoken and key not in UNSAID and not FIGURES.fullmatch(key))


@dataclass(frozen=True)
class Overheard(Engine):
    """An engine that notes the key of every text it says."""

    keys: set[str] = field(default_factory=set)

    @override
    def start(
        self,
        scenario: Scenario,
        draft: str,
        language: str,
        facts: Mapping[str, str],
        now: datetime,
        *,
        spared: Spared = Spared.NOTHING,
    ) -> Step:
        return self._noted(super().start(scenario, draft, language, facts, now, spared=spared))

    @override
    def step(self, scenario: Scenario, form: Form, event: Event, now: datetime, reading: Reading | None = None) -> Step:
        return self._noted(super().step(scenario, form, event, now, reading))

    def _noted(self, step: Step) -> Step:
        self.keys.update(keys_in(step.outputs))
        return step


def keys_in(thing: Any) -> Iterator[str]:
    """The keys of all messages in outputs, and in the arguments of messages."""
    if isinstance(thing, Message):
        yield thing.key
    if isinstance(thing, Mapping):
        thing = tuple(thing.values())
    if isinstance(thing, tuple | list):
        for one in thing:
            yield from keys_in(one)
    elif is_dataclass(thing):
        for one in fields(thing):
            yield from keys_in(getattr(thing, one.name))
