"""Request templates: their format, and loading and checking them before anybody talks."""

from pathlib import Path

BUILT_IN = Path(__file__).parent.parent / "scenarios"
"""The scenarios that come with the product; here, because to load them takes far more than to name them."""
