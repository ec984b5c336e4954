"""Carries out what is said about the form rather than in it: help, back, skip, correct, cancel, restart, language."""

from __future__ import annotations

from collections.abc import Callable

from backend.contract.message import Message
from dialogs.engine.commands import FormCommand
from dialogs.engine.turn import Step, Turn, decline_human, go_on, hand_over, miss, record, side, skip, submit, why
from dialogs.fields.outcome import listed
from dialogs.form import Misses, Pending, Phase
from dialogs.outputs import SetLanguage
from dialogs.relevance import was_asked


def obey(turn: Turn, command: FormCommand) -> Step:
    """Do what a command says; whether it is stale has been judged before."""
    return _VERBS[command.verb](turn, command)


def _help(turn: Turn, _: FormCommand) -> Step:
    question = turn.current()
    if question is None:
        return go_on(turn.say("engine.summary_help"))
    if turn.form.current != question.id:
        return go_on(turn)
    return go_on(turn.change(helped=turn.form.helped + 1).say("engine.commands_help"))


def _repeat(turn: Turn, _: FormCommand) -> Step:
    return go_on(turn)


def _back(turn: Turn, _: FormCommand) -> Step:
    """To the question before, with its answer kept until a new one is given."""
    question = turn.current()
    if question is not None and question.type == "district" and turn.form.partial:
        return go_on(turn.change(partial=()))
    before = []
    for one in turn.relevance().questions:
        if question is not None and one.id == question.id:
            break
        before.append(one.id)
    reached = [field for field in before if was_asked(turn.form, field)]
    if not reached:
        return go_on(turn.say("engine.at_beginning"))
    return go_on(turn.change(reopened=reached[-1]))


def _skip(turn: Turn, _: FormCommand) -> Step:
    question = turn.current()
    return go_on(turn) if question is None else skip(turn, question)


def _keep(turn: Turn, _: FormCommand) -> Step:
    """Leave the reopened answer as it was; nothing ticked since then counts."""
    return go_on(turn.change(reopened="", current=""))


def _done(turn: Turn, _: FormCommand) -> Step:
    """Enough options ticked, or enough files sent."""
    question = turn.current()
    if question is None:
        return go_on(turn)
    chosen = turn.form.partial
    if not chosen:
        if not question.spec.required:
            return skip(turn, question)
        return miss(turn, Message(f"engine.nothing_{question.type}"))
    if question.type == "attachment":
        return go_on(record(turn, question, list(chosen), Message("engine.files", {"count": len(chosen)})))
    labels = [question.label_of(option) for option in question.options if option.id in chosen]
    ids = [option.id for option in question.options if option.id in chosen]
    return go_on(record(turn, question, ids, listed(tuple(labels))))


def _clear(turn: Turn, _: FormCommand) -> Step:
    return go_on(turn.change(partial=()))


def _fix(turn: Turn, command: FormCommand) -> Step:
    return go_on(turn.change(reopened=command.field))


def _unfile(turn: Turn, _: FormCommand) -> Step:
    count = len(turn.form.extras)
    return go_on(turn.change(extras=()).say("engine.files_dropped", count=count))


def _unsay(turn: Turn, _: FormCommand) -> Step:
    return go_on(turn.change(unplaced=()).say("engine.words_dropped"))


def _confirm(turn: Turn, _: FormCommand) -> Step:
    return submit(turn) if turn.current() is None else go_on(turn)


def _cancel(turn: Turn, _: FormCommand) -> Step:
    return side(turn, Pending.CANCEL)


def _restart(turn: Turn, _: FormCommand) -> Step:
    return side(turn, Pending.RESTART)


def _human(turn: Turn, _: FormCommand) -> Step:
    return hand_over(turn, "asked")


def _language(turn: Turn, command: FormCommand) -> Step:
    turn = turn.change(language=command.value)
    step = side(turn, turn.form.pending) if turn.form.pending is not Pending.NONE else go_on(turn)
    return Step(step.form, (SetLanguage(command.value), *step.outputs))


def _yes(turn: Turn, command: FormCommand) -> Step:
    match command.field:
        case "cancel":
            return Step(None, turn.say("engine.cancelled").said)
        case "restart":
            return go_on(_anew(turn).say("engine.restarted"))
        case "meant":
            return _take_meant(turn)
        case "wish":
            return _do_wished(turn)
    return hand_over(turn, why(turn.form.misses))


def _take_meant(turn: Turn) -> Step:
    """What was asked back is the answer."""
    question, meant = turn.current(), turn.form.meant
    assert question is not None
    assert meant is not None
    return go_on(record(turn, question, meant.value, meant.shown))


def _do_wished(turn: Turn) -> Step:
    """What was said was no answer but a wish."""
    question, wished = turn.current(), turn.form.wished
    turn = turn.change(pending=Pending.NONE, meant=None, wished="")
    return obey(turn, FormCommand(wished, "", "" if question is None else question.id))


def _no(turn: Turn, command: FormCommand) -> Step:
    match command.field:
        case "human":
            return go_on(decline_human(turn))
        case "meant":
            return miss(turn, Message("engine.not_meant"))
        case "wish":
            return _take_meant(turn)
    return go_on(turn.change(pending=Pending.NONE))


def _anew(turn: Turn) -> Turn:
    """Everything is asked again except who the person is."""
    facts = {
        one.id for one in turn.scenario.questions if one.spec.prefill and one.id != turn.scenario.template.district
    }
    kept = {field: answer for field, answer in turn.form.answers.items() if field in facts or answer.known}
    return turn.change(
        answers=kept,
        skipped=(),
        deferred={},
        reopened="",
        partial=(),
        extras=(),
        unplaced=(),
        current="",
        phase=Phase.ASKING,
        misses=Misses(),
        helped=0,
        pending=Pending.NONE,
        last_text="",
    )


_VERBS: dict[str, Callable[[Turn, FormCommand], Step]] = {
    "help": _help,
    "repeat": _repeat,
    "back": _back,
    "skip": _skip,
    "keep": _keep,
    "done": _done,
    "clear": _clear,
    "fix": _fix,
    "unfile": _unfile,
    "unsay": _unsay,
    "confirm": _confirm,
    "cancel": _cancel,
    "restart": _restart,
    "human": _human,
    "lang": _language,
    "yes": _yes,
    "no": _no,
}
