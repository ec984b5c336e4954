"""pydub, imported without its complaints: of its own age, and that there is no ffmpeg, which is not on the path."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.exceptions import CouldntDecodeError
    from pydub.silence import detect_leading_silence

__all__ = ["AudioSegment", "CouldntDecodeError", "detect_leading_silence"]
