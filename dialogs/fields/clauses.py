"""Takes a sentence apart into clauses, and tells what they affirm, deny, ask or only suppose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from dialogs.fields.dialect import standard
from dialogs.fields.typed import fold, narrow

_BREAK = re.compile(r"([?？])|[,，.。;；!！、\n~～…—:：]+(?!\d)")
_TURN = re.compile(
    "(?<=.)(?=但是|但(?!凡)|不过|可是|只不过|然后|而且|后来|只是|反正|因为|所以|结果|另外|而是|现在|(?<!不)就是(?!说)|[哦啊呀嘛]是)"
    r"|(?<=[\u4e00-\u9fff]{2}) +(?=[\u4e00-\u9fff]{2})"
    r"|(?<=\w) (?=(?:but|so|because|although|though)\b)"
)
"""Where another clause begins though nobody wrote a comma."""
_NOT = (
    "(?:(?:没有|没|未|无|别|勿|莫|甭|从不|并非|非|不(?![光但仅只止管论错断停时久少同])|(?<![a-z])(?:no|not|never"
    "|without|none|n?t))"
)
_BETWEEN = (
    "(?:什么|任何|人|过|再|太|怎么|有|能|会|要|需要|见|看到|看见|发现|出现|听到|到|很|给|让|去|来|被|受|得|敢|想"
    "|用|是|的|算|叫|说|any|a|the|been|really| )"
)
_DENIED_BEFORE = re.compile(
    rf"{_NOT}{_BETWEEN}{{0,4}}|没有[^但就却还都只而才]{{0,6}}|(?:不是|并非|不属于|不在)[^但就却还只而才是]{{0,8}}|(?:没空|没时间|没钱|没心思|懒得|不想|不敢|没法)去?)$"
)
_DENIED_AFTER = re.compile(
    "^(?:系数|性|程度)?(?:倒是?|嘛|是|的|都|也|就|还|真|一点|么|啊|呢|这个|那个|肯定|暂时|目前){0,3}"
    "(?:没有|没|不至于|谈不上|说不上|不存在|不是|不算|免了|不用|不必|就算了|不行|缺|差|不高|不大|很小|很低)(?:的|了|啊|嘛|过|呢|啦|吧|哦|什么)*$"
)
_TWICE = re.compile(
    "(?:不能说|不可能|怎么(?:会|可能|能)?|哪(?:里|能|会)?|谁(?:说|讲|话)|难道|并?不是|也不是|不会|不至于|没有?(?:什么|人|谁)|别说)"
    "(?:完全|一点儿?|真的?|就)?(?:是)?(?:没有?|不|无|未)(?!是|同(?!意)|久|少)"
)
"""No and no make a yes: 不能说没有, 怎么可能没, 不是没."""
_LIE = re.compile("(?:没有|不).{0,2}(?:那|这|才)?是?(?:骗|假)")
_NO_ASKED = re.compile(
    "还用|何必|有什么(?:用|好|必要)|哪(?:里|儿)?有|哪来|(?:谁|哪个)(?:来|会|敢|有空|还)|怎么(?:会|可能)(?!没|不)"
    "|(?:个|条)(?:鬼|屁|毛)|不会(?=量|测|弄|搞|用|看)|哪(?:里)?会"
)
"""A question, or an oath, that says no: 还用测, 谁来查, 贴个鬼."""
_ASKS = re.compile(
    "(?<!没有)(?<!没)什么(?!都|也|.{0,2}没)|(?<!不懂)(?<!不会)(?<!知道)怎么|怎样|谁(?!看得|受得)|哪|几(?:点|时|号|天|多|耐)|为何|为什么"
    "|多少|多久|会不会|是不是|能不能|有没有|要不要|可不可以|是否|好不好|行不行|(.)[没不]\\1"
    "|(?:吗|么|咩|伐|没有呢)$|^(?:what|why|how|who|when|where|which|is|are|do|does|can|could|will|would)(?![a-z])"
)
_SUPPOSES = re.compile("保证|如果|要是|假如|只要|除非|的话|万一|倘若|看情况|视乎|if|unless|as long as|provided|depends")
_GUESSES = re.compile(
    "可能|也许|应该|好像|似乎|估计|大概|大约|恐怕|怕是|说不定|不一定|差不多|想来|听说|据说|(?<![没不])听[^,，。]{1,4}(?:讲|说)|算是"
    r"|\b(?:maybe|perhaps|probably|think|guess|might|should be|seems|hopefully)\b"
)
_ONCE = re.compile("^(?:以前|之前|原来|原先|从前|本来|早先|当初|先前|去年|前几年)|(?<![不没])(?:以前|之前|原来)")
_BY_NOW = re.compile("现在|后来|如今|目前|今年|已经|改成|改了|换成|now")


@dataclass(frozen=True)
class Clause:
    """One clause, folded, in standard words."""

    text: str
    asks: bool = False
    """A question that wants an answer."""
    supposes: bool = False
    guesses: bool = False
    once: bool = False
    """Speaks of what was before."""
    by_now: bool = False


@lru_cache(maxsize=256)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a message as people type it."""
    result: list[Clause] = []
    at = 0
    said = standard(narrow(text))
    for found in [*_BREAK.finditer(said), None]:
        piece = said[at : found.start() if found else len(said)]
        parts = [part for part in (fold(one) for one in _TURN.split(piece)) if part]
        for number, part in enumerate(parts):
            marked = bool(found and found[1]) and number == len(parts) - 1
            result.append(_clause(part, marked))
        at = found.end() if found else at
    return tuple(result)


def _clause(text: str, marked: bool) -> Clause:
    rhetorical = bool(_TWICE.search(text) or _NO_ASKED.search(text))
    asks = not rhetorical and (marked or bool(_ASKS.search(text)))
    return Clause(
        text,
        asks,
        bool(_SUPPOSES.search(text)),
        bool(_GUESSES.search(_TWICE.sub("", text))),
        bool(_ONCE.search(text)),
        bool(_BY_NOW.search(text)),
    )


@lru_cache(maxsize=8192)
def cue(phrase: str) -> re.Pattern[str]:
    """A phrase as it may stand in a clause; … in it stands for up to eight characters."""
    parts = [standard(fold(part)) for part in re.split(r"…+|\.{3,}", phrase)]
    joined = ".{0,8}?".join(re.escape(part) for part in parts if part)
    before = "(?<![a-z0-9])" if parts[0][:1].isascii() else ""
    after = "(?![a-z0-9])" if parts[-1][-1:].isascii() else ""
    return re.compile(before + joined + after)


def found_in(phrases: Iterable[str], text: str) -> re.Match[str] | None:
    """The longest of the phrases that `text` has."""
    hits = [hit for phrase in phrases if (hit := cue(phrase).search(text))]
    return max(hits, key=lambda hit: hit.end() - hit.start(), default=None)


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the words at that place are denied: no smoke, 没有冒烟, 危险谈不上; twice denied is said."""
    before, after = text[:start], text[end:]
    if _TWICE.search(text[: start + 1]) or _LIE.search(text):
        return False
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.search(after))


def denied_twice(text: str) -> bool:
    return bool(_TWICE.search(text) or _LIE.search(text))


def denies_by_asking(text: str) -> bool:
    return bool(_NO_ASKED.search(text))
