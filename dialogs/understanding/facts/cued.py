"""Reads what a template's cues point at: values beside words, options and yes or no by words alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from dialogs.fields import Outcome, Understood
from dialogs.templates.cues import compile_cue, values_in
from dialogs.templates.scenario import Question
from dialogs.understanding.facts.story import Story

_ALONE = "$"
"""A cue that takes the only value of its type in the whole message that nothing else claims."""
_VAGUE_BEFORE = re.compile(
    r"(?:不到|不足|未到|未满|将近|接近|近|超过|多过|至少|最少|起码|多于|好几|上|几|数|十几|大概率|第|over"
    r"|under|less than|more than|at least|nearly)\s*$"
)
_VAGUE_AFTER = re.compile(
    r"\s*(?:多|来|几|余|以上|以下|上下|出头|(?:块|元)多|[到至~～\-—–]\s*[0-9一二三四五六七八九十百千万]|(?:or|to) )"
)
_RANGE = re.compile(
    "(?<![零〇一二三四五六七八九0-9点.十百千万])(?:一两|一二|两三|二三|三四|三五|四五|五六|六七|七八"
    "|八九)(?=[十百千万个])|十[一二三四五六七八九]?几|[十百千万]几"
)
_UNIT_AFTER = re.compile(
    r"[0-9零一二三四五六七八九]?\s*(?:钱|元|块|yuan|rmb)?\s*(?:/|一|每|per|a|an)\s*"
    r"(?:度|方|立方|吨|平方|平米|平|斤|公斤|件|小时|天|日|晚|趟|车|次|kwh|ton|m3|day|hour|piece|unit|square)"
)
_COUNTED = re.compile(
    r"\s*(?:[条个家天日年月号次人台趟张盒箱瓶岁名层楼点分方斤度米吨辆批位套间成折遍%]|开头|平[方米]|公里|小时|分钟"
    r"|工作日|percent|days?\b|times\b)"
)
"""What follows a number that is no money."""
_UNIT_BEFORE = re.compile(
    r"(?:每|一)(?:平方米|平米|度|方|立方|吨|天|日|小时|斤|件|个小时)(?:单价|只|就|要|收)?\s*$|(?:单价|时薪"
    r"|日薪|均价)\s*$"
)
_FRACTION = re.compile(r"[元块蚊][一二两三四五六七八九]$")
_OTHERS = re.compile(
    r"朋友|邻居|隔壁|隔离|人家|别人|同行|老乡|亲戚|订单|合同|政府的单|保证金|定金|worth|orders?|neighbou?r|friend"
)
"""Before a sum that nothing else explains: it is another's, or of another thing."""
_LEAST_SUM = Decimal(20)
"""Yuan. Less is what something costs apiece, and nobody's complaint."""
_NEAR = timedelta(days=270)
"""What is told of a day without its year is seldom farther away."""
_YEAR = re.compile(r"年|[12]\d{3}|last|next|ago|[个]月前")
_MOST_PASSED_OVER = 3
_CORRECTED = re.compile(r"不是|不对|说错|打错|写错|i mean|sorry|correction")
_HEDGE = re.compile(
    r"好像|可能|也许|记不(?:太)?(?:清|得|住)|前后|左右吧|说不准|没看清|不确定|应该是|差不多是|maybe|not sure|i think"
)


@dataclass(frozen=True)
class Hit:
    """A value in a message."""

    outcome: Understood
    start: int
    end: int
    strong: bool = True
    """False where no cue stands beside it."""


def value_of(question: Question, story: Story, taken: Iterable[tuple[int, int]], now: datetime) -> Hit | None:
    """What the first cue that finds anything finds; nothing where that is not one value."""
    cues = question.cues
    spared = [*taken, *_spared(question, story)]
    for cue in sorted(cues.all, key=lambda cue: cue == _ALONE):
        if story.by_voice and question.type == "text" and cue.endswith(_ALONE):
            continue  # nothing says where the words end
        if cue == _ALONE:
            return _only(question, story, spared, now)
        if hits := list(_beside(question, cue, story, now)):
            return _agreed(hits, story)
    return None


