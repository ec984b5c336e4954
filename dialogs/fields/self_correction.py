"""Finds where somebody takes back in one sentence what they have just said."""

from __future__ import annotations

import re

from dialogs.fields.typed import narrow

_TAKEN_BACK = re.compile(
    r"(?:(?<=[,，.。…、;；!！ ])|(?<=[\u4e00-\u9fff0-9]))(?:啊|哦|噢|呃|额|哎|诶|唉|咦|等等|等下)*[,，.。… ]*"
    r"(?:(?<![对是])(?:不对|唔啱)(?:不对|啊|哦|[,，.。… ])*(?!劲|称|头|吗|\?)"
    r"|(?<=[,，.。… 哦噢啊呃额])(?:不是|唔系)[,，.。… ]+|(?:说|讲|写|打|记|看|搞|弄|报|填)(?:错|反)(?:了|咗|行了"
    r"|啦|啊)*(?:最后(?:一位)?是[\d零一二三四五六七八九幺]{1,2}(?![\d零一二三四五六七八九幺]))?"
    r"|(?<=[,，.。… 位个])错了|(?<=[,，.。… ])[哦噢喔诶](?=[是系])"
    r"|应该是|更正|纠正|准确(?:点|来)?(?:说|讲)(?:应该)?是?|开玩笑的?|口误|(?:后来|现在|又)*改(?:一?下|成|到)"
    r"|\b(?:sorry|i mean|i meant|no wait|wait|actually|correction|rather|oops|make that)\b)[,，.。:：… ]*(?:是"
    r"|系|应该是|我是说|it s|it is)?",
    re.ASCII,
)

_FIGURES = "[0-9一二三四五六七八九十廿]"
_MONTH_OF_A_DAY = re.compile(
    rf"((?:(?:20\d\d|[去今明前])年)?(?:{_FIGURES}{{1,3}}|[上这本下]个?)月)份?的?{_FIGURES}{{1,3}}[日号]?[^月]{{0,4}}$"
)
_FIGURES_ALONE = re.compile(rf"{_FIGURES}{{1,3}}")
_DAY_BEFORE = re.compile(rf"{_FIGURES}[日号]")
_DAY_ALONE = re.compile(rf"{_FIGURES}{{1,3}}(?:[日号]|$)")


def corrected(text: str) -> tuple[str, str] | None:
    """What was said first, and what takes its place; None where nothing is taken back."""
    said = narrow(text)
    found = list(_TAKEN_BACK.finditer(said))
    if not found:
        return None
    before, after = said[: found[-1].start()].strip(" ,，。.…"), said[found[-1].end() :].strip(" ,，。.…")
    return (before, _in_the_same_month(before, after)) if before and after else None


def _in_the_same_month(before: str, after: str) -> str:
    """A day alone that takes the place of a date is of its month: 12月9号，说错，19号."""
    if _FIGURES_ALONE.fullmatch(after) and _DAY_BEFORE.search(before):
        after += "号"
    month = _MONTH_OF_A_DAY.search(before)
    return f"{month[1]}{after}" if month and _DAY_ALONE.match(after) else after
