"""Finds which answer somebody corrects, and what is right in its place: 电话错了，应该是…, 不是燃气是水费."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from backend.contract.yaml_source import read_source
from dialogs.fields import Understood
from dialogs.fields.typed import fold
from dialogs.form import Form
from dialogs.phrases import read_phrases
from dialogs.relevance import relevance
from dialogs.templates.scenario import Question, Scenario
from dialogs.understanding.context import Context
from dialogs.understanding.intent import Intent, Wish
from dialogs.understanding.normalise import Said

_OPEN = ("text", "address")
_LONGEST = 60
"""Characters; what is longer tells something."""
_END = 2
"""Characters at the end of a name that say it."""
_CUT = re.compile(r"[,，。;；!！?？\n:：]+")
_CUT_WITHOUT_COLON = re.compile(r"[,，。;；!！?？\n]+")
_NAMES_IT = re.compile(r"错|不对|有误|应|改|是|为|叫|[:：]|wrong|should|\bis\b|change|correct")
_PLAINLY = re.compile(r"(?:是|为|叫|[:：]|\bis\b)\s*(?P<value>.+)")
_NAME_OF = re.compile("(?:名称|名字|名)$")
_PARTS_OF_A_LABEL = re.compile(r"[（(/、]|或|和")


@dataclass(frozen=True)
class _Patterns:
    wrong: re.Pattern[str]
    change: re.Pattern[str]
    asked: re.Pattern[str]
    is_: re.Pattern[str]
    contrast: tuple[re.Pattern[str], ...]
    leading: re.Pattern[str]
    trailing: re.Pattern[str]
    tale: re.Pattern[str]
    party: re.Pattern[str]
    names: Mapping[str, tuple[str, ...]]


def find_correction(said: Said, context: Context) -> Intent | None:
    """The correction in a message, with the words that are right if they were said and can be read; None for others."""
    form, scenario, patterns = context.form, context.scenario, _patterns()
    if form is None or scenario is None or len(said.folded) > _LONGEST:
        return None
    text = said.plain
    strong = patterns.wrong.search(text) is not None
    if not strong and patterns.change.search(text) is None:
        return None
    if _in_a_text(context) and patterns.tale.search(text):
        return None
    questions = _open_to_change(scenario, form, context)
    return (
        _several(text, context, questions)
        or _by_contrast(text, context, questions)
        or _by_name(text, context, questions, strong=strong)
        or (_by_option(text, context, questions) if strong else None)
    )


def answer_named(said: Said, context: Context) -> str:
    """The only given answer whose name is said: 回到地址那一题."""
    form, scenario = context.form, context.scenario
    if form is None or scenario is None:
        return ""
    given = [one for one in _open_to_change(scenario, form, context) if one.id in form.answers]
    named = _named(said.folded, given)
    return named[0].id if len(named) == 1 else ""


def _open_to_change(scenario: Scenario, form: Form, context: Context) -> list[Question]:
    shown = relevance(scenario, form)
    return [
        one
        for one in scenario.questions
        if one.id not in form.settled and one != context.question and (one.id in form.answers or one.id in shown)
    ]


def names_of(question: Question) -> tuple[str, ...]:
    """What people call a question's answer, folded."""
    label, names = question.spec.label, _patterns().names
    parts = [part for one in (label.zh, label.en) for part in (one, *_PARTS_OF_A_LABEL.split(one))]
    others = (*names.get(question.type, ()), *names.get(str(question.spec.prefill), ()))
    if question.type == "text" and len(stem := _NAME_OF.sub("", label.zh)) > _END:
        parts.append(stem)
    return tuple(name for part in (*parts, *others, question.id.replace("_", " ")) if (name := fold(part)))


def _several(text: str, context: Context, questions: Sequence[Question]) -> Intent | None:
    """More than one correction, each with what is right: 日期错了，应该是5月2日；电话是139…"""
    found = [
        (one.id, _value_in(one, words, context) or _value_after(one, words, context))
        for one, words in _by_question(text, questions)
    ]
    if len(dict(found)) < max(len(found), 2) or not all(value for _, value in found):
        return None
    (field, value), *more = found
    return Intent(Wish.CORRECT, field=field, fields=(field,), value=value, more=tuple(more))


