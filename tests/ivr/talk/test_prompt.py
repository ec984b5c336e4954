import pytest

from ivr.talk.prompt import Clip, Prompt, caption, stretches
from ivr.voice.speech import Pause

HUM = Clip(b"\1\0" * 160, "老街面馆")


@pytest.mark.parametrize(
    ("prompt", "language", "shown"),
    [
        ((), "zh_CN", ""),
        (("投诉", "请按三。"), "zh_CN", "投诉请按三。"),
        (("停电", Pause(0.35), "是哪种？"), "zh_CN", "停电。是哪种？"),
        (("金额", Pause(0.15), "三万", "五千元", Pause(0.35)), "zh_CN", "金额，三万五千元"),
        (("请听。", Pause(0.35), Pause(0.2), "一"), "zh_CN", "请听。一"),
        (("编号是：", "二", "六", Pause(0.3), "幺", "幺"), "zh_CN", "编号是：二六 幺幺"),
        (("名称", Pause(0.15), HUM), "zh_CN", "名称，老街面馆"),
        (("To complain,", "press three.", Pause(0.35), "Sorry."), "en", "To complain, press three. Sorry."),
        (
            ("number:", "one", "two", Pause(0.3), "three", "four", Pause(0.35), "Sorry."),
            "en",
            "number: one two, three four. Sorry.",
        ),
        (("Amount", Pause(0.15), "twenty", "yuan"), "en", "Amount, twenty yuan"),
    ],
)
def test_captions(prompt: Prompt, language: str, shown: str) -> None:
    assert caption(prompt, language) == shown


def test_clips_stand_between_speeches() -> None:
    assert list(stretches(("a", Pause(1), HUM, HUM, "b"))) == [("a", Pause(1)), HUM, HUM, ("b",)]
