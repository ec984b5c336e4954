"""Finds the scenario that somebody means from their own words, offline."""

from dialogs.finder.match import SURE, Match, ScenarioFinder
from dialogs.finder.meaning import Embedder, open_embedder
from dialogs.finder.mixture import MixtureFinder

__all__ = ["SURE", "Embedder", "Match", "MixtureFinder", "ScenarioFinder", "open_embedder"]