def _by_question(text: str, questions: Sequence[Question]) -> list[tuple[Question, str]]:
    """The message in parts, each of which begins by naming a question."""
    groups: list[tuple[Question, str]] = []
    for part in filter(str.strip, _CUT_WITHOUT_COLON.split(text)):
        named = _named(fold(part), questions) if _NAMES_IT.search(part) else []
        if len(named) == 1 and (not groups or named[0] != groups[-1][0]):
            groups.append((named[0], part))
        elif groups:
            groups[-1] = groups[-1][0], f"{groups[-1][1]}，{part}"
    return groups


def _value_after(question: Question, words: str, context: Context) -> str:
    """What follows the name: 欠款单位是…"""
    found = _PLAINLY.search(words)
    return _shortest(question, found["value"], context) if found else ""


def _tells_story(context: Context) -> bool:
    scenario, question = context.scenario, context.question
    return scenario is not None and question is not None and question.id == scenario.template.story


def _in_a_text(context: Context) -> bool:
    return context.question is not None and context.question.type in _OPEN


def _by_contrast(text: str, context: Context, questions: Sequence[Question]) -> Intent | None:
    """不是燃气是水费: the one answer that is the first, with the second if it can be read."""
    for found in _contrasts(text):
        fitting = [one for one in questions if one.type not in _OPEN and _is_answer(one, found["old"], context)]
        if len(fitting) == 1:
            return _correction(fitting, _shortest(fitting[0], found["value"], context))
    return None


def _contrasts(text: str) -> Iterator[re.Match[str]]:
    return (found for shape in _patterns().contrast if (found := shape.fullmatch(text)) is not None)


def _is_answer(question: Question, words: str, context: Context) -> bool:
    """Whether these words say what was answered."""
    answer = None if context.form is None else context.form.answers.get(question.id)
    return answer is not None and _read(question, words, context) == answer.value


def _by_name(text: str, context: Context, questions: Sequence[Question], *, strong: bool) -> Intent | None:
    """The answers whose name is said, with the first part of the message that can be read as the right one."""
    named = (
        _named(fold(text), questions) or _called(text, questions) or (_named_in_part(text, questions) if strong else [])
    )
    if _in_a_text(context):
        named = _definite(text, context, named, strong=strong)
    readable = [(one, value) for one in named if (value := _value_in(one, text, context))]
    if len(readable) == 1:
        return _correction([readable[0][0]], readable[0][1])
    unread = read_phrases().corrected_to(text)[1]
    if len(named) == 1 and unread:
        return _correction(named, unread)
    may_be = read_phrases().to_correct(text) if _in_a_text(context) else strong or _patterns().asked.search(text)
    return _correction(named) if named and may_be else None


def _by_option(text: str, context: Context, questions: Sequence[Question]) -> Intent | None:
    """不对，是全部停产: the only choice made that this is another option of, where it does not answer what is asked."""
    form, asked = context.form, context.question
    if form is None or _tells_story(context):
        return None
    for words in _candidates(text):
        if asked is not None and asked.type not in _OPEN and _shortest(asked, words, context):
            return None
        chosen = [one for one in questions if one.type == "choice" and one.id in form.answers]
        fitting = [one for one in chosen if _shortest(one, words, context)]
        if len(fitting) == 1 and not _is_answer(fitting[0], _shortest(fitting[0], words, context), context):
            return _correction(fitting, _shortest(fitting[0], words, context))
    return None


def _definite(text: str, context: Context, named: Sequence[Question], *, strong: bool) -> list[Question]:
    """Those that may be meant where a text is asked for, which may hold all other words."""
    definite = read_phrases().corrected_to(text)[0] or read_phrases().to_correct(text)
    reached = [one for one in named if one.type not in _OPEN and _was_reached(one, context)]
    return reached if strong else [one for one in reached if definite in names_of(one)]


