"""Emergencies in what people say: read by the policy's words and patterns."""

from dialogs.understanding.emergencies.reader import Emergencies, Emergency, Grade

__all__ = ["Emergencies", "Emergency", "Grade"]
