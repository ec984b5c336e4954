"""What a conversation remembers survives as JSON, and an answered event keeps its answer."""

from datetime import UTC, datetime

from backend.contract.message import Localized, Message
from dialogs.commands import Verb
from dialogs.form import Form
from dialogs.outputs import Ask, Button, Expect, Output, Say, SetLanguage, Summarise, SummaryLine
from dialogs.session import Errand, Session

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DRAFT = "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10"
BACK = ((Button(Message("button.menu"), "menu"), Button("自己的话", "ticket:261122000013", ("原话", "my words"))),)
SAID: tuple[Output, ...] = (
    Say(Message("form.filed", {"number": "261122000013"}), BACK, "261122000013", ("a1",), "119"),
    Ask(
        "since",
        Localized({"zh": "哪天", "en": "When"}),
        Expect.DATE,
        "帮助",
        Message("x.y", {"n": 3}),
        BACK,
        BACK,
        2,
        (1, 9),
        "choice",
        True,
        "seat",
        Localized({"zh": "比如说：昨天。", "en": "Say: yesterday."}),
        BACK,
    ),
    Summarise("停电", (SummaryLine("f", "标", Message("engine.files", {"count": 1}), "fix:1:f"),), BACK),
)


def form(draft: str) -> Form:
    return Form("power-cut", 1, draft, "zh_CN", NOW, NOW)


def through_json(session: Session) -> Session:
    again, found = Session.read(session.to_json())
    assert found
    return again


def test_a_session_survives_as_json() -> None:
    session = Session(language="en", form=form("d1"), restored=True, told=("fire",))
    session.errand = Errand(
        Verb.ADD, "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10", "261122000013", {"a": "b"}, "s", "t", {"f": "a.jpg"}
    )
    session.parked = {"d2": form("d2")}
    session.remember("e1", SAID)
    assert through_json(session) == session


def test_the_last_event_is_answered_again_with_the_same_words() -> None:
    session = Session()
    session.remember("e1", (*SAID, SetLanguage("en")))
    assert through_json(session).recall("e1") == SAID
    assert session.recall("e2") is None


def test_an_event_before_the_last_is_known_but_silent() -> None:
    session = Session()
    for number in range(30):
        session.remember(f"e{number}", SAID)
    assert session.recall("e29") == SAID
    assert session.recall("e28") == ()
    assert session.recall("e0") is None


def test_what_cannot_be_read_is_a_new_session() -> None:
    for data in (None, "", "{", "{}", '{"format": 99}', '{"format": 1, "form": 3}'):
        session, found = Session.read(data)
        assert not found
        assert session == Session()


def test_parking_keeps_the_latest_forms() -> None:
    session = Session()
    for number in range(7):
        session.form = form(f"d{number}")
        session.park()
    assert list(session.parked) == ["d2", "d3", "d4", "d5", "d6"]
    session.form = session.parked["d3"]
    session.park()
    assert list(session.parked)[-1] == "d3"


def test_the_key_of_an_errand_is_that_of_its_content() -> None:
    errand = Errand(Verb.ADD, DRAFT)
    assert errand.key("add", "一") == errand.key("add", "一")
    assert errand.key("add", "一") != errand.key("add", "二")
