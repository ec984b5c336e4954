"""What is read back before filing fits a quarter of a minute: what is misheard most easily, and all on request."""

from backend.contract.message import Localized
from dialogs.outputs import Button, Summarise, SummaryLine
from ivr.talk.presented import View
from ivr.talk.prompt import caption
from ivr.talk.summary import EVERYTHING, present_summary
from ivr.talk.wording import Spoken

CONTROLS = ((Button("提交", "confirm:t:"), Button("取消", "cancel:t:")),)
OPTIONS = tuple(
    SummaryLine(f"o{n}", f"第{n}项", Localized({"zh": "很长的一个选项" * 3}), "fix") for n in "甲乙丙丁戊己"
)
ADDRESS = SummaryLine("address", "地址", "建设路十八号菜市场对面", "fix")


def read(view: View) -> str:
    summary = Summarise("事", (*OPTIONS, ADDRESS), CONTROLS)
    return caption(present_summary(summary, Spoken("zh_CN"), view).prompt, "zh_CN")


def test_own_words_come_before_options_that_were_heard_whole() -> None:
    assert "地址，建设路十八号菜市场对面" in read(View())
    assert "第甲项" not in read(View())


def test_everything_is_read_on_request() -> None:
    whole = read(View(whole=True))
    assert all(f"第{n}项" in whole for n in "甲乙丙丁戊己")
    choices = present_summary(Summarise("事", OPTIONS, CONTROLS), Spoken("zh_CN"), View()).question
    assert choices is not None
    assert choices.by_key["4"].means == EVERYTHING
