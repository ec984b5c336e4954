"""Finds the scenario that somebody means from their own words, offline."""

from dialogs.finder.match import GENERAL, SURE, Match, ScenarioFinder, only_one, specific
from dialogs.finder.meaning import Embedder, open_embedder
from dialogs.finder.mixture import MixtureFinder

__all__ = [
    "GENERAL",
    "SURE",
    "Embedder",
    "Match",
    "MixtureFinder",
    "ScenarioFinder",
    "only_one",
    "open_embedder",
    "specific",
]
