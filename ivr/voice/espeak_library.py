"""Runs as a process of its own: text on standard input, sound on standard output, by the espeak-ng library of a wheel.

python -I espeak_library.py -v cmn -s 170
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import sys
import wave

_SYNCHRONOUS = 2
_UTF8 = 1
_PHONEME_END_PAUSE = 0x1000
_RATE = 1
"""The library's number of the parameter for words a minute."""
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("-v", dest="voice", required=True)
    parser.add_argument("-s", dest="speed", type=int, required=True)
    given = parser.parse_args()
    loader = importlib.import_module("espeakng_loader")
    library = ctypes.CDLL(loader.get_library_path())
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, str(loader.get_data_path()).encode(), 0)
    if rate <= 0 or library.espeak_SetVoiceByName(given.voice.encode()) != 0:
        return 1
    library.espeak_SetParameter(_RATE, given.speed, 0)
    sound = bytearray()

    def keep(samples: ctypes._Pointer[ctypes.c_short], count: int, _: int | None) -> int:
        if count:
            sound.extend(ctypes.string_at(samples, count * 2))
        return 0

    callback = _CALLBACK(keep)
    library.espeak_SetSynthCallback(callback)
    text = sys.stdin.buffer.read() + b"\0"
    library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 0, 0, _UTF8 | _PHONEME_END_PAUSE, None, None)
    with wave.open(sys.stdout.buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.setnframes(len(sound) // 2)
        file.writeframes(bytes(sound))
    return 0


if __name__ == "__main__":
    sys.exit(main())
