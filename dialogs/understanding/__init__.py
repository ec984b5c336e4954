"""What a message means where it is said: read before the conversation takes it, for every channel alike."""

from dialogs.understanding.answers import answers_alone, read_answer
from dialogs.understanding.context import Context, Medium
from dialogs.understanding.fact import Fact
from dialogs.understanding.facts import firm_in_part
from dialogs.understanding.intent import ABOUT_US, Intent, Wish
from dialogs.understanding.nonsense import is_nonsense
from dialogs.understanding.normalise import Said, normalise
from dialogs.understanding.parts import parts_of
from dialogs.understanding.proposals import Proposal, Proposer
from dialogs.understanding.reading import Reading, read
from dialogs.understanding.understanding import Understanding

__all__ = [
    "ABOUT_US",
    "Context",
    "Fact",
    "Intent",
    "Medium",
    "Proposal",
    "Proposer",
    "Reading",
    "Said",
    "Understanding",
    "Wish",
    "answers_alone",
    "firm_in_part",
    "is_nonsense",
    "normalise",
    "parts_of",
    "read",
    "read_answer",
]
