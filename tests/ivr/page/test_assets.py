"""The panel's script asks for no word that the catalogues do not have."""

import re
from pathlib import Path

import pytest

from locales import LANGUAGES, catalogue

ASSETS = Path(__file__).parents[3] / "ivr/page/assets"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_panel_is_there(language: str) -> None:
    asked = {key for path in ASSETS.glob("*.js") for key in re.findall(r'"(web\.[a-z._]+)"', path.read_text())}
    assert len(asked) > 25
    assert asked <= catalogue(language).keys()


def test_nothing_is_fetched_from_elsewhere() -> None:
    """Closed networks have no internet, and the page's policy forbids it too."""
    for path in ASSETS.iterdir():
        found = re.findall(r"https?://(?!www\.w3\.org)|//[a-z]+\.[a-z]+/|stun:|turn:", path.read_text())
        assert not found, path.name
