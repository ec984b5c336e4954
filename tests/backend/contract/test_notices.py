"""The contract of notices: what older and newer backends write is read, what no kind says is refused."""

import ast
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from backend.contract.events.questions import Answered
from backend.contract.notices import KINDS, UnknownNotice, read
from backend.contract.notices.notice import Holds, Named, ToEnterprise, ToStaff
from backend.contract.notices.to_enterprise import Accepted, AcceptedLater, Closed, Interim, QuestionAsked
from backend.contract.notices.to_staff import Added, Desk, ReturnDecided, Warned
from backend.contract.words import Kind, Step, WarningLevel
from backend.rules import lifecycle
from backend.work.ticket_work import TicketWork

ROOT = Path(__file__).parents[3]
PRODUCT = ("backend", "bot", "dialogs", "ivr")
RECORDED: list[dict[str, Any]] = json.loads((ROOT / "tests/dialogs/recorded/notices.json").read_text("utf-8"))
UNIT = Named(zh="供电局", en="Power")
DUE = datetime(2026, 3, 10, 3, tzinfo=UTC)


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["template"])
def test_what_the_version_before_wrote_is_written_again(row: dict[str, Any]) -> None:
    written = json.loads(json.dumps(read(row["template"], row["args"]).args()))
    in_english = {key: written[key] for key in written if key.endswith("_en") and key not in row["args"]}
    assert written == {key: value for key, value in row["args"].items() if value is not None} | in_english


def test_names_and_times_are_plain_arguments_in_json() -> None:
    assert Interim(text="在查", department=UNIT).args() == {
        "text": "在查", "department": "供电局", "department_en": "Power",
    }  # fmt: skip
    accepted = Accepted(code="12345678", kind=Kind.HELP, promised_at=DUE, departments=(UNIT, UNIT))
    assert accepted.args() == {
        "promised_at": "2026-03-10T03:00:00+00:00", "departments": ["供电局", "供电局"],
        "departments_en": ["Power", "Power"], "code": "12345678", "kind": "help",
    }  # fmt: skip
    assert read("accepted", accepted.args()) == accepted
    assert AcceptedLater(promised_at=None, departments=()).args() == {
        "promised_at": None, "departments": [], "departments_en": [],
    }  # fmt: skip


def test_of_a_newer_backend_what_is_not_known_is_left_out() -> None:
    more = {"number": "1", "title": "t", "kind": "help", "weight": 3, "dissatisfaction": {"comment": "a", "mood": "b"}}
    told = read("desk", more)
    assert isinstance(told, Desk)
    assert told.dissatisfaction is not None
    assert (told.number, told.kind, told.callback, told.dissatisfaction.comment) == ("1", Kind.HELP, False, "a")


@pytest.mark.parametrize(
    ("template", "args"),
    [("of_tomorrow", {}), ("warned", {"level": "purple", "what": "sign"}), ("interim", {"department": "供电局"})],
)
def test_what_cannot_be_told_is_said_to_be_unknown_without_its_words(template: str, args: dict[str, Any]) -> None:
    with pytest.raises(UnknownNotice) as raised:
        read(template, args)
    assert "供电局" not in str(raised.value.__cause__)
    assert "purple" not in str(raised.value.__cause__)


def test_an_argument_that_a_kind_does_not_have_is_refused_and_none_changes() -> None:
    with pytest.raises(ValidationError):
        Closed.model_validate({"reason": "重复", "note": "内部"})
    with pytest.raises(ValidationError):
        Warned(level=WarningLevel.RED, what=Step.SIGN).due = DUE  # type: ignore[misc]


def test_text_whose_kind_nobody_says_is_no_field() -> None:
    with pytest.raises(TypeError, match="say what it holds"):
        type("Careless", (ToStaff,), {"__annotations__": {"note": "str | None"}, "note": None, "__module__": __name__})
    assert "Careless" not in {kind.__name__ for kind in KINDS.values()}


async def test_the_enterprise_is_told_no_notice_of_the_administration() -> None:
    work = object.__new__(TicketWork)
    with pytest.raises(TypeError, match="ReturnDecided"):
        await work.tell_contact(ReturnDecided(approve=True, reason="内部"))  # type: ignore[arg-type]


def test_secrets_and_words_of_the_enterprise_are_known_by_their_marks() -> None:
    secret = {template for template, kind in KINDS.items() if kind.holding(Holds.SECRET)}
    assert secret == {"accepted", "received"}
    assert Accepted.holding(Holds.SECRET) == ("code",)
    assert Added.holding(Holds.OF_ENTERPRISE) == ("text",)
    for kind in KINDS.values():
        assert not (issubclass(kind, ToEnterprise) and kind.holding(Holds.OF_ENTERPRISE))
        assert not (issubclass(kind, ToStaff) and kind.holding(Holds.SECRET))


def test_who_was_away_is_asked_only_while_an_answer_is_taken() -> None:
    assert QuestionAsked.of_use_in
    assert all(lifecycle.allows(state, Answered) for state in QuestionAsked.of_use_in)


def _files() -> Iterator[Path]:
    for folder in PRODUCT:
        yield from (path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def _names_a_template(node: ast.AST) -> bool:
    """Whether a template's name is compared with, or told by, a string."""
    match node:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            strings = [one for side in sides for one in ast.walk(side) if isinstance(one, ast.Constant)]
            return any(isinstance(side, ast.Attribute) and side.attr == "template" for side in sides) and any(
                one.value in KINDS for one in strings
            )
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=args):
            told = name in ("tell", "tell_contact", "NewNotice", "call_off")
            return told and any(isinstance(one, ast.Constant) and one.value in KINDS for one in args)
    return False


def test_no_kind_of_notice_is_named_by_a_string_outside_the_contract() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for path in _files()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if _names_a_template(node)
    ]
    assert found == []
    assert _names_a_template(ast.parse('notice.template == "question"', mode="eval").body)
    assert _names_a_template(ast.parse('work.tell(to, "assigned", kind=kind)', mode="eval").body)
