"""The phone's voice: prompts rendered ahead, numbers joined from pieces, and a plain synthesiser for the rest."""

from pathlib import Path

BUILT_IN = Path(__file__).parent / "prompts"
"""The prompts that come with the product; here, because to open them takes far more than to name them."""
