"""What questions do to a clock: replayed from events, within the policy's caps, and never for ever."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract.words import EventKind
from backend.rules.policy.file import load_policy
from backend.rules.policy.section import Span
from backend.rules.policy.watching import QuestionRules
from backend.rules.questions import Told, answer_limit, replay
from backend.rules.working_time import Pause, WorkingCalendar, WorkingSpan
from tests.backend.rules.test_working_time import HOURS, SHANGHAI, at

POLICY = load_policy(None)
RULES = POLICY.questions
CALENDAR = POLICY.calendar()


def told(*events: tuple[EventKind, str, int]) -> list[Told]:
    return [Told(kind, at(when), question) for kind, when, question in events]


def stood(*events: tuple[EventKind, str, int], rules: QuestionRules = RULES) -> list[tuple[str, str]]:
    pauses = replay(told(*events), rules, CALENDAR).pauses
    return [(local(one.start), local(one.end)) for one in pauses]


def local(moment: datetime | None) -> str:
    assert moment is not None
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


def test_a_clock_stands_from_asking_until_the_last_open_question_is_answered() -> None:
    assert stood(
        (EventKind.ASKED, "2026-03-10 09:00", 1),
        (EventKind.ASKED, "2026-03-10 10:00", 2),
        (EventKind.ANSWERED, "2026-03-10 11:00", 1),
        (EventKind.ANSWERED, "2026-03-11 11:00", 2),
    ) == [("03-10 09:00", "03-11 11:00")]


def test_a_question_nobody_answers_stops_it_for_five_working_days() -> None:
    assert stood((EventKind.ASKED, "2026-03-10 09:00", 1)) == [("03-10 09:00", "03-17 17:30")]


def test_what_was_not_shown_stopped_nothing_and_lets_the_next_one_stop_it() -> None:
    asked = [(EventKind.ASKED, f"2026-03-{10 + day} 09:00", day) for day in range(3)]
    answered = [(EventKind.ANSWERED, f"2026-03-{10 + day} 10:00", day) for day in range(3)]
    in_order = [event for pair in zip(asked, answered, strict=True) for event in pair]
    assert stood(*in_order) == [("03-10 09:00", "03-10 10:00"), ("03-11 09:00", "03-11 10:00")]
    taken_back = [asked[0], (EventKind.UNDELIVERED, "2026-03-10 09:30", 0), *in_order[2:]]
    assert stood(*taken_back) == [("03-11 09:00", "03-11 10:00"), ("03-12 09:00", "03-12 10:00")]


def test_an_answer_proves_that_the_question_was_shown() -> None:
    assert stood(
        (EventKind.ASKED, "2026-03-10 09:00", 1),
        (EventKind.ANSWERED, "2026-03-10 10:00", 1),
        (EventKind.UNDELIVERED, "2026-03-11 09:00", 1),
    ) == [("03-10 09:00", "03-10 10:00")]


def test_two_questions_together_stop_it_no_longer_than_one_may() -> None:
    assert stood(
        (EventKind.ASKED, "2026-03-10 17:00", 1),
        (EventKind.ANSWERED, "2026-03-13 17:00", 1),
        (EventKind.ASKED, "2026-03-16 09:00", 2),
    ) == [("03-10 17:00", "03-13 17:00"), ("03-16 09:00", "03-18 09:30")]


# --- any sequence, over any calendar --------------------------------------------------------------------------------

_START = datetime(2026, 9, 21, tzinfo=UTC)
_spans = st.one_of(
    st.builds(Span, working_days=st.integers(1, 12)), st.builds(Span, working_hours=st.integers(1, 60).map(float))
)
_rules = st.builds(
    lambda ends, all_, pausing: RULES.model_copy(update={"ends_after": ends, "pause_in_all": all_, "pausing": pausing}),
    _spans,
    _spans,
    st.integers(0, 4),
)
_calendars = st.builds(
    lambda days: WorkingCalendar(HOURS, SHANGHAI, days),
    st.dictionaries(st.dates(date(2026, 9, 1), date(2026, 12, 31)), st.booleans(), max_size=25),
)


@st.composite
def _histories(draw: st.DrawFn) -> list[Told]:
    """Questions asked one after the other and at once; each answered, ended, not delivered, in any mixture, or none."""
    events, now = [], _START
    asked = 0
    for _ in range(draw(st.integers(1, 14))):
        now += timedelta(minutes=draw(st.integers(0, 6000)))
        kind = draw(st.sampled_from([EventKind.ASKED, EventKind.ANSWERED, EventKind.UNDELIVERED, EventKind.UNANSWERED]))
        if kind is EventKind.ASKED or not asked:
            asked += 1
            events.append(Told(EventKind.ASKED, now, asked))
        else:
            events.append(Told(kind, now, draw(st.integers(1, asked))))
    return events


@settings(max_examples=150)
@given(_histories(), _rules, _calendars, st.integers(0, 20_000))
def test_no_sequence_stops_a_clock_for_ever_or_longer_than_the_caps(
    events: list[Told], rules: QuestionRules, calendar: WorkingCalendar, begun: int
) -> None:
    standing = replay(events, rules, calendar)
    assert all(one.end is not None and one.end >= one.start for one in standing.pauses)
    assert all(a.end is not None and a.end < b.start for a, b in pairwise(standing.pauses))
    start = _START - timedelta(minutes=begun)
    bare = calendar.add(start, WorkingSpan(days=5))
    limit = calendar.add(start, WorkingSpan(days=5), standing.pauses)
    assert bare is not None
    assert limit is not None  # it always ends
    assert limit.at >= bare.at
    stood_for = calendar.elapsed(bare.at, limit.at)
    total = sum((calendar.elapsed(one.start, _end(one)) for one in standing.pauses), timedelta())
    assert stood_for <= total
    if standing.pauses:
        first = standing.pauses[0].start
        cap = calendar.add(first, rules.pause_in_all.span())
        assert cap is not None
        assert total <= calendar.elapsed(first, cap.at)
    asked = {one.question: one.at for one in events if one.kind is EventKind.ASKED}
    longest = max(answer_limit(one, rules, calendar) for one in asked.values())
    assert not standing.waits(longest)
    assert rules.pausing or not standing.pauses


@settings(max_examples=80)
@given(_histories(), _rules, _calendars)
def test_what_was_never_delivered_leaves_no_trace(
    events: list[Told], rules: QuestionRules, calendar: WorkingCalendar
) -> None:
    lost = [one for one in events if one.kind is EventKind.ASKED]
    both = [event for one in lost for event in (one, Told(EventKind.UNDELIVERED, one.at, one.question))]
    assert replay(both, rules, calendar).pauses == ()


@settings(max_examples=80)
@given(_histories(), _rules, _calendars)
def test_what_happens_later_never_lengthens_what_was_over(
    events: list[Told], rules: QuestionRules, calendar: WorkingCalendar
) -> None:
    """An answer, an end or a failed delivery can only take waiting away from a clock, up to what the next one adds."""
    for at_ in range(1, len(events)):
        if events[at_].kind in (EventKind.ASKED, EventKind.UNDELIVERED):
            continue
        before, after = (replay(events[:count], rules, calendar).pauses for count in (at_, at_ + 1))
        assert _sum(after, calendar) <= _sum(before, calendar)


def _sum(pauses: tuple[Pause, ...], calendar: WorkingCalendar) -> timedelta:
    return sum((calendar.elapsed(one.start, _end(one)) for one in pauses), timedelta())


def _end(pause: Pause) -> datetime:
    assert pause.end is not None
    return pause.end


@pytest.mark.parametrize("pausing", [0, 1])
def test_so_many_questions_stop_it_as_the_policy_says(pausing: int) -> None:
    rules = RULES.model_copy(update={"pausing": pausing})
    asked = stood((EventKind.ASKED, "2026-03-10 09:00", 1), (EventKind.ASKED, "2026-03-16 09:00", 2), rules=rules)
    assert len(asked) == pausing


def test_as_if_answered_now_nothing_stands_after_now() -> None:
    standing = replay(told((EventKind.ASKED, "2026-03-10 09:00", 1)), RULES, CALENDAR)
    now = at("2026-03-10 11:00")
    [pause] = standing.as_if_answered(now).pauses
    assert (local(pause.start), local(pause.end)) == ("03-10 09:00", "03-10 11:00")
    assert standing.as_if_answered(at("2026-03-10 08:00")).pauses == ()
    over = replay(
        told((EventKind.ASKED, "2026-03-10 09:00", 1), (EventKind.ANSWERED, "2026-03-10 10:00", 1)), RULES, CALENDAR
    )
    assert over.as_if_answered(now) == over, "what is over is not made longer"


def test_each_open_question_has_its_limit_and_an_answered_one_has_none() -> None:
    asked = (EventKind.ASKED, "2026-03-10 09:00", 1), (EventKind.ASKED, "2026-03-10 10:00", 2)
    both = replay(told(*asked), RULES, CALENDAR)
    assert both.limits == {answer_limit(at(when), RULES, CALENDAR) for _, when, _ in asked}
    one = replay(told(*asked, (EventKind.ANSWERED, "2026-03-10 11:00", 1)), RULES, CALENDAR)
    assert one.limits == {answer_limit(at("2026-03-10 10:00"), RULES, CALENDAR)}


def test_a_clock_stands_up_to_the_end_of_its_pause_and_not_at_it() -> None:
    standing = replay(
        told((EventKind.ASKED, "2026-03-10 09:00", 1), (EventKind.ANSWERED, "2026-03-10 10:00", 1)), RULES, CALENDAR
    )
    begin, end = at("2026-03-10 09:00"), at("2026-03-10 10:00")
    assert standing.until(begin) == end
    assert standing.until(end) is None
    assert (standing.waits(begin), standing.waits(end)) == (True, False)
