"""Recorded Mandarin utterances of four voices, as they sound through a telephone: G.711 A-law, 8 kHz.

The voices are synthetic; what each utterance says is in transcripts.json: `menu..` are whole menu phrases, `digits..`
spoken digits, `story..` matters told in one's own words. One pack a voice, the octets as they go over the wire.
"""

import json
import tarfile
import wave
from array import array
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
VOICES = ("zf_xiaobei", "zf_xiaoxiao", "zm_yunjian", "zm_yunxi")
TRANSCRIPTS: dict[str, str] = json.loads((FOLDER / "transcripts.json").read_text(encoding="utf-8"))


def names(kind: str) -> list[str]:
    """The utterances of a kind: menu, digits or story."""
    return [name for name in TRANSCRIPTS if name.startswith(kind)]


def alaw(voice: str, name: str) -> bytes:
    """The utterance as octets of RTP payload type 8, 160 to a packet of 20 ms."""
    return _pack(voice)[name]


def pcm(voice: str, name: str) -> bytes:
    """The utterance as the phone has it after the codec: 16-bit, little-endian."""
    return array("h", map(_LINEAR.__getitem__, alaw(voice, name))).tobytes()


def write_wav(path: Path, voice: str, name: str, silence: float = 0.0) -> Path:
    """The utterance as an ordinary 16-bit WAV file, with seconds of silence before and after it; returns `path`."""
    quiet = bytes(2 * round(silence * 8000))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(quiet + pcm(voice, name) + quiet)
    return path


@cache
def _pack(voice: str) -> dict[str, bytes]:
    found = {}
    with tarfile.open(FOLDER / f"{voice}.tar.xz", "r:xz") as pack:
        for member in pack:
            content = pack.extractfile(member)
            assert content is not None
            found[member.name.removesuffix(".alaw")] = content.read()
    return found


def _linear(octet: int) -> int:
    """ITU-T G.711, table 1a: even bits inverted, sign, 3 bits of segment, 4 of step."""
    octet ^= 0x55
    segment, step = octet >> 4 & 7, octet & 15
    size = (step << 4) + 8 if segment == 0 else (step << 4) + 0x108 << segment - 1
    return size if octet & 0x80 else -size


_LINEAR = tuple(map(_linear, range(256)))