def _was_reached(question: Question, context: Context) -> bool:
    form = context.form
    return form is not None and any(question.id in one for one in (form.answers, form.skipped, form.deferred))


def _correction(questions: Sequence[Question], value: str = "") -> Intent:
    ids = tuple(one.id for one in questions)
    return Intent(Wish.CORRECT, field=ids[0] if len(ids) == 1 else "", fields=ids, value=value)


def _named(folded: str, questions: Iterable[Question]) -> list[Question]:
    """Those whose name is said, the longest that is: 联系电话 is not 电话 of somebody else. What is said to be right
    names nothing, unless nothing else does.
    """
    asked = list(questions)
    changed = _patterns().is_.search(folded)
    return (_longest(folded[: changed.start()], asked) if changed else []) or _longest(folded, asked)


def _longest(folded: str, questions: Sequence[Question]) -> list[Question]:
    said = _of_party(folded)
    lengths = {
        one.id: max((len(name) for name in names_of(one) if name in folded or _of_party(name) in said), default=0)
        for one in questions
    }
    longest = max(lengths.values(), default=0)
    return [one for one in questions if longest and lengths[one.id] == longest]


def _of_party(words: str) -> str:
    """With one word for all who may be meant; those words alone, and shorter ones, as they are."""
    found = _patterns().party.sub("方", words)
    return found if len(found) > _END else words


def _called(text: str, questions: Iterable[Question]) -> list[Question]:
    """Those whose name holds what is said to be changed: 改一下岗位."""
    wanted = [name for part in _CUT.split(text) if len(name := read_phrases().to_correct(part)) > 1]
    return [one for one in questions if any(name in known for name in wanted for known in names_of(one))]


def _named_in_part(text: str, questions: Iterable[Question]) -> list[Question]:
    """Those of whose short name the end is said: 工资 of 月工资."""
    return [one for one in questions if len(label := fold(one.spec.label.zh)) > _END and label[-_END:] in text]


def _value_in(question: Question, text: str, context: Context) -> str:
    return next((value for one in _candidates(text) if (value := _shortest(question, one, context))), "")


def _candidates(text: str) -> Iterator[str]:
    """Parts of the message that may be what is right, the likeliest first."""
    patterns, parts = _patterns(), [part for part in _CUT.split(text) if part.strip()]
    if definite := read_phrases().corrected_to(text)[1]:
        yield definite
    if found := patterns.is_.search(text):
        yield found["value"]
    if len(parts) > 1:
        yield from (part for part in reversed(parts) if patterns.wrong.search(part) is None)
    yield from (found["value"] for found in _contrasts(text))
    if len(parts) == 1 and (wrong := patterns.wrong.search(text)) is not None:
        yield text[wrong.end() :]


def _shortest(question: Question, words: str, context: Context) -> str:
    """The words without what is said round them, if they can be read."""
    patterns, bare = _patterns(), words.strip()
    begun = patterns.leading.sub("", bare, count=1) if patterns.leading.match(bare) else bare
    for text in (patterns.trailing.sub("", begun).strip(), begun.strip(), bare):
        if text and _read(question, text, context) is not None:
            return text
    return ""


def _read(question: Question, words: str, context: Context) -> object | None:
    outcome = question.parser.parse(words.strip(" ,，。"), context.now)
    return outcome.value if isinstance(outcome, Understood) else None


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    data = read_source(Path(__file__).with_name("corrections.yaml")).data
    return _Patterns(
        wrong=re.compile(data["wrong"]),
        change=re.compile(data["change"]),
        asked=re.compile(data["asked"]),
        is_=re.compile(data["is"]),
        contrast=tuple(map(re.compile, data["contrast"])),
        leading=re.compile(f"^{data['leading']}"),
        trailing=re.compile(f"{data['trailing']}$"),
        tale=re.compile(data["tale"]),
        party=re.compile(data["party"]),
        names=data["names"],
    )
