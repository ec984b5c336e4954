"""Words in two languages, with emphasis that nothing a person writes can fake."""

from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest

from backend.contract.message import Localized, Message
from backend.contract.words import (
    AssignmentRole,
    AssignmentState,
    CallOutcome,
    EventKind,
    Grade,
    Kind,
    TicketState,
    WarningLevel,
)
from dialogs.times import moment
from dialogs.wording import Span, Wording
from locales import LANGUAGES, catalogue, closest_language
from tests.built_in import built_in_scenarios

ZONE = ZoneInfo("Asia/Shanghai")
CHINESE, ENGLISH = Wording("zh_CN"), Wording("en")


def test_a_key_is_said_in_each_language() -> None:
    assert CHINESE.text(Message("button.tickets")) == "我的工单"
    assert ENGLISH.text(Message("button.tickets")) == "My tickets"


def test_arguments_are_worded_too() -> None:
    message = Message("form.resumed", {"title": Localized({"zh": "停电", "en": "Power cuts"}), "kept": "…"})
    assert CHINESE.text(message) == "我们接着填“停电”。…"
    assert ENGLISH.text(message) == "Let us go on with “Power cuts”. …"


def test_a_person_s_own_words_stay_as_they_are() -> None:
    for words in ("50% {number} **粗** %(x)s", "<b>", "\\n"):
        assert CHINESE.text(words) == words
        assert words in CHINESE.text(Message("notice.quoted", {"text": words}))


def test_emphasis_comes_from_the_catalogue_only() -> None:
    spans = CHINESE.spans(Message("ticket.reply", {"text": "**不是粗体**"}))
    assert spans == (Span("答复：", bold=True), Span("\n**不是粗体**"))


def test_emphasis_inside_an_argument_survives() -> None:
    inner = Message("ticket.state", {"state": "办理中"})
    spans = CHINESE.spans(Message("text.lines", {"first": inner, "rest": "完"}))
    assert spans == (Span("状态："), Span("办理中", bold=True), Span("\n完"))


def test_what_is_missing_is_logged_and_shows_its_name(caplog: pytest.LogCaptureFixture) -> None:
    assert ENGLISH.text(Message("no.such_key")) == "no.such_key"
    assert ENGLISH.text(Message("form.filed")).count("{number}") == 1
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


def test_an_unknown_language_is_spoken_to_in_chinese() -> None:
    assert Wording("fr").text(Message("button.tickets")) == "我的工单"


@pytest.mark.parametrize(
    ("tag", "language"), [("en-US", "en"), ("en", "en"), ("zh-hans", "zh_CN"), ("", "zh_CN"), ("de", "zh_CN")]
)
def test_the_closest_language_is_found(tag: str, language: str) -> None:
    assert closest_language(tag) == language


def test_times_are_said_in_the_city_s_zone() -> None:
    now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    late = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # already 2027 in Shanghai
    assert CHINESE.text(moment(datetime(2026, 11, 23, 9, 30, tzinfo=UTC), ZONE, now)) == "11月23日（周一）17:30"
    assert CHINESE.text(moment(late, ZONE, now)) == "2027年1月1日（周五）01:00"
    assert ENGLISH.text(moment(late, ZONE, now)) == "Friday 1 January 2027, 01:00"


@pytest.mark.parametrize(
    ("prefix", "vocabulary"),
    [
        ("state", TicketState),
        ("assignment", AssignmentState),
        ("kind", Kind),
        ("role", AssignmentRole),
        ("grade", Grade),
        ("rate", Grade),
        ("warning", WarningLevel),
        ("mark", WarningLevel),
        ("event", EventKind),
        ("call", CallOutcome),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_domain_has_a_text(language: str, prefix: str, vocabulary: type[StrEnum]) -> None:
    assert {f"{prefix}.{word}" for word in vocabulary} <= catalogue(language).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_category_has_a_name(language: str) -> None:
    scenarios = built_in_scenarios()
    categories = {f"category.{one.template.category.split('/')[0]}" for one in scenarios.values()}
    assert categories <= catalogue(language).keys()