def _agreed(hits: list[Hit], story: Story) -> Hit | None:
    """The value that all name; of 从14号，啊不是，从12号 the last."""
    if len({str(hit.outcome.value) for hit in hits}) == 1:
        return hits[0]
    ordered = sorted(hits, key=lambda hit: hit.start)
    between = story.plain[ordered[-2].end : ordered[-1].start]
    return ordered[-1] if _CORRECTED.search(between) else None


def claims(question: Question, story: Story) -> Iterator[tuple[int, int]]:
    """Values that stand beside the cues of a question, or beside what it says is something else."""
    yield from _spared(question, story)
    for cue in question.cues.all:
        if cue != _ALONE:
            yield from (found.span("value") for found in compile_cue(cue, question.type).finditer(story.plain))


def _spared(question: Question, story: Story) -> Iterator[tuple[int, int]]:
    for cue in question.cues.never:
        yield from (found.span("value") for found in compile_cue(cue, question.type).finditer(story.plain))


def _beside(question: Question, cue: str, story: Story, now: datetime) -> Iterator[Hit]:
    pattern, spared, text = compile_cue(cue, question.type), list(_spared(question, story)), story.plain
    for _ in range(_MOST_PASSED_OVER):
        passed = text
        for found in pattern.finditer(text):
            start, end = found.span("value")
            if not _overlaps((start, end), spared) and _is_said(question, story, start, end):
                if story.is_denied(found.start()):
                    continue
                if (hit := _hit(question, story, start, end, now, strong=True)) is not None:
                    yield hit
                    continue
            # 欠我两年了八万五: what stands first beside the cue is no such value, the next may be.
            passed = passed[:start] + "□" * (end - start) + passed[end:]
        if passed == text:
            return
        text = passed


def _only(question: Question, story: Story, spared: list[tuple[int, int]], now: datetime) -> Hit | None:
    found = []
    for start, end in _unexplained(question, story, spared):
        hit = _hit(question, story, start, end, now, strong=False)
        if hit is None or not _is_said(question, story, start, end):
            return None
        found.append(hit)
    return found[0] if found and len({str(hit.outcome.value) for hit in found}) == 1 else None


