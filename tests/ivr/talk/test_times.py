"""How long a caller waits, in the phone's own voice: until the menu is over, the first question comes, all is told."""

from itertools import pairwise

import pytest

from backend.contract.message import Message
from dialogs.outputs import Say, Summarise, SummaryLine
from ivr.call import FRAMES_PER_SECOND, Caption
from ivr.fake import Listen, Step
from ivr.talk.presented import View
from ivr.talk.presenter import present
from ivr.talk.prompt import Clip
from ivr.talk.summary import present_summary
from ivr.talk.wording import Spoken
from ivr.voice.espeak import Espeak
from ivr.voice.prompts import BUILT_IN, Prompts
from ivr.voice.voice import Voice
from tests.ivr.talk.callers import Cue, ReactingCall, cue, hangs_up, presses, says
from tests.ivr.talk.conftest import Exchange
from tests.ivr.talk.test_forms import SCENARIOS
from tests.ivr.talk.test_read_back import CONTROLS


@pytest.fixture(scope="module")
def voice() -> Voice:
    return Voice(Prompts.open(BUILT_IN), Espeak.open())


def hears_out(words: str) -> tuple[Step, ...]:
    """Says it once the prompt is over."""
    return Listen(), *says(words)


class Timed(ReactingCall):
    """Knows when each thing was said, in seconds."""

    def __init__(self, *cues: Cue) -> None:
        super().__init__(*cues)
        self.times: list[tuple[float, str]] = []

    def show(self, caption: Caption) -> None:
        if caption.side == "said":
            self.times.append((self.now / FRAMES_PER_SECOND, caption.text))
        super().show(caption)

    def at(self, words: str) -> float:
        return next(seconds for seconds, text in self.times if words in text)


async def test_the_main_menu_is_over_within_twelve_seconds(exchange: Exchange, voice: Voice) -> None:
    call = Timed()
    await exchange.with_hotline(voice=voice).hotline(call)
    loud = [heard.at for heard in call.heard if heard.loud]
    pauses = (one for one, after in pairwise(loud) if after - one > FRAMES_PER_SECOND * 3)
    assert next(pauses) / FRAMES_PER_SECOND <= 12


async def test_the_first_question_comes_within_twelve_seconds_of_the_matter(exchange: Exchange, voice: Voice) -> None:
    late = {}
    for name in SCENARIOS:
        template = exchange.hotline.scenarios[name].template
        speech = Spoken("zh_CN").say("engine.begin")
        if template.opening is not None:
            speech = (*speech, *Spoken("zh_CN").speech(template.opening.said_as(template.voice.opening)))
        seconds = len(await voice.say(speech, "zh_CN")) / 16000
        if seconds > 11:  # the caller's own pause, and what is between the texts
            late[name] = seconds
    assert not late


@pytest.mark.parametrize(("put_off", "most"), [((), 12.5), (("link", "seat"), 15)])
async def test_what_follows_a_filing_takes_some_twelve_seconds(
    voice: Voice, put_off: tuple[str, ...], most: float
) -> None:
    """The number twice; photos that can be added later are two seconds more."""
    filed = Say(Message("form.filed", {"number": "261123000017"}))
    said = present((filed,), Spoken("zh_CN"), View(put_off=frozenset(put_off))).said
    assert len(await voice.say(said, "zh_CN")) / 16000 <= most


async def test_the_summary_takes_a_quarter_of_a_minute(voice: Voice) -> None:
    lines = (
        SummaryLine("meter", "户号", "123456", "fix", "text"),
        SummaryLine("amount", "金额", Message("field.money.shown", {"amount": "915.50"}), "fix", "money"),
        SummaryLine("address", "地址", "建设路十八号菜市场对面", "fix", "address"),
        SummaryLine("company", "单位", "老街面馆", "fix", "text"),
    )
    prompt = present_summary(Summarise("事", lines, CONTROLS), Spoken("zh_CN"), View()).prompt
    said = tuple(part for part in prompt if not isinstance(part, Clip))
    assert [part for part in said if part in ("幺", "二", "三")] == ["幺", "二", "三"]  # one by one, no amount
    assert len(await voice.say(said, "zh_CN")) / 16000 <= 15


async def test_a_complaint_by_voice_takes_two_minutes(exchange: Exchange, voice: Voice) -> None:
    call = Timed(
        cue("请直接说您要办什么", hears_out("story01")),
        cue("您要说的是", hears_out("对")),
        cue("您这次属于哪一种情况", hears_out("我要投诉")),
        cue("材料是怎么交的", hears_out("网上")),
        cue("是在哪个区县办的", hears_out("城东区东门街道")),
        cue("是哪一天交的材料", hears_out("上个月二十号")),
        cue("当时说几个工作日", hears_out("十五天")),
        cue("对方怎么说", hears_out("让我等")),
        cue("我念一遍", (Listen(), *presses("1"))),
        cue("工单编号是", hangs_up()),
    )
    await exchange.with_hotline(voice=voice).takes(call)
    assert call.at("工单编号是") <= 120
