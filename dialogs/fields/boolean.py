"""Reads a yes or a no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from backend.contract.message import Message
from dialogs.fields.outcome import Outcome, Parser, Understood, problem
from dialogs.fields.typed import fold, narrow, words

_YES = words(
    "是/对/有/要/需要/嗯/嗯嗯/恩/好/可以/行/成/中/同意/愿意/确认/确定/正确/没错/没有错/没问题/没有问题/不错/当然/必须"
    "/已经/会/能/没毛病/有过/是这样/就是/收到"
    "/系/系啊/啱/得/好嘅"
    "/1/y/yes/yeah/yep/yup/sure/ok/okay/true/right/correct/no problem/of course/i do/yes please",
)
_NO = words(
    "不/否/不是/没有/没/无/不要/不用/不需要/不对/不行/不可以/不同意/不愿意/不好/不会/不能/算了/未/还没/还没有/没有过"
    "/从来没有/不必/不用了/不要了/不了/错/错了/不正确/不确认/暂无/暂时没有/都没有/免了"
    "/冇/冇有/唔系/唔使/唔要/唔好/唔得/唔啱/未有/冇事"
    "/2/n/no/nope/nah/false/wrong/no thanks/no thank you/not yet/not really/not at all/i don t/i do not",
)
YES = ("是", "是的", "有", "有的", "对", "对的", "要", "需要", "可以", "好的", "已经", "yes")
"""What channels that listen expect to hear for yes."""
NO = ("不是", "没有", "没", "不", "不对", "不要", "不用", "不需要", "还没有", "否", "no")
"""... and for no."""
_UNSURE = re.compile(
    "不知道|唔知|唔清楚|唔记得|不清楚|不确定|不太|不一定|不好说|说不|可能|也许|好像|大概|无所谓|随便|看情况|有时|有的.*没|不记得|忘"
    "|^(?:i )?(?:maybe|perhaps|don t know|do not know|not sure|sometimes|unsure|idk)"
)
_QUESTION = re.compile(
    r"是不是|有没有|系唔系|系咪|有冇|使唔使|得唔得|好唔好|要不要|能不能|好不好|可不可以|对不对|是否|对不起|[吗么]$|[?？]\s*$"
)
_PARTICLES = re.compile("[的啊呀哦噢喔吧呢嘛哈哟啦了呗滴咯喇喎噃嘅咩㗎]+$")
_NEGATION = re.compile("[不没否未无别非冇唔]")
_SAYS_YES = re.compile("(?:是|系|有|要|需要|已经|已|可以|同意|愿意)(?!么)")
_SAYS_NO = re.compile("(?:不是|没有|没|不|未有|未|无|还没|从来没|唔系|唔|冇)")
_DONE = re.compile(r"(?!难|超)[\u4e00-\u9fff]{1,3}过(?:了|[了一两二三几好多]{1,2}[次回遍])?$")
"""The verb of the question said back: 打过, 报修过了, 去过两次."""
_CLAUSE = re.compile(r"[,，.。;；!！、\n~～]+")
_SYMBOLS = {"👍": True, "👌": True, "✅": True, "✔": True, "√": True, "👎": False, "❌": False, "✖": False, "×": False}


@dataclass(frozen=True)
class Boolean(Parser):
    """Yes or no."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        answer = _symbol(text)
        if answer is None:
            whole = fold(text)
            answer = _plain(whole)
            if answer is None and _UNSURE.search(whole):
                return problem("field.boolean.unsure")
            if answer is None and not _QUESTION.search(narrow(text)):
                answer = _sentence(text)
        if answer is None:
            return problem("field.boolean.not_understood")
        return Understood(answer, Message("field.boolean.yes" if answer else "field.boolean.no"))


def _symbol(text: str) -> bool | None:
    return _SYMBOLS.get(text.strip()[:1])


def _plain(folded: str) -> bool | None:
    """The answer when the text is one of the known words, with or without particles (好的, 是啊, 没有呢)."""
    for phrase in (folded, _PARTICLES.sub("", folded)):
        if phrase in _YES:
            return True
        if phrase in _NO:
            return False
    return None


def _sentence(text: str) -> bool | None:
    """The answer of the first clause, if nothing in it speaks against it."""
    clauses = [fold(clause) for clause in _CLAUSE.split(narrow(text)) if fold(clause)]
    if not clauses:
        return None
    answer = _plain(clauses[0])
    if answer is None and _says_done(clauses[0]):
        answer = True
    if answer is not None:
        # 好，不要了 / 不，是的: the second clause takes the first one back.
        later = [_plain(clause) for clause in clauses[1:]]
        return None if (not answer) in later else answer
    if len(clauses) > 1:
        return None
    return _statement(clauses[0])


def _says_done(clause: str) -> bool:
    return _NEGATION.search(clause) is None and _DONE.match(clause) is not None


def _statement(clause: str) -> bool | None:
    """有停电, 没有停电, 已经报过了, yes we do."""
    latin = clause.split(" ", 1)[0]
    if latin in {"yes", "yeah", "sure"}:
        return True
    if latin in {"no", "nope"}:
        return False
    said_no = _SAYS_NO.match(clause)
    if said_no:
        return None if _NEGATION.search(clause, said_no.end()) else False
    said_yes = _SAYS_YES.match(clause)
    if said_yes:
        return None if _NEGATION.search(clause, said_yes.end()) else True
    return None