def _unexplained(question: Question, story: Story, spared: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Values that may be meant though nothing says what they are."""
    is_money = question.type == "money"
    if is_money:
        spared = [*spared, *(day.span() for day in values_in("date").finditer(story.plain))]
    for value in values_in(question.type).finditer(story.plain):
        start, end = value.span("value")
        if _overlaps((start, end), spared) or story.is_denied(start):
            continue
        if not is_money or (_looks_like_money(story, start, end) and not _OTHERS.search(story.before(start))):
            yield start, end


def _hit(question: Question, story: Story, start: int, end: int, now: datetime, *, strong: bool) -> Hit | None:
    outcome: Outcome = question.parser.parse(_spelling(question, story, start, end), now)
    if not isinstance(outcome, Understood) or (question.type == "money" and Decimal(str(outcome.value)) < _LEAST_SUM):
        return None
    if question.type == "date" and _is_far(str(outcome.value), story.plain[start:end], now):
        return None
    return Hit(outcome, start, end, strong)


def _is_far(day: str, words: str, now: datetime) -> bool:
    """Whether it is a day of another year that nobody named: 12月15号要封路 is no day of last year."""
    return abs(date.fromisoformat(day[:10]) - now.date()) > _NEAR and not _YEAR.search(words)


def _spelling(question: Question, story: Story, start: int, end: int) -> str:
    """The words of a value as its parser takes them: texts as they were written."""
    words = story.plain[start:end]
    match question.type:
        case "money":
            words = re.sub(r"(\d)w(\d)(?!\d)", r"\1.\2万", words)
            words = re.sub(r"\s*wan\b", "万", re.sub(r"\s*kuai\b", "块", words))
            return words.replace("蚊", "元").replace("个w", "w")
        case "date":
            words = words.replace("琴日", "昨天").replace("寻日", "昨天").replace("噚日", "昨天").replace("元月", "1月")
            words = re.sub(r"(?<=月)初(?=\d+[日号])", "", words)
            return re.sub("(?<![星期礼])拜", "礼拜", words)
    return story.given[start:end].strip(" 「」“”\"'《》")


def _is_said(question: Question, story: Story, start: int, end: int) -> bool:
    """Whether it is told as so, and exactly."""
    if story.is_supposed(start):
        return False
    clause = story.clause_at(start)
    before, after = story.plain[clause.start : start], story.plain[end : clause.end]
    if question.type == "date":
        return not _HEDGE.search(before + after)
    if question.type not in ("number", "money"):
        return True
    if re.search(r"第$", before) and re.match(r"[次回趟]", after):
        return True  # 今年第九次 tells how often
    if _VAGUE_BEFORE.search(before) or _VAGUE_AFTER.match(after) or _RANGE.search(story.plain[start:end]):
        return False
    if re.search(r"[多几来余]", story.plain[start:end]):
        return False
    # 18到21号: what is left of a range.
    if re.search(r"[0-9一二三四五六七八九十百千万][多几]?\s*[到至~～\-—–]\s*$", before):
        return False
    if question.type == "money" and not _is_sum(story.plain[start:end], before, after):
        return False
    return not re.search(r"好像|可能|也许|说不准|看情况|没看清|不清楚|maybe", before + after)


def _is_sum(words: str, before: str, after: str) -> bool:
    """Whether it is an amount of money: neither a price of each nor a number of things."""
    if _UNIT_AFTER.match(after) or _UNIT_BEFORE.search(before):
        return False
    if _FRACTION.search(words) and _COUNTED.match(after):
        return False  # 一百蚊一个月: what follows is another number
    named = re.search(r"[元块蚊圆¥￥]|yuan|rmb|人民币", words)
    return bool(named) or not (_COUNTED.match(after) or len(words.strip()) < 2)


def _looks_like_money(story: Story, start: int, end: int) -> bool:
    """Whether a number that nothing explains may be a sum: no count, no code, no digit of a name."""
    words, clause = story.plain[start:end].strip(), story.clause_at(start)
    start += story.plain[start:end].index(words)
    end = start + len(words)
    before, after = story.plain[clause.start : start], story.plain[end : clause.end]
    if re.search(r"[a-z\d〕）)\]第]$", before) or re.match(r"[a-z\d]", after) or len(re.sub(r"\D", "", words)) > 8:
        return False
    named = re.search(r"[元块蚊圆¥￥万千百wk]|wan|kuai|yuan|rmb|人民币|thousand|million", words)
    return _is_sum(words, before, after) and bool(named or len(re.sub(r"\D", "", words)) > 2)


def _overlaps(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


_GUESSED = re.compile(r"好像是?|可能是?|也许|应该是|不知道是不是|maybe|probably")


# --- options and yes or no ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """An option, or `yes` or `no`, in a message."""

    means: str
    start: int
    end: int


def named(cues_of: Iterable[tuple[str, Iterable[str]]], type_: str, story: Story) -> list[Named]:
    """What is named by its cues: told as so, and in no longer words that name something else."""
    found = [
        Named(means, match.start(), match.end())
        for means, cues in cues_of
        for cue in cues
        for match in compile_cue(cue, type_).finditer(story.plain)
    ]
    inner = [one for one in found if any(_within(one, other) for other in found)]
    return [one for one in found if one not in inner and not story.is_denied(one.start) and _is_sure(one, story)]


def _is_sure(one: Named, story: Story) -> bool:
    clause = story.clause_at(one.start)
    if story.is_passed_over(one.end):
        return False
    return not clause.supposed and not _GUESSED.search(story.plain[clause.start : one.start])


def _within(one: Named, other: Named) -> bool:
    return one.means != other.means and (
        (other.start <= one.start and one.end < other.end) or (other.start < one.start and one.end <= other.end)
    )
