"""Reads how somebody is called, without what people say round it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from dialogs.fields.outcome import NotUnderstood, Outcome, Understood
from dialogs.fields.text import Text

_TITLE = "先生|女士|小姐|师傅|老板|老师|经理|阿姨|大姐|大哥"
_COMPOUND = "欧阳|上官|司马|司徒|诸葛|皇甫|尉迟|令狐|慕容|夏侯|东方|端木|南宫|公孙|长孙|宇文"
_GREETING = r"(?:你好|您好)?[,，。!！\s]*"
_END = r"[,，。.!！\s]*(?:就好|就行|就可以|吧|了|啊|呀)?[。.!！\s]*"
_SURNAME = re.compile(
    rf"{_GREETING}(?:我|本人|在下|鄙人)?(?:是)?(?:免贵)?姓(?P<surname>{_COMPOUND}|[一-鿿])的?"
    rf"(?:[,，\s]*(?:(?P=surname)?(?P<title>{_TITLE})|(?:名叫|名|叫|单名)(?P<given>[一-鿿]{{1,4}})"
    rf"|(?P<full>(?P=surname)[一-鿿]{{1,3}})))?{_END}"
)
_CALLED = re.compile(
    rf"{_GREETING}(?:我叫|我的名字叫|我的名字是|我名字叫|我是|本人叫|叫我|你叫我|叫)(?!什么|啥)"
    rf"(?P<name>[一-鿿]{{2,4}}?|[一-鿿]+·[一-鿿·]+)(?<!的){_END}"
)
_ENGLISH = re.compile(
    r"(?:my name is|my name's|i am|i'm|this is|call me) (?P<name>[a-z][a-z .'-]+?)[.!]*", re.IGNORECASE
)


@dataclass(frozen=True)
class Name(Text):
    """A person's name as it is written on a letter: 刘建国 of 我叫刘建国, 刘 of 免贵姓刘, 刘女士 of 我姓刘，女士."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        outcome = super().parse(text, now)
        if isinstance(outcome, NotUnderstood):
            return outcome
        name = _named(str(outcome.value))
        return Understood(name, name)


def _named(text: str) -> str:
    """The name in a sentence that says nothing else; any other text as it is."""
    if found := _SURNAME.fullmatch(text):
        given = found["full"] or found["given"] or found["title"] or ""
        return given if given.startswith(found["surname"]) else found["surname"] + given
    found = _CALLED.fullmatch(text) or _ENGLISH.fullmatch(text)
    return found["name"] if found else text
