"""Brings the library of prompts to what the corpus wants: renders what is new or said otherwise, drops the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from backend.contract.faults import NamedFault, Problem
from backend.contract.message import Message
from dialogs.speech.sound import AudioSegment

from . import archives, clips, prompts
from .corpus import Wanted
from .prompts import Prompt, PromptsUnreadable
from .reading import written_out

VOICES: Mapping[str, str] = {"zh_CN": "zf_xiaoyi", "en": "af_heart"}
"""Who speaks a language. Of four Mandarin voices xiaoyi was understood best by our own recogniser over a telephone's
bandwidth: 38 of 240 characters of sentences and numbers wrong, the others 45, 57 and 115."""

RECIPE = 1
"""Raise it when the same words come out otherwise: all prompts are then rendered again."""

Render = Callable[[str, str], AudioSegment]
"""Says a text with all numbers written out, in a voice; any level, silence around it or not."""

Progress = Callable[[int, int], None]
"""Is told how many are done, and of how many."""

_SAVED_EVERY = 10
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


def build(folder: Path, wanted: Iterable[Wanted], render: Render, *, told: Progress | None = None) -> int:
    """How many prompts were rendered. May be interrupted and repeated: what is done stays done."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = _manifest(folder)
    plan = {one.key: one for one in wanted}
    _take_in(folder, plan)
    there = archives.index(folder)
    due = [one for name, one in plan.items() if name not in there or not _current(manifest.get(name), one)]
    for done, one in enumerate(due, 1):
        manifest[one.key] = _rendered(folder, one, render)
        if not done % _SAVED_EVERY:
            prompts.write_manifest(folder, manifest)
            if told is not None:
                told(done, len(due))
    archives.drop(folder, there.keys() - plan.keys())
    prompts.write_manifest(folder, {name: prompt for name, prompt in manifest.items() if name in plan})
    return len(due)


def check(folder: Path, wanted: Iterable[Wanted]) -> list[Problem]:
    """What is missing, too much or said otherwise by now; empty if all is well."""
    try:
        manifest = prompts.read_manifest(folder)
    except PromptsUnreadable as error:
        return [*error.faults]
    there = archives.index(folder)
    plan = {one.key: one for one in wanted}
    faults: list[Problem] = []
    for name, one in plan.items():
        if name not in manifest or name not in there:
            faults.append(_fault(one, "prompt.missing"))
        elif not _current(manifest[name], one):
            faults.append(_fault(one, "prompt.outdated"))
    unwanted = [f"{archive}: {name}" for name, archive in there.items() if name not in plan]
    unwanted += [f"{folder / prompts.MANIFEST}: {name}" for name in manifest if name not in plan]
    return [*faults, *(NamedFault(one, Message("prompt.unwanted")) for one in unwanted)]


def unsayable(wanted: Iterable[Wanted]) -> list[Problem]:
    """Texts with signs that the voice of their language has no sound for."""
    return [
        _fault(one, "prompt.latin")
        for one in wanted
        if one.language == "zh_CN" and _LATIN.search(one.text) and len(one.text) > 1
    ]


def _take_in(folder: Path, plan: Mapping[str, Wanted]) -> None:
    """Clips in files of their own, as they were kept once, go into their archives."""
    loose = {file.stem: file for file in folder.glob("*.opus")}
    subjects: dict[str, dict[str, bytes]] = {}
    for name in plan.keys() & loose.keys():
        subjects.setdefault(plan[name].subject, {})[name] = loose[name].read_bytes()
    for subject in sorted(subjects):
        archives.put(folder, subject, dict(sorted(subjects[subject].items())))
    for file in loose.values():
        file.unlink()


def _fault(one: Wanted, kind: str) -> NamedFault:
    return NamedFault(one.source, Message(kind, {"language": one.language, "text": one.text}))


def _manifest(folder: Path) -> dict[str, Prompt]:
    try:
        return prompts.read_manifest(folder)
    except PromptsUnreadable:
        return {}  # the first build


def _current(prompt: Prompt | None, one: Wanted) -> bool:
    return prompt is not None and (prompt.said, prompt.voice) == _manner(one)


def _manner(one: Wanted) -> tuple[str, str]:
    return written_out(one.text, one.language), f"{VOICES[one.language]}/{RECIPE}"


def _rendered(folder: Path, one: Wanted, render: Render) -> Prompt:
    said, voice = _manner(one)
    clip = clips.finished(render(said, one.language))
    if not len(clip):
        raise ValueError(f"{one.source}: the voice is silent for: {said}")
    archives.put(folder, one.subject, {one.key: clips.to_file(clip)})
    return Prompt(one.language, one.text, said, voice, round(len(clip) / 1000, 2))
