"""The conversation itself, pure: (scenario, form, event) -> (form, outputs)."""

from dialogs.engine.conversation import Engine
from dialogs.engine.filing import Render
from dialogs.engine.turn import MistakeLimits, Step

__all__ = ["Engine", "MistakeLimits", "Render", "Step"]
