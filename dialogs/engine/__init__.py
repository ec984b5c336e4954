"""The conversation itself, pure: (scenario, form, event) -> (form, outputs)."""

from dialogs.engine.conversation import Engine
from dialogs.engine.filing import Render
from dialogs.engine.turn import Limits, Step

__all__ = ["Engine", "Limits", "Render", "Step"]
