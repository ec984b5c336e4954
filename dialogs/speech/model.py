"""The speech model in memory, loaded once a process, with the endpointer set our way."""

from __future__ import annotations

import atexit
import importlib
import shutil
import threading
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from backend.contract.faults import system_reason
from backend.contract.message import Message
from scratch import ScratchFolder

from .delivery import ModelUnavailable
from .frames import SAMPLE_RATE
from .recogniser import Recogniser


@dataclass(frozen=True)
class Endpointing:
    """How long a silence ends an utterance. Vosk's Python wheel has no call for it, so it is written to the model's
    configuration. The names are the rules of Kaldi's endpointer."""

    rule2: float = 0.5
    """Seconds, when what was heard very likely is complete."""
    rule3: float = 1.0
    """Seconds, when it may be complete."""
    rule4: float = 2.0
    """Seconds, whatever was heard."""


class SpeechModel:
    """The loaded model. Its methods may be called from any thread."""

    def __init__(self, vosk: Any, handle: Any) -> None:
        self._vosk = vosk
        self._handle = handle

    def knows(self, word: str) -> bool:
        """Whether the word is in the model's vocabulary; other words are dropped from grammars without a sound."""
        return bool(self._handle.vosk_model_find_word(word) >= 0)

    def recogniser(self, grammar: str | None = None, rate: int = SAMPLE_RATE) -> Recogniser:
        """A new recogniser for one stream of audio, the phone's 8 kHz or `rate` samples a second: of the phrases of a
        JSON list, or of free speech.

        Takes about 25 ms with a grammar. A grammar cannot be exchanged later: Vosk aborts the process on that.
        """
        arguments = (self._handle, float(rate)) + (() if grammar is None else (grammar,))
        kaldi = self._vosk.KaldiRecognizer(*arguments)
        kaldi.SetWords(True)
        return Recogniser(kaldi, rate)

    def unload(self) -> None:
        """Give the memory back, when nobody will ask for anything any more."""
        del self._handle


def load(path: Path, endpointing: Endpointing | None = None) -> SpeechModel:
    """The model of that folder, in memory (115 MB, about a second) from the first call on; the folder is only read.

    Raises ModelUnavailable when the folder holds no model that Vosk can load, or there is no Vosk for this system.
    """
    wanted = (path.resolve(), endpointing or Endpointing())
    with _loading:
        if wanted not in _loaded:
            _loaded[wanted] = _load(*wanted)
        return _loaded[wanted]


_loading = threading.Lock()
_loaded: dict[tuple[Path, Endpointing], SpeechModel] = {}


def _load(path: Path, endpointing: Endpointing) -> SpeechModel:
    try:
        vosk = importlib.import_module("vosk")
    except (ImportError, OSError) as error:
        raise ModelUnavailable(Message("model.no_vosk", {"reason": str(error)})) from None
    vosk.SetLogLevel(-1)
    with ScratchFolder("jiesu-model-") as arranged:
        try:
            _arrange(path, arranged.path, endpointing)
            handle = vosk.Model(str(arranged.path))
        except Exception as error:  # Vosk raises nothing narrower
            reason = system_reason(error) if isinstance(error, OSError) else str(error)
            raise ModelUnavailable(Message("model.unreadable", {"folder": str(path), "reason": reason})) from error
    model = SpeechModel(vosk, handle)
    # A model that outlives this is freed when the interpreter has emptied Vosk's module, and Vosk complains on stderr.
    atexit.register(model.unload)
    return model


def _arrange(original: Path, arranged: Path, endpointing: Endpointing) -> None:
    """Another view of the model's folder: everything linked but the configuration, which is an edited copy."""
    for part in original.iterdir():
        if part.name != "conf":
            (arranged / part.name).symlink_to(part)
    shutil.copytree(original / "conf", arranged / "conf")
    file = arranged / "conf" / "model.conf"
    kept = [line for line in file.read_text(encoding="ascii").splitlines() if ".min-trailing-silence=" not in line]
    kept += [
        f"--endpoint.{rule.name}.min-trailing-silence={getattr(endpointing, rule.name)}" for rule in fields(endpointing)
    ]
    file.chmod(0o644)
    file.write_text("\n".join(kept) + "\n", encoding="ascii")
