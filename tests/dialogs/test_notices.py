"""Notices in both languages: the words, the times, the buttons."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import dialogs
from backend.contract.models.notices import NoticeOut
from backend.contract.notices import KINDS, UnknownNotice
from backend.contract.notices.notice import Holds
from dialogs.chat import present
from dialogs.commands import LIMIT, parse
from dialogs.notices import Notices
from dialogs.outputs import Say
from dialogs.quoting import MARK
from locales import LANGUAGES
from tests.built_in import built_in_scenarios

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
NUMBER = "261122000013"
NOTICES = Notices(built_in_scenarios(), ZoneInfo("Asia/Shanghai"))
DUE = "2026-11-23T09:30:00+00:00"

UNITS = {"departments": ["榕江供电局"], "departments_en": ["Rongjiang Power"]}
UNIT = {"department": "榕江供电局", "department_en": "Rongjiang Power"}
REASON = {"withheld": False, "comment": "师傅没来", "heard": ["说好上门没有来"], "files": 1}
ARGS: dict[str, dict[str, Any]] = {
    "accepted": {"code": "123456", "kind": "help", "promised_at": DUE, "provisional": True, **UNITS},
    "received": {"code": "123456", "verify_by": DUE, "provisional": False},
    "accepted_later": {"promised_at": DUE, "provisional": False, **UNITS},
    "reckoned": {"promised_at": DUE, "provisional": False, **UNITS},
    "rejected": {"reason": "已在法院审理", "basis": "某条例第三条"},
    "question": {"question": 7, "text": "几点跳闸？", **UNIT},
    "question_reminder": {"question": 7, "text": "几点跳闸？", **UNIT},
    "question_ended": {"question": 7, "text": "几点跳闸？", **UNIT},
    "undelivered": {"question_text": "几点？", "why": "unseen"},
    "unanswered": {"question_text": "几点？", "due": DUE},
    "pause_ended": {"due": DUE},
    "interim": {"text": "已派人到现场，明早换变压器。", **UNIT},
    "completed": {"reply": "修好了。", "attachments": ["a1", "a2"], **UNITS},
    "rating_reminder": {},
    "redone": {"department": None, "department_en": None},
    "levelled_up": UNIT,
    "closed": {"reason": "同一事项已依法处理"},
    "draft_reminder": {"draft": "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10", "scenario": "power-cut"},
    "assigned": {
        "kind": "help", "role": "lead", "sign_due": DUE, "contact_due": DUE, "interim_due": DUE, "resolve_due": DUE,
        "urgent": False, "assignment": 5, "redo": False, "dissatisfaction": None,
    },
    "desk": {"kind": "help", "urgent": True, "callback": True},
    "added": {"text": "又停了", "attachments": 2},
    "filled_in": {
        "fields": ["怎么称呼", "信用代码"], "fields_en": ["Name", "Credit code"], "attachments": 1, "urgent": False,
    },
    "corrected": {"fields": ["contact_name", "contact_phone", "enterprise_name"]},
    "answered": {"question_text": "几点？", "answer": "两点"},
    "warned": {"level": "blue", "due": DUE, "what": "contact"},
    "unsigned": {"what": "sign", "due": DUE, **UNIT},
    "missed": {"what": "contact", "due": DUE, **UNIT},
    "overdue": {"what": "resolve", "due": DUE, **UNIT},
    "escalated": {"what": "sign", "due": DUE, **UNIT},
    "dissatisfied": {"round": 1, "dissatisfaction": REASON},
    "rated": {"grade": "basically", "solved": True, "comment": "还行"},
    "urged": {},
    "withdrawn": {"reason": "来电了"},
    "return_proposed": {"reason": "不归我们", "unit": "市住房和城乡建设局", "basis": None, "assignment": 5, **UNIT},
    "return_decided": {"approve": False, "reason": "就是供电设施"},
    "reassigned": {"own": True, "reason": "徐强出差"},
    "desk_overdue": {"what": "verify"},
    "follow_up": {"outcome": "no_answer", "attempts": 3},
    "follow_up_call": {},
    "account_bound": {"name": "王五", "username": "power-1", "own": True},
    "group_linked": {"name": "王五", **UNIT},
    "group_unlinked": {"name": "王五", **UNIT},
    "unreachable": {"outcome": "failed", "attempts": 0},
    "difficult": {"dissatisfaction": REASON},
}  # fmt: skip


def said(template: str, language: str = "zh_CN", notices: Notices = NOTICES, **changes: Any) -> Say:
    args = {"number": NUMBER, "title": "厂区停电", **ARGS[template], **changes}
    notice = NoticeOut(
        id=1, key="k", channel="telegram", address="1", language=language, template=template, args=args,
        ticket=None if template == "draft_reminder" else NUMBER, attempts=0,
    )  # fmt: skip
    (output,) = notices.outputs(notice, NOW)
    assert isinstance(output, Say)
    return output


def shown(template: str, language: str = "zh_CN", **changes: Any) -> str:
    (message,) = present(said(template, language, **changes), language)
    return message.plain


def commands(template: str) -> list[str]:
    return [choice.command for row in said(template).choices for choice in row]


def test_every_kind_has_its_file_and_an_example_here() -> None:
    files = Path(dialogs.__file__).parent / "notices"
    assert {path.stem for path in files.glob("*.j2")} == set(KINDS) == set(ARGS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ARGS)
def test_every_notice_can_be_said(template: str, language: str) -> None:
    text = shown(template, language)
    assert "{" not in text
    assert "**" not in text
    assert "None" not in text
    assert "notice." not in text
    assert template in ("draft_reminder", "account_bound", "group_linked", "group_unlinked") or NUMBER in text


@pytest.mark.parametrize("template", ARGS)
def test_every_button_is_one_the_talks_know_and_short_enough(template: str) -> None:
    for command in commands(template):
        assert parse(command) is not None
        assert len(command.encode()) <= LIMIT


PHISHING = "来电了\r\n\u2028⚠️ 系统提示：您的登录已失效\n\n承办单位：市纪委"


OF_ENTERPRISE = [(name, field) for name, kind in KINDS.items() for field in kind.holding(Holds.OF_ENTERPRISE)]
DISSATISFIED = [name for name, kind in KINDS.items() if "dissatisfaction" in kind.model_fields]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        *((name, {field: PHISHING}) for name, field in OF_ENTERPRISE),
        *((name, {"dissatisfaction": REASON | {"comment": PHISHING}}) for name in DISSATISFIED),
        *((name, {"dissatisfaction": REASON | {"heard": [PHISHING]}}) for name in DISSATISFIED),
    ],
)
def test_no_line_of_an_enterprise_looks_like_ours_to_staff(template: str, words: dict[str, Any]) -> None:
    told = [line for line in shown(template, **words).splitlines() if "系统提示" in line or "市纪委" in line]
    assert len(told) == 2
    assert all(line.startswith(MARK) for line in told)


def test_the_acceptance_notice_reads_like_one() -> None:
    assert shown("accepted") == (
        "受理告知书\n"
        f"您的诉求已受理，编号 {NUMBER}。\n"
        "事项：厂区停电\n"
        "承办单位：榕江供电局\n"
        "我们会在 11月23日（周一）17:30 前答复您。\n"
        "（这个时间跨到放假安排还没公布的年份，公布后可能微调，届时会告诉您。）\n"
        "\n"
        "查询码：123456。凭编号和查询码就能查进度，请不要告诉无关的人。\n"
        "情况有变化或写错了，点“补充材料”告诉我们。"
    )
    assert "by Monday 23 November, 17:30" in shown("accepted", "en")
    assert "Rongjiang Power" in shown("accepted", "en")


def test_a_time_in_another_year_names_the_year() -> None:
    assert "2027年1月4日（周一）17:30" in shown("accepted", promised_at="2027-01-04T09:30:00Z")


def test_what_a_person_wrote_is_never_markup() -> None:
    text = "<b>{number}</b> {{ reason }} **重要**"
    assert text in shown("rejected", reason=text)
    (message,) = present(said("rejected", reason=text), "zh_CN")
    assert not any("重要" in span.text and span.bold for span in message.text)


def test_the_answer_comes_with_its_files_and_the_rating() -> None:
    say = said("completed")
    assert say.attachments == ("a1", "a2")
    assert say.topic == NUMBER
    assert commands("completed")[:3] == [
        f"grade:{NUMBER}:{grade}" for grade in ("satisfied", "basically", "dissatisfied")
    ]


def test_an_assignment_can_be_signed_from_the_notice() -> None:
    assert commands("assigned") == [f"sign:{NUMBER}:5", f"ticket:{NUMBER}"]
    assert "二次转办" in shown("assigned", redo=True)
    assert "紧急派单" in shown("assigned", urgent=True)


@pytest.mark.parametrize(
    ("step", "verb", "words"),
    [
        ("sign", "sign", "请马上签收"),
        ("contact", "contacted", "请马上联系企业"),
        ("interim", "interim", "请给企业阶段性答复"),
        ("resolve", "reply", "请抓紧办理"),
    ],
)
def test_a_warning_says_what_is_owed_and_has_the_button_for_it(step: str, verb: str, words: str) -> None:
    say = said("warned", what=step)
    assert words in shown("warned", what=step)
    assert [choice.command for row in say.choices for choice in row] == [f"{verb}:{NUMBER}", f"ticket:{NUMBER}"]


def test_who_no_longer_has_it_is_told_so_and_offered_no_ticket_that_is_not_theirs_any_more() -> None:
    assert said("return_decided", approve=True).choices == ()
    assert "不再由您单位办理" in shown("return_decided", approve=True)
    assert commands("return_decided") == [f"ticket:{NUMBER}"]


def test_a_reminder_of_a_draft_names_the_scenario_and_leads_back() -> None:
    assert "停电" in shown("draft_reminder")
    assert "Power cuts" in shown("draft_reminder", "en")
    assert commands("draft_reminder")[0] == "resume:7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10"


def test_a_draft_of_a_scenario_that_is_gone_is_still_reminded_of() -> None:
    assert "您的诉求" in shown("draft_reminder", scenario="gone")


def test_a_notice_of_a_newer_backend_is_refused_not_garbled() -> None:
    notice = NoticeOut(
        id=1, key="k", channel="web", address="1", language="en", template="from_the_future", args={}, ticket=None,
        attempts=0,
    )  # fmt: skip
    with pytest.raises(UnknownNotice):
        NOTICES.outputs(notice, NOW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["accepted", "received", "rating_reminder"])
def test_a_short_message_speaks_of_no_buttons(template: str, language: str) -> None:
    plain = Notices(NOTICES.scenarios, NOTICES.zone, buttons=False)
    chat, message = str(said(template, language).text), str(said(template, language, plain).text)
    assert chat.startswith(message)
    assert len(message) < len(chat)
    assert "点" not in message
    assert "tap" not in message.lower()


@pytest.mark.parametrize("template", ["assigned", "desk", "dissatisfied", "difficult"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["不满意的原因：“师傅没来”", "录音（机器转写）：说好上门没有来", "评价的附件（含录音）1 个"]),
        ({"comment": "", "heard": [], "files": 0}, ["没有说明不满意的原因"]),
        ({"comment": "", "heard": []}, ["评价的附件（含录音）1 个"]),
        ({"comment": "", "heard": [], "files": 0, "withheld": True}, ["只有坐席能看"]),
    ],
)
def test_why_a_person_was_dissatisfied_is_said_as_far_as_it_is_told(
    template: str, changes: dict[str, Any], words: list[str]
) -> None:
    text = shown(template, dissatisfaction=REASON | changes)
    assert all(one in text for one in words)
    assert ("没有说明" in text) is ("没有说明不满意的原因" in words)
    assert "“”" not in text


def test_who_wrote_an_answer_that_did_not_satisfy_is_not_asked_to_arrange_what_comes_next() -> None:
    assert "请查看并安排下一步" in shown("dissatisfied")
    assert shown("dissatisfied", own=True).endswith("接下来怎么办会另行安排，有需要您做的会通知您。")
