"""Each errand of the enterprise stands once, and is found by its verb."""

import importlib
import pkgutil
from collections import Counter

import dialogs.enterprise
from dialogs.commands import Verb
from dialogs.enterprise.errand import ErrandKind
from dialogs.enterprise.errands import ERRANDS, ON_PRESS


def test_every_errand_that_a_module_describes_is_registered() -> None:
    modules = [
        importlib.import_module(f"dialogs.enterprise.{one.name}")
        for one in pkgutil.iter_modules(dialogs.enterprise.__path__)
    ]
    described = [kind for one in modules for kind in vars(one).values() if isinstance(kind, ErrandKind)]
    assert set(map(id, described)) == set(map(id, ERRANDS.values()))


def test_no_two_errands_share_a_button() -> None:
    buttons = Counter(verb for kind in ERRANDS.values() for verb in (*kind.begin, *kind.on_press))
    assert buttons == dict.fromkeys(ON_PRESS, 1)


def test_what_is_said_to_be_complete_can_be_sent() -> None:
    for kind in ERRANDS.values():
        assert set(kind.sent_by) <= {Verb.DONE, Verb.SKIP, Verb.CONFIRM}
        assert kind.send is not None or not kind.sent_by
