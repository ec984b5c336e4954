"""Everything that can happen to a ticket, each a model in the file of its family."""

from backend.contract.events import clocks, desk, filing, part, questions, rating
from backend.contract.events.event import Event, model_of, read
from backend.contract.words import EventKind

__all__ = ["Event", "clocks", "desk", "filing", "model_of", "part", "questions", "rating", "read"]

assert all(model_of(kind) for kind in EventKind), "a kind of event without its model"
