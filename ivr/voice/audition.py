"""Whether a rendered number is understood: a synthesiser maims short words now and then, and must try again."""

from __future__ import annotations

import json

from dialogs.speech.model import SpeechModel
from dialogs.speech.sound import AudioSegment
from ivr.audio import silence
from ivr.speech.vocabulary import Vocabulary, plain

_SIGNS = frozenset("零一二三四五六七八九幺十百千万亿元角分年月号点半两负到")
_WORDS = ("凌晨", "早上", "上午", "中午", "下午", "晚上", "百分之")
_PAUSE = silence(0.15)
_AROUND = silence(0.4)


class Audition:
    """By our own recogniser, with a grammar of number words, over a telephone's bandwidth. Use it from one thread."""

    def __init__(self, model: SpeechModel) -> None:
        vocabulary = Vocabulary(model.knows)
        words = {word for text in (*_SIGNS, *_WORDS) for word in vocabulary.segment(text)}
        self._recogniser = model.recogniser(json.dumps([*sorted(words), "[unk]"], ensure_ascii=False))

    def judges(self, said: str) -> bool:
        """Whether the text is a number word, the only kind that is tried."""
        rest = plain(said)
        for word in _WORDS:
            rest = rest.replace(word, "")
        return bool(plain(said)) and _SIGNS.issuperset(rest)

    def passed(self, clip: AudioSegment, said: str) -> bool:
        """Understood alone and, as joins are made of it, again right after itself."""
        sound, meant = bytes(clip.raw_data), plain(said).replace("幺", "一")
        return self._heard(sound) == meant and self._heard(sound + _PAUSE + sound) == meant * 2

    def _heard(self, sound: bytes) -> str:
        self._recogniser.accept(_AROUND + sound + _AROUND)
        text = self._recogniser.final().text
        self._recogniser.reset()
        return text.replace("幺", "一")
