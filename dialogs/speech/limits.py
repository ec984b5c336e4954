"""What is heard of a voice message, and how it has to be."""

from typing import Final

RATE: Final = 16_000
"""Samples a second that the model was made for: twice the telephone's."""
LONGEST_SECONDS: Final = 120
LARGEST_BYTES: Final = 8 * 1024 * 1024
"""Four times two minutes at the rate that browsers record with."""
TOO_LONG: Final = 3
"""Exit status of the process that decodes a voice message which is longer."""
UNREADABLE: Final = 4
"""And of one that is none."""
