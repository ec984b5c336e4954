"""Reads a message for everything else that a form wants to know, so that nobody is asked what they have told."""

from dialogs.understanding.facts.finding import find_facts, learn_facts
from dialogs.understanding.facts.places import firm_in_part

__all__ = ["find_facts", "firm_in_part", "learn_facts"]
