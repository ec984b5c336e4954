"""Finds what somebody wants of the conversation in the words they choose."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from dialogs.fields import Doubtful, Understood
from dialogs.fields.typed import fold
from dialogs.phrases import read_phrases
from dialogs.templates.scenario import Question
from dialogs.understanding.context import Context
from dialogs.understanding.corrections import answer_named, find_correction
from dialogs.understanding.intent import Intent, Wish
from dialogs.understanding.normalise import Said
from dialogs.understanding.ratings import leaves_open, read_rating, read_solved
from dialogs.understanding.wish_learner import Guess, wish_learner
from dialogs.understanding.wishes import Place, read_wishes, weight

_SHORT_PLEA = 12
"""Characters of a plea for help with a form; in a story a longer one is about a bill, or a notice."""
_OPEN = ("text", "address")
"""Types of questions that take nearly every word for an answer."""
_NAMES = ("contact.name", "enterprise.name")
_AS_WISHES: Final = {
    "language_zh": Intent(Wish.LANGUAGE, language="zh_CN"),
    "language_en": Intent(Wish.LANGUAGE, language="en"),
    "hello": Intent(Wish.GREETING),
    "solved_yes": Intent(Wish.SOLVED, solved=True),
    "how_long_you": Intent(Wish.HOW_LONG),
    "progress_number": Intent(Wish.PROGRESS),
    "repeat_bare": Intent(Wish.REPEAT),
}
"""Commands of phrases.yaml and rules of wishes.yaml that are named otherwise."""
_OF_THE_TALK: Final = frozenset(
    {Wish.HUMAN, Wish.CANCEL, Wish.RESTART, Wish.MENU, Wish.BACK, Wish.SCENARIO, Wish.CORRECT, Wish.LANGUAGE}
    | {Wish.PROGRESS, Wish.TICKETS}
)
"""What is meant whatever is said besides."""
_MEANT: Final = re.compile(
    r".*(?:我?(?:说|讲|要说|要讲|想说|想讲)的(?:就)?[是系]|[是系](?:要|想)?[说讲问]|[要想](?:反映|投诉|举报|[说讲问报])|[问报改]成|而[是系]"
    r"|这[是系算](?!不)|就[是系]|about|i mean|i meant|it s|it's|but)"
    r"|^.*(?:不是|唔系).*?[,，。;；\s][是系]?|^[^,，]*(?:搞错|弄错|选错|点错|进错)[了啦咗]?[,，\s]*"
)
_MOST_IN_STORY: Final = 16
"""Characters of a wish that was only learnt, where a story is asked for; Latin ones count a third."""
_TO_BE_ASKED: Final = frozenset({Wish.SKIP, Wish.BACK, Wish.HUMAN, Wish.HELP, Wish.REPEAT, Wish.CANCEL, Wish.RESTART})
"""What one question can decide between and an answer: commands of the form."""
_UNLEARNT: Final = frozenset({"scenario", "rate", "solved", "solved_yes"})
"""Told by what is open, not by words alone."""
_ASKED: Final = {"rate/grade": Place.GRADE, "rate/solved": Place.SOLVED, "rate/comment": Place.COMMENT}


def find_intent(said: Said, context: Context) -> Intent | None:
    """What is wanted; None where the words are an answer, a matter, or nothing of the kind."""
    question = context.question
    if question is not None and _is_unsure(said, context, question):
        return Intent(Wish.UNSURE)
    verb = read_phrases().command(said.given)
    if verb and _makes_sense(verb, context):
        return _AS_WISHES.get(verb) or Intent(Wish(verb))
    if question is not None and names_an_option(question, said.given):
        return None
    return _rated(said, context) or find_correction(said, context) or _wished(said, context)


def _rated(said: Said, context: Context) -> Intent | None:
    """A grade, or whether it is solved, where that is asked."""
    place = place_of(context)
    if place is Place.GRADE:
        return read_rating(said.plain)
    if place is not Place.SOLVED:
        return None
    if leaves_open(said.plain):
        return Intent(Wish.SOLVED, sure=False)
    solved = read_solved(said.plain)
    return None if solved is None else Intent(Wish.SOLVED, solved=solved)


def _wished(said: Said, context: Context) -> Intent | None:
    """By the patterns; not where the words answer the question after all."""
    wishes, question = read_wishes(), context.question
    heard = wishes.hear(said.plain, said.folded)
    asked = _asked(question)
    found, sure = _weighed(wishes.find(heard, place_of(context), asked), said, context)
    if not found:
        return None
    intent = _named(found, said, context)
    if question is None or not sure:
        return replace(intent, sure=sure)
    if intent.wish is Wish.SCENARIO:
        return None if _answers(other_matter(said.plain), question, context) else intent
    if intent.wish in _OF_THE_TALK:
        return intent
    others = [one for one in heard.clauses if wishes.find(wishes.hear(one, one), place_of(context), asked) != found]
    return None if len(heard.clauses) > 1 and any(_answers(one, question, context) for one in others) else intent


def _named(found: str, said: Said, context: Context) -> Intent:
    intent = _AS_WISHES.get(found) or Intent(Wish(found))
    return replace(intent, field=answer_named(said, context)) if intent.wish is Wish.BACK else intent


def _weighed(found: str, said: Said, context: Context) -> tuple[str, bool]:
    """The name of what pattern and learner together make of it, nothing where it is rather an answer or a matter;
    and whether that is sure, or to be asked.
    """
    if _is_unlearnt(found, said):
        return found, True
    place = place_of(context)
    guess = wish_learner().guess(said.folded, read_wishes().possible(place), _named_alike(found))
    if guess is None:
        return found, not _can_be_asked(found, context)
    sure = guess.is_sure(place)
    if not sure and not (guess.is_likely(place) and _can_be_asked(guess.name, context)):
        return "", True
    if guess.by_pattern:
        return found, sure
    return ("" if _is_rather_told(guess, said, context) else guess.name), sure


def _is_rather_told(guess: Guess, said: Said, context: Context) -> bool:
    """Whether words of a wish that was only learnt are an answer, or part of a story."""
    place, question = place_of(context), context.question
    if place is Place.STORY:
        return weight(said.folded) > (_SHORT_PLEA if guess.name == Wish.HELP else _MOST_IN_STORY)
    if place is not Place.CLOSED or question is None:
        return False
    if guess.is_strong and not read_wishes().answers(guess.name, _asked(question)):
        return False
    return isinstance(question.parser.parse(said.given, context.now), Understood | Doubtful)


def _can_be_asked(wish: str, context: Context) -> bool:
    """Whether words that a text or a name may well be are asked about."""
    return context.question is not None and place_of(context) in (Place.NAME, Place.WORDS) and wish in _TO_BE_ASKED


def _asked(question: Question | None) -> str:
    return "" if question is None else f"{question.spec.ask.zh}{question.spec.label.zh}"


def _is_unlearnt(found: str, said: Said) -> bool:
    """Whether the learner has no say: 是 is a yes, however alike it is to 你是……"""
    return found in _UNLEARNT or (not found and read_phrases().answer(said.given) is not None)


def _named_alike(found: str) -> str:
    return str(_AS_WISHES[found].wish) if found in _AS_WISHES and not found.startswith("language") else found


def _answers(words: str, question: Question, context: Context) -> bool:
    return question.type not in _OPEN and isinstance(question.parser.parse(words, context.now), Understood)


def other_matter(plain: str) -> str:
    """What somebody says that they mean instead: 招工的事 of 不是停电，我是说招工的事."""
    return _MEANT.sub("", plain).strip() or plain


def place_of(context: Context) -> Place:
    """Where something is said, as far as it matters for wishes."""
    question = context.question
    if context.asked:
        return _ASKED.get(context.asked, Place.WORDS)
    if context.scenario is None:
        return Place.OUTSIDE
    if question is None:
        return Place.SUMMARY
    if question.id == context.scenario.template.story:
        return Place.STORY
    if question.spec.prefill in _NAMES:
        return Place.NAME
    return Place.WORDS if question.type in _OPEN else Place.CLOSED


def names_an_option(question: Question, text: str) -> bool:
    """Whether the words are an option's: 改合同 begins like a correction."""
    said = fold(text)
    return any(said in map(fold, (one.label.zh, one.label.en, *one.synonyms.all)) for one in question.options)


def _is_unsure(said: Said, context: Context, question: Question) -> bool:
    """Whether somebody says that they cannot answer, and it is no answer here. Without a story there is no matter."""
    assert context.scenario is not None
    if question.id == context.scenario.template.story or not read_phrases().is_unsure(said.given):
        return False
    return question.type in _OPEN or not isinstance(question.parser.parse(said.given, context.now), Understood)


def _makes_sense(verb: str, context: Context) -> bool:
    """Some phrases are commands only where they make sense: 好了 may also be an answer."""
    question = context.question
    match verb:
        case "hello":
            return context.form is None
        case "done":
            return question is not None and question.type in ("multi_choice", "attachment")
        case "keep":
            return context.form is not None and bool(context.form.reopened)
        case "skip":
            return question is not None
        case "confirm":
            return question is None and context.form is not None
    return True
