"""Reads a yes or a no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from backend.contract.message import Message
from dialogs.fields.clauses import Clause, clauses, cue, denied_twice, denies_by_asking, is_denied
from dialogs.fields.declining import Manner, declining
from dialogs.fields.outcome import Declined, Outcome, Parser, Understood, doubted, problem
from dialogs.fields.typed import fold, words

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
_QUESTION = re.compile(
    r"是不是|有没有|系唔系|系咪|有冇|使唔使|得唔得|好唔好|要不要|能不能|好不好|可不可以|对不对|是否|对不起|[吗么]$|[?？]\s*$"
)
_PARTICLES = re.compile("[的啊呀哦噢喔吧呢嘛哈哟啦了呗滴咯喇喎噃嘅咩㗎]+$")
_NEGATION = re.compile("[不没否未无别非冇唔]")
_SAYS_YES = re.compile(
    "(?:[是系](?:的|啊|呀|有|要|$)|有|要(?:的|啊|呀|$)|需要|已经|已|可以|同意|愿意)(?!么|点|时|事|空|什么)"
)
_SAYS_NO = re.compile(
    "(?:不是|没有|没(?!多久|几|事)|不(?![停断时久同锈光但仅只止])|未有|未(?!来)|无(?!线)|还没|从来没|唔系|唔|冇|别|免了)"
)
_RELUCTANT = re.compile("也不是不|不是不(?:行|可以|能)")
"""也不是不行 agrees half-heartedly."""
_ENGLISH = re.compile(
    r"(?:(?P<yes>yes|yeah|yep|yup|yea|ya|sure|absolutely|definitely|certainly|of course|fine|ok|okay|happy to"
    r"|please do|go ahead"
    r"|(?:i|we) (?:did|do|have|agree|would)(?! not| n ?t))"
    r"|no(?! (?:idea|clue|problem|doubt|longer))|nope|nah|never|none|nobody|no one|not (?:at all|really|yet"
    r"|so far|as far)"
    r"|(?:i |we |they )?(?:do|did|have|has|would|is|are)(?:n ?t| not))(?![a-z])"
)
_LEAD = re.compile(
    "^(?:应该是?|倒是?|好像是?|可能|估计|大概|想必|so|but|and|well|um|uh|oh|ah|hmm|那个?|嗯+|哦|啊|呃|额|唉|哎呀?|这个?|就|都|其实|反正|但是?|不过|肯定"
    "|当然|确实|的确|真的?|暂时|目前|现在|还|我们?|俺|这里|这边|店里|厂里) ?"
)
_DONE = re.compile(r"(?!难|超)[\u4e00-\u9fff]{1,3}过(?:了|[了一两二三几好多]{1,2}[次回遍])?$")
"""The verb of the question said back: 打过, 报修过了, 去过两次."""
_UNDECIDED = re.compile("有时|有的.*没|不一定|看情况|无所谓|随便|不太|说不|\\bsometimes\\b|\\bdepends\\b")
_REFUSES = re.compile(
    "(?:不要|不用|不必|不需要|不想|不愿|不同意|不方便|不行|不可以|不能|别|免了|就算了)(?!紧|说|提)|^no "
    "|\\bdon ?t (?:want|call|tell|share|need)"
)
_NOT_YET = re.compile("(?:还|从|从来)?(?:没|未)|(?:have|has|did|was|were)(?: ?n ?t| not)|never|not ")
"""That something did not happen, which something else that did outweighs: 我没打，物业打了."""
_SYMBOLS = {"👍": True, "👌": True, "✅": True, "✔": True, "√": True, "👎": False, "❌": False, "✖": False, "×": False}


@dataclass(frozen=True)
class Boolean(Parser):
    """Yes or no, by what was asked: 不安全 is a yes to "有没有危险", 没问题 a no to "有没有意见"."""

    yes: tuple[str, ...] = ()
    """What says yes to this question without the word, `…` in it for anything between: 冒烟, 打过."""
    no: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    """The verbs of a question what was done, as in 测过声音吗: 测."""
    asked: str = ""
    """The question: a sentence that only begins like a no answers it if it speaks of the same."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        answer = _symbol(text)
        if answer is None:
            answer = self._plain(fold(text))
        if answer is not None:
            return _understood(answer)
        return self._weighed(text)

    def says_only_that(self, text: str) -> bool:
        """Whether there is nothing in `text` but the yes or the no."""
        return _symbol(text) is not None or self._plain(fold(text)) is not None or _statement(fold(text)) is not None

    def _plain(self, folded: str) -> bool | None:
        """By the template's whole phrases before our own words: they may say 没问题 for a no."""
        for phrases, answer in ((self.yes, True), (self.no, False)):
            if folded and folded in {fold(phrase) for phrase in phrases}:
                return answer
        return _plain(folded)

    def _weighed(self, text: str) -> Outcome:
        said = tuple(clause for clause in clauses(text) if not self._echoes(clause))
        votes = [vote for at, clause in enumerate(said) for vote in self._votes(clause, first=at == 0)]
        manner = declining(text)
        if manner is Manner.SKIP and not any(vote.weight >= _SAID for vote in votes):
            return Declined(Message("field.boolean.unsure"))
        if not votes:
            unsure = manner is not None or any(map(_leaves_open, said))
            return Declined(Message("field.boolean.unsure")) if unsure else problem("field.boolean.not_understood")
        return _settled(votes, said, unknowing=manner is Manner.UNKNOWING)

    def _votes(self, clause: Clause, *, first: bool) -> Iterator[_Vote]:
        """What one clause says."""
        text = clause.text
        if clause.asks:
            return
        guess = clause.guesses
        if denied_twice(text):
            yield _Vote(True, _SAID, guess or bool(_RELUCTANT.search(text)))
            return
        if denies_by_asking(text):
            yield _Vote(False, _CUE, guess)
            return
        cues = tuple(self._cues(text))
        plain = self._plain(text)
        if plain is not None and (first or not cues):
            yield _Vote(plain, _SAID if first else _AFTER, guess, clause.once)
        elif declining(text) is None and (begun := self._beginning(text, first=first)) is not None:
            yield _Vote(begun, _AFTER if begun else _DENIED, guess, clause.once)
        for answer, denied in cues:
            yield _Vote(answer, _DENIED if denied else _CUE, guess, clause.once)

    def _beginning(self, clause: str, *, first: bool) -> bool | None:
        """有停电, 没有停电, 已经报过了, yes we do; later on only what refuses."""
        if _UNDECIDED.search(clause):
            return None
        if not first:
            return False if _REFUSES.match(_LEAD.sub("", clause)) else None
        said = None if _QUESTION.search(clause) else _statement(clause)
        if said is False and self.asked and clause[0] in "没未无" and not self._speaks_of_it(clause):
            return None
        return said

    def _echoes(self, clause: Clause) -> bool:
        """Whether it only says again what was asked: 危险？倒没有."""
        return clause.asks and len(clause.text) > 1 and clause.text in self.asked

    def _speaks_of_it(self, clause: str) -> bool:
        rest = re.sub("^(?:还|从来)?(?:没有?|未|无)+(?:什么|任何|怎么|人|过)*", "", clause)
        pairs = {rest[at : at + 2] for at in range(len(rest) - 1)}
        return len(rest) < 2 or any(pair in self.asked for pair in pairs)

    def _cues(self, text: str) -> Iterator[tuple[bool, bool]]:
        """Yes or no by the template's phrases, and whether it is so because one of them is denied."""
        taken: list[tuple[int, int]] = []
        hits = [
            (hit.start(), hit.end(), answer)
            for phrases, answer in ((self.yes, True), (self.no, False))
            for phrase in phrases
            for hit in cue(phrase).finditer(text)
        ]
        for start, end, answer in sorted(hits, key=lambda hit: hit[0] - hit[1]):
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            taken.append((start, end))
            denied = is_denied(text, start, end if answer else len(text))
            yield answer is not denied, denied or (not answer and bool(_NOT_YET.match(text[start:])))
        if not taken:
            yield from self._verbs(text)

    def _verbs(self, text: str) -> Iterator[tuple[bool, bool]]:
        if _NEGATION.search(text) is None and _DONE.match(text):
            yield True, False
            return
        for verb in self.done:
            if re.search(
                rf"(?:没有?|未|还没|不)(?:去|来|敢|能|有|人|怎么|认真)?{verb}|(?:打算|准备|想|计划|要|会|等)[^过了]{{0,5}}{verb}(?!过|了)",
                text,
            ):
                yield False, True
            elif re.search(rf"{verb}(?:过|了|的|得|到|完|一下|出|$|[0-9一两二三几好多]+[次回遍])", text):
                yield True, False


