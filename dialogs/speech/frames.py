"""The audio that is heard as it comes: that of the telephone, in frames."""

from typing import Final

SAMPLE_RATE: Final = 8000
"""Samples a second; each is signed, 16 bits, little-endian, one channel."""
FRAME_SECONDS: Final = 0.02
FRAME_SAMPLES: Final = 160
FRAME_BYTES: Final = 320
FRAMES_PER_SECOND: Final = 50
