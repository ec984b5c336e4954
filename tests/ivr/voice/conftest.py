"""The real speech model, as the recogniser's own tests have it."""

from tests.dialogs.speech.conftest import speech_model

__all__ = ["speech_model"]