@dataclass(frozen=True)
class _Vote:
    answer: bool
    weight: int
    guess: bool = False
    once: bool = False


_SAID, _AFTER, _CUE, _DENIED = 4, 3, 2, 1
"""A yes or no at the beginning, one later on, what says so without the word, what only denies one thing that would."""


def _leaves_open(clause: Clause) -> bool:
    return clause.guesses or clause.supposes or bool(_UNDECIDED.search(clause.text))


def _settled(votes: list[_Vote], said: tuple[Clause, ...], *, unknowing: bool) -> Outcome:
    """What they come to, asked back where a clause asks or supposes something itself."""
    answer, sure = _outweighing(votes)
    asked = any(clause.asks for clause in said)
    supposed = any(clause.supposes for clause in said) or (unknowing and not _is_firm(votes))
    if sure and not asked and not supposed:
        return _understood(answer)
    if unknowing and not asked:
        return Declined(Message("field.boolean.unsure"))
    return doubted(_understood(answer))


def _outweighing(votes: list[_Vote]) -> tuple[bool, bool]:
    """The answer, and whether it is certain."""
    now = [vote for vote in votes if not vote.once] or votes
    yes, no = _heaviest(now, answer=True), _heaviest(now, answer=False)
    if not yes or not no:
        return yes > 0, not all(vote.guess for vote in now)
    if no == _DENIED < yes:  # 没人受伤，但是着火了
        return True, any(vote.answer and vote.weight == yes and not vote.guess for vote in now)
    if yes == _SAID and no <= _CUE:
        return True, True
    if min(yes, no) >= _AFTER:  # 好，不要了
        return now[-1].answer, False
    return yes >= min(no, _CUE), False


def _heaviest(votes: list[_Vote], *, answer: bool) -> int:
    return max((vote.weight for vote in votes if vote.answer is answer), default=0)


def _is_firm(votes: list[_Vote]) -> bool:
    return votes[0].weight >= _CUE and not votes[0].guess


def _understood(answer: bool) -> Understood:
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


def _statement(clause: str) -> bool | None:
    clause = _LEAD.sub("", clause)
    latin = _ENGLISH.match(clause)
    if latin:
        return latin["yes"] is not None
    said_no = _SAYS_NO.match(clause)
    if said_no:
        return None if _NEGATION.search(clause, said_no.end()) else False
    said_yes = _SAYS_YES.match(clause)
    if said_yes:
        return None if _NEGATION.search(clause, said_yes.end()) else True
    return None
