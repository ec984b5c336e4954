"""Dates as people say them, seen from Sunday 22 November 2026, 10:00."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.contract.message import Message
from dialogs.fields import Date, Doubtful, NotUnderstood, Understood

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def value(parser: Date, text: str) -> object:
    outcome = parser.parse(text, NOW)
    return outcome.value if isinstance(outcome, Understood) else outcome.problem.key


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昨天", "2026-11-21"),
        ("今天", "2026-11-22"),
        ("前天", "2026-11-20"),
        ("大前天", "2026-11-19"),
        ("刚才", "2026-11-22"),
        ("三天前", "2026-11-19"),
        ("10天前", "2026-11-12"),
        ("两周前", "2026-11-08"),
        ("一个星期前", "2026-11-15"),
        ("两个月前", "2026-09-22"),
        ("半个月前", "2026-11-07"),
        ("一年前", "2025-11-22"),
        ("3月5日", "2026-03-05"),
        ("３月５日", "2026-03-05"),
        ("三月五号", "2026-03-05"),
        ("三月五", "2026-03-05"),
        ("十一月二十号", "2026-11-20"),
        ("十二月五日", "2025-12-05"),
        ("12月31日", "2025-12-31"),
        ("去年12月31日", "2025-12-31"),
        ("上月20号", "2026-10-20"),
        ("上个月二十号", "2026-10-20"),
        ("这个月5号", "2026-11-05"),
        ("20号", "2026-11-20"),
        ("25号", "2026-10-25"),
        ("31号", "2026-10-31"),
        ("周五", "2026-11-20"),
        ("上周五", "2026-11-13"),
        ("上上周五", "2026-11-06"),
        ("这周三", "2026-11-18"),
        ("星期天", "2026-11-22"),
        ("上星期天", "2026-11-15"),
        ("礼拜一", "2026-11-16"),
        ("2026-3-5", "2026-03-05"),
        ("2026-03-05", "2026-03-05"),
        ("2026/03/05", "2026-03-05"),
        ("2026.3.5", "2026-03-05"),
        ("2026年3月5日", "2026-03-05"),
        ("二〇二六年三月五日", "2026-03-05"),
        ("26年3月5日", "2026-03-05"),
        ("20260305", "2026-03-05"),
        ("260305", "2026-03-05"),
        ("26-3-5", "2026-03-05"),
        ("0305", "2026-03-05"),
        ("11.20", "2026-11-20"),
        ("3/5", "2026-03-05"),
        ("11-20", "2026-11-20"),
        ("大概11.20左右", "2026-11-20"),
        ("我们是在3月5日停电的", "2026-03-05"),
        ("昨晚八点", "2026-11-21"),
        ("昨天（11月21日）", "2026-11-21"),
        ("11月20日星期五", "2026-11-20"),
        ("2026年3月5日 星期四", "2026-03-05"),
        ("国庆节", "2026-10-01"),
        ("十一", "2026-10-01"),
        ("五一", "2026-05-01"),
        ("去年国庆", "2025-10-01"),
        ("国庆节前一天", "2026-09-30"),
        ("国庆节第二天", "2026-10-02"),
        ("春节", "2026-02-17"),
        ("中秋节前一天", "2026-09-24"),
        ("中秋节", "2026-09-25"),
        ("除夕", "2026-02-16"),
        ("农历六月初三", "2026-07-16"),
        ("双十一", "2026-11-11"),
        ("2月29日", "2024-02-29"),
        ("yesterday", "2026-11-21"),
        ("the day before yesterday", "2026-11-20"),
        ("March 5", "2026-03-05"),
        ("5th of March", "2026-03-05"),
        ("Mar. 5th, 2025", "2025-03-05"),
        ("3 days ago", "2026-11-19"),
        ("a week ago", "2026-11-15"),
        ("last Friday", "2026-11-20"),
        ("on Monday", "2026-11-16"),
        ("25/12/2025", "2025-12-25"),
        ("20分钟前", "2026-11-22"),
    ],
)
def test_past_days(text: str, day: str) -> None:
    assert value(Date(past=True), text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("明天", "2026-11-23"),
        ("后天", "2026-11-24"),
        ("大后天", "2026-11-25"),
        ("三天后", "2026-11-25"),
        ("周五", "2026-11-27"),
        ("下周一", "2026-11-23"),
        ("3月5日", "2027-03-05"),
        ("12月5日", "2026-12-05"),
        ("今年年底", "2026-12-31"),
        ("年底", "2026-12-31"),
        ("下个月10号", "2026-12-10"),
        ("25号", "2026-11-25"),
        ("5号", "2026-12-05"),
        ("元旦", "2027-01-01"),
        ("春节", "2027-02-06"),
        ("tomorrow", "2026-11-23"),
        ("next Friday", "2026-11-27"),
        ("in March, say March 5", "field.date.several"),
        ("昨天", "field.date.past"),
    ],
)
def test_future_days(text: str, day: str) -> None:
    assert value(Date(past=False), text) == day


@pytest.mark.parametrize(
    ("text", "day"), [("12月5日", "2026-12-05"), ("10月5日", "2026-10-05"), ("周一", "2026-11-16")]
)
def test_without_a_side_the_nearest_day_is_taken(text: str, day: str) -> None:
    assert value(Date(), text) == day


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2月30日", "impossible"),
        ("13月5日", "no_month"),
        ("2026年2月29日", "impossible_year"),
        ("2026-13-01", "no_month"),
        ("明天", "future"),
        ("2027-01-01", "future"),
        ("3月5日到8日", "range"),
        ("3月5日-8日", "range"),
        ("3.5-3.8", "range"),
        ("昨天到今天", "range"),
        ("3月5日至3月8日", "range"),
        ("昨天和前天", "several"),
        ("11月20日星期一", "several"),
        ("今年3月", "which_day"),
        ("上个月", "which_day"),
        ("上周", "which_day"),
        ("去年", "which_day"),
        ("周末", "which_day"),
        ("11月中旬", "which_day"),
        ("2026", "which_day"),
        ("每天", "which_day"),
        ("May", "which_day"),
        ("05/03/2026", "order"),
        ("不知道", "not_understood"),
        ("哈哈", "not_understood"),
        ("", "not_understood"),
        ("3号楼", "not_understood"),
        ("9999年前", "not_understood"),
        ("昨天" * 200, "not_understood"),
    ],
)
def test_what_is_wrong_is_said(text: str, problem: str) -> None:
    assert value(Date(past=True), text) == f"field.date.{problem}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("前天下午三点", "2026-11-20T15:00+08:00"),
        ("昨晚八点半", "2026-11-21T20:30+08:00"),
        ("昨晚12点", "2026-11-22T00:00+08:00"),
        ("昨晚1点", "2026-11-22T01:00+08:00"),
        ("今天凌晨1点", "2026-11-22T01:00+08:00"),
        ("昨天中午12点", "2026-11-21T12:00+08:00"),
        ("昨天中午一点", "2026-11-21T13:00+08:00"),
        ("昨天上午十点一刻", "2026-11-21T10:15+08:00"),
        ("昨天14:30", "2026-11-21T14:30+08:00"),
        ("2026-11-20 03:05", "2026-11-20T03:05+08:00"),
        ("11月20日15点20分", "2026-11-20T15:20+08:00"),
        ("11.20 14:30", "2026-11-20T14:30+08:00"),
        ("yesterday 3pm", "2026-11-21T15:00+08:00"),
        ("March 5 at 9:30 am", "2026-03-05T09:30+08:00"),
        ("20分钟前", "2026-11-22T09:40+08:00"),
        ("两个小时前", "2026-11-22T08:00+08:00"),
        ("半小时前", "2026-11-22T09:30+08:00"),
        ("刚才", "2026-11-22T10:00+08:00"),
        ("早上八点", "2026-11-22T08:00+08:00"),
        ("昨天", "field.date.time_missing"),
        ("昨天3点", "field.date.time_unsure"),
        ("今天下午三点", "field.date.future"),
        ("昨天上午8点和下午3点", "field.date.times"),
    ],
)
def test_with_time(text: str, moment: str) -> None:
    assert value(Date(past=True, with_time=True), text) == moment


def test_limits_either_way() -> None:
    assert value(Date(past=True, max_days_back=30), "40天前") == "field.date.too_old"
    assert value(Date(past=True, max_days_back=30), "30天前") == "2026-10-23"
    assert value(Date(past=False, max_days_ahead=7), "8天后") == "field.date.too_far"
    assert value(Date(past=False, max_days_ahead=7), "7天后") == "2026-11-29"


def test_the_day_is_read_back_with_its_weekday() -> None:
    outcome = Date(past=True).parse("昨天", NOW)
    assert isinstance(outcome, Understood)
    assert outcome.shown == Message(
        "field.date.shown",
        {"year": 2026, "month": 11, "day": 21, "iso": "2026-11-21", "weekday": Message("field.date.weekday.6")},
    )


def test_an_impossible_date_names_the_month_and_day() -> None:
    outcome = Date(past=True).parse("2月30日", NOW)
    assert outcome == NotUnderstood(Message("field.date.impossible", {"month": 2, "day": 30}))


@pytest.mark.parametrize(("text", "days"), [("三四天前", 4), ("大概五六天前吧", 6), ("两三个星期前", 21)])
def test_two_figures_side_by_side_are_a_guess_and_asked_back(text: str, days: int) -> None:
    outcome = Date(past=True).parse(text, NOW)
    assert isinstance(outcome, Doubtful)
    assert outcome.value == (NOW.date() - timedelta(days=days)).isoformat()


def test_a_number_of_two_figures_is_one() -> None:
    assert value(Date(past=True), "三十四天前") == (NOW.date() - timedelta(days=34)).isoformat()
