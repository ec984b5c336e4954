"""More of what callers say, in the voice zf_xiaoxiao: answers to the forms' own questions, as they sound by telephone.

Packed as in tests/ivr/recordings: octets of G.711 A-law; what each utterance says is in transcripts.json.
"""

import json
import tarfile
from array import array
from functools import cache
from pathlib import Path

from tests.ivr.recordings import _LINEAR as LINEAR

FOLDER = Path(__file__).parent


@cache
def pcm(words: str) -> bytes:
    """The utterance of these very words: 8 kHz, 16-bit, little-endian."""
    return array("h", map(LINEAR.__getitem__, _octets()[words])).tobytes()


@cache
def _octets() -> dict[str, bytes]:
    transcripts = json.loads((FOLDER / "transcripts.json").read_text(encoding="utf-8"))
    found = {}
    with tarfile.open(FOLDER / "zf_xiaoxiao.tar.xz", "r:xz") as pack:
        for member in pack:
            content = pack.extractfile(member)
            assert content is not None
            found[transcripts[member.name.removesuffix(".alaw")]] = content.read()
    return found
