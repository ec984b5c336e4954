"""What enterprises are told after something happened says nothing glad: it may stand beside an injury or a death."""

import pytest

from locales import LANGUAGES, catalogue

GLAD = ("！", "!", "✅", "🎉", "👍", "太好", "高兴", "恭喜", "great", "happy", "congrat")
TOLD = ("form.", "add.", "answer.", "rate.", "human.", "engine.", "turn.", "loose.", "withdraw.", "correct.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_glad_is_said_of_a_matter(language: str) -> None:
    texts = catalogue(language).items()
    assert [key for key, text in texts if key.startswith(TOLD) and any(word in text.casefold() for word in GLAD)] == []
