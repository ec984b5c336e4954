"""The library of prompts: the sound of every text that was rendered ahead, and recordings that stand in for it."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from backend.contract.faults import NamedFault, OperatorError, system_reason
from backend.contract.message import Message
from dialogs.speech.sound import AudioSegment
from locales import LANGUAGES

from . import BUILT_IN as BUILT_IN
from . import archives, clips
from .speech import normalised

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
_CACHE_BYTES = 32 * 1024 * 1024
"""Of decoded audio: more than half an hour of it, and decoding a prompt takes 3 ms."""


@dataclass(frozen=True)
class Prompt:
    """A rendered text, as the manifest has it."""

    language: str
    text: str
    """Normalised."""
    said: str
    """What the voice was given: numbers written out."""
    voice: str
    seconds: float


class PromptsUnreadable(OperatorError):
    """The library's folder has no manifest that can be read."""


def key(text: str, language: str) -> str:
    """The name of a text's sound."""
    return hashlib.sha256(f"{language}\n{normalised(text)}".encode()).hexdigest()[:12]


def read_manifest(folder: Path) -> dict[str, Prompt]:
    """The prompts by name. Raises PromptsUnreadable."""
    try:
        entries = json.loads((folder / MANIFEST).read_text("utf-8"))
        return {name: Prompt(**entry) for name, entry in entries.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else str(error)
        told = Message("prompt.no_manifest", {"reason": reason})
        raise PromptsUnreadable(NamedFault(str(folder / MANIFEST), told)) from error


def write_manifest(folder: Path, prompts: Mapping[str, Prompt]) -> None:
    """Sorted by language and text, one line a prompt, so that a change of words is a change of its lines."""
    ordered = sorted(prompts.items(), key=lambda item: (item[1].language, item[1].text))
    lines = [f"{json.dumps(name)}: {json.dumps(asdict(prompt), ensure_ascii=False)}" for name, prompt in ordered]
    whole = folder / f".{MANIFEST}"
    whole.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    whole.replace(folder / MANIFEST)


class Prompts:
    """Finds the sound of a text. Its methods may be called from any thread."""

    def __init__(
        self, archived: Mapping[str, Path], manifest: Mapping[str, Prompt], recordings: Mapping[str, Path]
    ) -> None:
        self._archived = archived
        self._names = frozenset(manifest)
        self._recordings = recordings
        self._decoded: OrderedDict[str, AudioSegment] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path = BUILT_IN, overrides: Path | None = None) -> Prompts:
        """Read the manifest, and the names of the recordings in `overrides`. Raises PromptsUnreadable."""
        recordings = _recordings(overrides.glob("*.[wW][aA][vV]") if overrides else ())
        return cls(archives.index(folder), read_manifest(folder), recordings)

    def __contains__(self, said: tuple[str, str]) -> bool:
        """Whether `(text, language)` can be said."""
        name = key(*said)
        return name in self._names or name in self._recordings

    def find(self, text: str, language: str) -> AudioSegment | None:
        """The sound of a text: the recording dropped for it, else the rendered one, else None."""
        name = key(text, language)
        if name not in self._names and name not in self._recordings:
            return None
        with self._lock:
            if name in self._decoded:
                self._decoded.move_to_end(name)
                return self._decoded[name]
        clip = self._read(name)
        if clip is not None:
            self._keep(name, clip)
        return clip

    def _read(self, name: str) -> AudioSegment | None:
        if name in self._recordings:
            try:
                return clips.finished(clips.from_file(self._recordings[name].read_bytes()))
            except (OSError, clips.UnreadableClip):
                log.warning("recording cannot be read", extra={"prompt": self._recordings[name].name})
        if name not in self._names:
            return None
        try:
            return clips.from_file(archives.read(self._archived[name], name))
        except (KeyError, OSError, clips.UnreadableClip):
            log.exception("prompt cannot be read", extra={"prompt": name})
            return None

    def _keep(self, name: str, clip: AudioSegment) -> None:
        with self._lock:
            if name not in self._decoded:
                self._size += len(clip.raw_data)
            self._decoded[name] = clip
            while self._size > _CACHE_BYTES:
                _, oldest = self._decoded.popitem(last=False)
                self._size -= len(oldest.raw_data)


def _recordings(found: Iterable[Path]) -> dict[str, Path]:
    """Recordings by the name of the text they say: a file is called by that name, or by the text itself.

    A text that is the same in two languages is recorded for both, and one recording serves with and without the
    full stop or question mark at the end, unless there is another for that.
    """
    recordings: dict[str, Path] = {}
    exactly: dict[str, Path] = {}
    for file in sorted(found):
        exactly[file.stem] = file
        for language in LANGUAGES:
            exactly[key(file.stem, language)] = file
            recordings |= {key(file.stem.rstrip("。.？?") + end, language): file for end in ("", "。", "？")}
    return recordings | exactly
