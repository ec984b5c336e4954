"""Reads how somebody is called, without what people say round it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from dialogs.fields.chatter import parts_of, without_chatter
from dialogs.fields.outcome import Outcome, Understood, problem
from dialogs.fields.text import Text, cleaned

_TITLE = "先生|女士|小姐|师傅|老板|老师|经理|阿姨|大姐|大哥"
_COMPOUND = "欧阳|上官|司马|司徒|诸葛|皇甫|尉迟|令狐|慕容|夏侯|东方|端木|南宫|公孙|长孙|宇文"
_GREETING = r"(?:你好|您好)?[,，。!！\s]*"
_END = r"[,，。.!！\s]*(?:就好|就行|就得|得啦|得了|好啦|好了|就可以|吧|了|啊|呀)?[。.!！\s]*"
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
    r"(?:my name is|my name's|i am|i'm|this is|call me) (?P<name>[a-z][a-z .'-]*?)(?: here| speaking|,? (?:from"
    r"|at|of) .+|, .+)?[.!]*",
    re.IGNORECASE,
)


_PARTS = re.compile(r"[,，。;；!！、\s]+(?=[一-鿿])|[,，;。!！]+\s*")
_TRADE = re.compile("员$|长$|老板|经理|会计|财务|文员|店|厂|公司|的$|做|开|负责")
"""What somebody is, rather than called."""
_WITH_TITLE = re.compile(rf"(?:{_COMPOUND}|[一-鿿])[一-鿿]{{0,2}}(?:{_TITLE}|总|厂长|主任|会计|店长|主管|队长|工)")
_OF_ONESELF = re.compile(
    r"[+\d][\d\s-]{5,}|(?:我|本人|免贵)?(?:免贵)?姓.{1,4}|(?:我|本人)(?:就)?叫.{2,4}|(?:联系人|找|电话|手机|联系电话|我?(?:的)?(?:电话|手机))[是:：]?.{0,16}"
    r"|(?:我|我们|咱)?(?:是)?(?:做|开|搞|跑|卖|修|养|种|经营|租)[^店厂司行]{0,8}的|(?:没有|冇|没)(?:店名|名字|招牌|公司名)(?:的)?",
)
"""What somebody says of themselves besides."""
_PERSON_IN_ENGLISH = re.compile("[A-Z][a-z]+ [A-Z][a-z]+")
_NAMELESS = re.compile(r"(?:没有|冇|没)(?:店名|名字|招牌|公司名)(?:的)?")
_CALLED_WHAT = re.compile("^(?:好像)?(?:是)?叫(?:做)?(?:什么|啥)(?=.{2})(?!名)")
_ONLY = re.compile(r"^(?:就是|就叫|就|叫做?|是)(?=.{2})")
_ENTERPRISE = re.compile(
    r"(?:你好|您好|嗯|呃|那个|就是)?[,，\s]*(?:(?:营业)?执照上面?(?:的|写的?)?)?(?:我们?|俺们?|咱们?|本|小|这个?|哥哋|我哋)?(?:家|间|的|个)?(?:公司|厂子?|店铺?|企业|档口|铺头|单位)?(?:的)?"
    r"(?:全称|全名|名字|名称|店名|厂名|公司名)?(?:啊|呢|就|,|，)*(?:叫做?|是叫|是|系|喊做?)(?P<name>(?!不|什么|啥|做|开|卖|搞|一[家个间]|个|在|这|那)[^,，。]{2,40}?)"
    r"(?:啊|呀|哈|吧|啦|嘅|[.。!！])*"
)

_ENTERPRISE_IN_ENGLISH = re.compile(
    r"(?:(?:it'?s|it is|we'?re|we are|(?:my|our|the) (?:company|shop|factory|business|restaurant)(?: is)?)"
    r" (?:called|named)"
    r"|(?:my|our|the) (?:(?:company|shop|factory|business|restaurant)(?:'s)? )?name(?: is|'s)) (?P<name>.+?)[.!]*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class EnterpriseName(Text):
    """A business's name without what is said round it: 恒顺纸品 of 我们公司名字叫恒顺纸品，我姓何."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        said = without_chatter(text)
        if cleaned(text) and not said:
            return problem("field.not_an_answer")
        outcome = super().parse(_firm_of(said), now)
        if isinstance(outcome, Understood) and (
            found := _ENTERPRISE.fullmatch(str(outcome.value)) or _ENTERPRISE_IN_ENGLISH.fullmatch(str(outcome.value))
        ):
            return Understood(found["name"], found["name"])
        return outcome


@dataclass(frozen=True)
class Name(Text):
    """A person's name as it is written on a letter: 刘建国 of 我叫刘建国, 刘 of 免贵姓刘, 刘女士 of 我姓刘，女士."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        said = without_chatter(text)
        if cleaned(text) and not said:
            return problem("field.not_an_answer")
        outcome = super().parse(said, now)
        if not isinstance(outcome, Understood):
            return outcome
        name = _named(str(outcome.value))
        return Understood(name, name)


def _firm_of(text: str) -> str:
    """The parts of a message that may be a business's name, without who speaks, what they do, and their number."""
    parts = parts_of(text)
    kept = [part for part in parts if not (_WITH_TITLE.fullmatch(part) or _OF_ONESELF.fullmatch(part))]
    if len(kept) > 1 and _PERSON_IN_ENGLISH.fullmatch(kept[-1]):
        kept.pop()
    if not kept or len(kept) == len(parts):
        return _CALLED_WHAT.sub("", text)
    return _ONLY.sub("", kept[-1] if len(kept) > 1 and _NAMELESS.fullmatch(kept[0]) else "，".join(kept))


def _named(text: str) -> str:
    """The name in a sentence that says nothing else; any other text as it is."""
    if found := _SURNAME.fullmatch(text):
        given = found["full"] or found["given"] or found["title"] or ""
        return given if given.startswith(found["surname"]) else found["surname"] + given
    found = _CALLED.fullmatch(text) or _ENGLISH.fullmatch(text)
    if found:
        return found["name"]
    parts = [part for part in (*_PARTS.split(text), *parts_of(text)) if part]
    parts = list(dict.fromkeys(parts))
    called = [name for part in parts if (name := _in_part(part))] if len(parts) > 1 else []
    return called[0] if len(called) == 1 else text


def _in_part(part: str) -> str:
    """The name in one part of a sentence that says more: 我叫陈志强, 罗厂长."""
    if _WITH_TITLE.fullmatch(part):
        return part
    found = _CALLED.fullmatch(part) or _ENGLISH.fullmatch(part)
    if found and not _TRADE.search(found["name"]):
        return found["name"]
    surname = _SURNAME.fullmatch(part)
    return _named(part) if surname else ""
