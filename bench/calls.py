"""Bench `calls`: the phone over real SIP calls, beside Vosk alone on the same recordings.

Callers in a process of their own say every menu phrase in every voice, and every story, over SIP and RTP to a worker
process, and through the same line and ear that the hotline has. Raw Vosk decodes the same audio with a new recogniser
for each utterance.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from asyncio.subprocess import PIPE
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import psutil

from backend.actions.city_views import emergency_rules
from bench.callers import LOUD_DB, Plan, Report, Spoken
from bench.figures import Figure, Goal
from bench.servers import CHECKOUT, Servers
from dialogs.speech.decoding import decoding_threads
from dialogs.speech.delivery import fetch
from dialogs.speech.dictation import dictations
from dialogs.speech.model import SpeechModel, load
from dialogs.speech.news import Heard
from ivr.audio import frames, loudness, tone
from ivr.call import FRAME_BYTES, FRAMES_PER_SECOND, Audio, CallEvent, CallHandler, Digit, Ended, MediaCall
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers
from ivr.speech.vocabulary import Vocabulary, plain
from ivr.talk.asking import STORY
from ivr.talk.call_over import CallOver
from ivr.talk.ear import Ear
from ivr.talk.line import Line
from ivr.talk.question import Chosen, MenuOption, Question, Recorded
from ivr.voice.speech import Speech
from settings import default_models_dir
from tests.built_in import default_policy
from tests.ivr import recordings
from tests.ivr.distance import errors
from tests.ivr.sip.phone import free_port
from tests.processes import program

_CALLERS = 20
_TELLERS = 8
"""Who tell stories at a time: more would wait for their transcripts, and nothing but the waiting be measured."""
_PUZZLERS, _PUZZLES = 8, 4
"""How many at a time say words that no phrase of the question fits, and how often."""
_SYLLABLE = 1
"""Characters of words that may be noise as well: nobody is told that they were not understood."""
_PROMPT = tone(440, 0.3)
_LONG_PROMPT = tone(440, 3.0)
_SILENCE = bytes(FRAME_BYTES)
_PATIENCE = 600.0
_MOST_GAP = 25.0
"""Milliseconds between two packets beyond which the later one counts as late."""
_MORE_CALLERS, _PHRASES_EACH = 10, 3
"""By how many more callers at a time it is tried, and what each of them says."""

Utterance = tuple[str, str]
"""Voice and name."""


@dataclass(frozen=True)
class Size:
    voices: tuple[str, ...] = recordings.VOICES
    presses: int = 10
    """Interrupted prompts a caller."""
    most_callers: int = 60
    """Up to how many are tried at once."""


async def run(servers: Servers, size: Size) -> list[Figure]:
    """Storage is not needed, and what `servers` started stays idle."""
    del servers
    model = load(fetch(default_models_dir()))
    menu = [(voice, name) for voice in size.voices for name in recordings.names("menu")]
    stories = [(voice, name) for voice in size.voices for name in recordings.names("story")]
    cores = os.cpu_count() or 1
    with decoding_threads(cores) as threads:
        raw = _Raw(model)
        served = _Served(Ear(model, threads, dictations(cores), _PATIENCE, emergency_rules(default_policy())))
        # Half of the floor before ours and half after: a machine is not equally fast from one minute to the next.
        raw.decode(menu[::2])
        phrases = await served.play(_dealt(menu), served.choose)
        raw.decode(menu[1::2])
        endpoints = await served.endpoints()
        raw.decode(stories[::2])
        puzzled = await served.play(_dealt(served.unmatched(menu), _PUZZLERS), served.puzzle)
        told = await served.play(_dealt(stories, _TELLERS), served.transcribe)
        raw.decode(stories[1::2])
        pressed = await served.play([[("", "5")] * size.presses for _ in range(_CALLERS)], served.interrupt)
        held = await _held(served, menu, phrases, size.most_callers)
    quick = (*_quick(phrases, endpoints), _puzzled(puzzled))
    return [*_heard(raw, phrases, told), *quick, *_cut(pressed), *_steady(phrases, held)]


async def _held(served: _Served, menu: Sequence[Utterance], phrases: _Played, most: int) -> int:
    """How many callers answering menus at once get their packets in time; 0 if fewer than were tried first."""
    held, tried, found = 0, _CALLERS, phrases
    while _p(found.gaps, 0.99) <= _MOST_GAP:
        held, tried = tried, tried + _MORE_CALLERS
        if tried > most:
            break
        spoken = [menu[number % len(menu)] for number in range(_PHRASES_EACH * tried)]
        found = await served.play(_dealt(spoken, tried), served.choose)
    return held


def _dealt(utterances: Sequence[Utterance], callers: int = _CALLERS) -> list[list[Utterance]]:
    """To each caller its share."""
    return [list(utterances[start::callers]) for start in range(callers)]


# --- ours ---------------------------------------------------------------------------------------------------------


@dataclass
class _Played:
    """What came of one load of calls."""

    reports: list[Report]
    understood: dict[str, list[str]]
    """By caller, in order: the name of the phrase, or the words of the story."""
    plan: list[list[Utterance]]
    cpu: float
    """Seconds of processor time of this process and the SIP worker."""

    @property
    def gaps(self) -> list[float]:
        """Milliseconds between packets."""
        return [1000 * gap for report in self.reports for gap in report.gaps]

    def results(self) -> list[tuple[Utterance, str]]:
        found = []
        for number, said in enumerate(self.plan):
            heard = self.understood[f"+86139{number:08d}"]
            assert len(heard) == len(said), f"caller {number}: {len(heard)} of {len(said)} utterances were answered"
            found += list(zip(said, heard, strict=True))
        return found

    def told(self) -> list[tuple[list[Utterance], str]]:
        """All that each caller said, and all that was understood: a story may come in two parts."""
        return [(said, "".join(self.understood[f"+86139{number:08d}"])) for number, said in enumerate(self.plan)]


class _Tone:
    """Every prompt is a short tone: what is said does not matter here."""

    async def say(self, speech: Speech, language: str) -> bytes:
        del language
        return _PROMPT if speech else b""


class _Tapped:
    """A call whose audio is kept as it arrives."""

    def __init__(self, call: MediaCall) -> None:
        self._call = call
        self.arrived: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)

    async def events(self) -> AsyncIterator[CallEvent]:
        async for event in self._call.events():
            if isinstance(event, Audio):
                self.arrived.append(event.frame)
            yield event


class _Served:
    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._understood: dict[str, list[str]] = defaultdict(list)
        self._arrived: dict[str, list[list[bytes]]] = defaultdict(list)
        """By caller, what was heard at each question."""
        choices = [MenuOption(name, "", (recordings.TRANSCRIPTS[name],)) for name in recordings.names("menu")]
        self._menu = Question(tuple(choices))
        self._story = Question(recording=STORY)
        self._narrow = Question(tuple(choices[:1]))

    async def play(self, plan: list[list[Utterance]], handler: CallHandler) -> _Played:
        self._understood.clear()
        self._arrived.clear()
        port = free_port()
        workers = SipWorkers(SipSettings(port=port, max_calls=len(plan), rtp_ports=(20000, 20999)), handler)
        await workers.start()
        try:
            before = self._cpu(workers.pids)
            reports = await _calls(Plan(port, len(plan), plan))
            cpu = self._cpu(workers.pids) - before
        finally:
            await workers.stop()
        return _Played(reports, dict(self._understood), plan, cpu)

    @staticmethod
    def _cpu(pids: Sequence[int]) -> float:
        own = psutil.Process().cpu_times()
        workers = [psutil.Process(pid).cpu_times() for pid in pids]
        return float(sum(one.user + one.system for one in (own, *workers)))

    async def choose(self, call: MediaCall) -> None:
        await self._talk(call, self._menu)

    def unmatched(self, menu: Sequence[Utterance]) -> list[Utterance]:
        """Some of the phrases that the narrow question does not have."""
        said = recordings.TRANSCRIPTS
        others = [one for one in menu if one[1] != self._narrow.choices[0].means and len(said[one[1]]) > _SYLLABLE]
        return others[:: len(others) // (_PUZZLERS * _PUZZLES)][: _PUZZLERS * _PUZZLES]

    async def puzzle(self, call: MediaCall) -> None:
        await self._talk(call, self._narrow)

    async def transcribe(self, call: MediaCall) -> None:
        await self._talk(call, self._story)

    async def _talk(self, call: MediaCall, question: Question) -> None:
        tapped = _Tapped(call)
        line = Line(cast("MediaCall", tapped), _Tone(), self._ear)
        understood, arrived = self._understood[call.caller or ""], self._arrived[call.caller or ""]
        try:
            while True:
                answer = await line.ask(question, ("prompt",), 30)
                arrived.append(list(tapped.arrived))
                tapped.arrived.clear()
                if isinstance(answer, Recorded):
                    understood.append(await line.transcribe(answer.pcm))
                else:
                    understood.append(answer.means if isinstance(answer, Chosen) else "")
        except CallOver:
            return

    async def endpoints(self) -> dict[str, list[float | None]]:
        """By caller, how many seconds after each recording's end the recogniser itself took it for ended, as it does
        with the audio that arrived and nothing else to do. Where that is depends on how the recording falls into the
        pieces of 0.24 s which the model looks at.
        """
        return {
            caller: [await self._endpoint(frames_heard) for frames_heard in questions]
            for caller, questions in self._arrived.items()
        }

    async def _endpoint(self, arrived: list[bytes]) -> float | None:
        """From the last loud frame; None where nothing was heard."""
        listening = self._ear.listen(self._menu)
        assert listening is not None
        last_loud = 0
        try:
            for number, frame in enumerate(arrived):
                last_loud = number if loudness(frame) > LOUD_DB else last_loud
                listening.feed(frame)
                await listening.settled()
                if any(isinstance(news, Heard) for news in listening.news()):
                    return (number - last_loud) / FRAMES_PER_SECOND
        finally:
            listening.close()
        return None

    @staticmethod
    async def interrupt(call: MediaCall) -> None:
        """A long prompt; at a key it stops, and a second later comes the next."""
        call.play(_LONG_PROMPT)
        rest = 0
        async for event in call.events():
            if isinstance(event, Ended):
                return
            if isinstance(event, Digit):
                call.flush()
                rest = FRAMES_PER_SECOND
            elif rest and not (rest := rest - 1):
                call.play(_LONG_PROMPT)


async def _calls(plan: Plan) -> list[Report]:
    callers = program(sys.executable, "-m", "bench.callers", stdin=PIPE, stdout=PIPE, cwd=CHECKOUT)
    async with callers as process, asyncio.timeout(_PATIENCE):
        out, _ = await process.communicate(json.dumps(asdict(plan)).encode())
    if process.returncode:
        raise RuntimeError("the callers failed")
    return [_report(data) for data in json.loads(out)]


def _report(data: dict[str, object]) -> Report:
    report = Report(**data)  # type: ignore[arg-type]
    report.spoken = [Spoken(**one) for one in report.spoken]  # type: ignore[arg-type]
    return report


# --- raw Vosk -----------------------------------------------------------------------------------------------------


class _Raw:
    """Each utterance decoded by a new recogniser: its words, and its processor time."""

    def __init__(self, model: SpeechModel) -> None:
        self._model = model
        vocabulary = Vocabulary(model.knows)
        words = [" ".join(vocabulary.segment(recordings.TRANSCRIPTS[name])) for name in recordings.names("menu")]
        self._grammar = json.dumps([*words, "[unk]"], ensure_ascii=False)
        self.texts: dict[Utterance, str] = {}
        self.cpu: dict[Utterance, float] = {}

    def decode(self, utterances: Sequence[Utterance]) -> None:
        for one in utterances:
            began = time.process_time()
            self._decode(one)
            self.cpu[one] = time.process_time() - began

    def _decode(self, utterance: Utterance) -> None:
        recogniser = self._model.recogniser(None if utterance[1].startswith("story") else self._grammar)
        pcm = recordings.pcm(*utterance)
        texts = []
        for fed, frame in enumerate([*frames(pcm), *[_SILENCE] * (2 * FRAMES_PER_SECOND)], 1):
            if recogniser.accept(frame):
                texts.append(recogniser.result().text)
                if fed * FRAME_BYTES > len(pcm):
                    break
        else:
            texts.append(recogniser.final().text)
        self.texts[utterance] = "".join(texts)


# --- figures ------------------------------------------------------------------------------------------------------


def _heard(raw: _Raw, phrases: _Played, told: _Played) -> list[Figure]:
    menu, stories = phrases.results(), told.told()
    ours = statistics.mean(heard == said[1] for said, heard in menu)
    theirs = statistics.mean(raw.texts[said] == recordings.TRANSCRIPTS[said[1]] for said, _ in menu)
    wrong = _errors(stories)
    wrong_raw = _errors([([one], raw.texts[one]) for said, _ in stories for one in said])
    raw_menu = sum(raw.cpu[said] for said, _ in menu)
    raw_stories = sum(raw.cpu[one] for said, _ in stories for one in said)
    raw_cpu = raw_menu + raw_stories
    cpu = phrases.cpu + told.cpu
    return [
        Figure("menu phrases right, by call", ours, "share", theirs, ours, Goal(">=", 0.98)),
        Figure("menu phrases right, behind raw", 100 * (theirs - ours), "points", None, None, Goal("<=", 1.0)),
        Figure("story characters wrong, by call", 100 * wrong, "%", 100 * wrong_raw, wrong / wrong_raw),
        Figure("CPU of the calls", cpu, "s", raw_cpu, cpu / raw_cpu, Goal("<=", 0.6)),
        Figure("... menu phrases alone", phrases.cpu, "s", raw_menu),
        Figure("... stories alone", told.cpu, "s", raw_stories),
    ]


def _errors(texts: Sequence[tuple[Sequence[Utterance], str]]) -> float:
    """Character error rate over all."""
    wanted = [("".join(plain(recordings.TRANSCRIPTS[name]) for _, name in said), plain(heard)) for said, heard in texts]
    return sum(errors(right, heard) for right, heard in wanted) / sum(len(right) for right, _ in wanted)


def _quick(phrases: _Played, endpoints: dict[str, list[float | None]]) -> list[Figure]:
    """From the end of speech to the first loud packet, less what the recogniser itself waits."""
    whole, beyond = [], []
    for report in phrases.reports:
        for spoken, own in zip(report.spoken, endpoints[report.caller], strict=True):
            whole.append(1000 * (spoken.answered - spoken.ended))
            if own is not None:
                beyond.append(whole[-1] - 1000 * own)
    return [
        Figure("end of speech to prompt, p95", _p(whole, 0.95), "ms"),
        Figure("... beyond the recogniser's endpoint", _p(beyond, 0.95), "ms", None, None, Goal("<=", 150)),
    ]


def _puzzled(puzzled: _Played) -> Figure:
    """After words that no phrase fits, until it is said that they were not understood: silence is what a caller hears
    meanwhile.
    """
    late = [1000 * (spoken.answered - spoken.ended) for report in puzzled.reports for spoken in report.spoken]
    return Figure(f"unmatched words to prompt, {_PUZZLERS} calls, p95", _p(late, 0.95), "ms", goal=Goal("<=", 2000))


def _cut(pressed: _Played) -> list[Figure]:
    late = [1000 * max(0.0, one.last_loud - one.ended) for report in pressed.reports for one in report.spoken]
    return [Figure("key to last loud packet, p95", _p(late, 0.95), "ms", None, None, Goal("<=", 60))]


def _steady(phrases: _Played, held: int) -> list[Figure]:
    return [
        Figure(f"gap between packets, {_CALLERS} calls, p99", _p(phrases.gaps, 0.99), "ms", goal=Goal("<=", _MOST_GAP)),
        Figure("calls at once within that gap", held, "calls"),
    ]


def _p(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
