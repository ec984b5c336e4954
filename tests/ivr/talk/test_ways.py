"""The ways a call goes that are not straight: languages, misunderstandings, corrections, impatience."""

import pytest

from dialogs.finder import Match
from dialogs.speech.decoding import DecodingFailed
from ivr.audio import tone
from ivr.fake import Press, Wait
from ivr.speech.listening import Listening
from ivr.voice.speech import Speech
from tests.ivr.talk.callers import BriefVoice, ReactingCall, cue, hangs_up, presses, says
from tests.ivr.talk.conftest import Exchange
from tests.ivr.talk.test_hotline import HALF, TO_NOISE, WHOLE


class LongVoice(BriefVoice):
    """Takes four seconds for every prompt, so that there is something to interrupt."""

    async def say(self, speech: Speech, language: str) -> bytes:
        return tone(440, 4.0) if await super().say(speech, language) else b""


@pytest.fixture
def keys(exchange: Exchange) -> Exchange:
    return exchange.with_hotline(ear=None)


class Finds:
    """A finder that finds what the test says."""

    def __init__(self, *matches: Match) -> None:
        self._matches = matches

    async def find(self, text: str, limit: int = 3) -> tuple[Match, ...]:
        return self._matches[:limit]


def latin(text: str) -> bool:
    return not any("\u4e00" <= sign <= "\u9fff" for sign in text)


async def test_english_is_chosen_by_key_and_remembered(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("For English", presses("9")),
        cue("Please choose by key", presses("1")),
        cue("what kind of request", presses("3")),
        cue("Noise", presses("4")),
        cue("press four.", presses("1")),
        cue("press", hangs_up()),
    )
    await exchange.takes(call)
    english = call.said.split("For English, press nine.")[1].splitlines()[2:]
    assert all(latin(line) for line in english), english
    assert not any("say it" in line or "by voice" in line for line in english), english
    again = ReactingCall(cue("需要中文服务", presses("9")), cue("请直接说您要办什么", hangs_up()), caller=call.caller)
    await exchange.takes(again)
    assert latin(again.said.splitlines()[0])


async def test_whoever_chose_wrongly_can_go_back(keys: Exchange) -> None:
    """From a list to the question before it, and from there, or from a number they do not have, to the menu."""
    call = ReactingCall(
        cue("现在只能按键操作", presses("13")),
        cue("您要说的是下面哪一件", presses("9")),
        cue("请按键选择诉求的类型", presses("9")),
        cue("请按键选择您要办的事", presses("4")),
        cue("请输入工单编号", presses("9#")),
        cue("请按键选择您要办的事", hangs_up()),
    )
    await keys.takes(call)
    assert await keys.tickets(call) == []


async def test_two_or_three_scenarios_are_offered_when_it_is_not_sure(exchange: Exchange) -> None:
    finder = Finds(Match("hiring", 0.4), Match("road-access", 0.3), Match("loan", 0.2))
    call = ReactingCall(
        cue("请直接说", presses("1")),
        cue("请用一两句话", says("story06")),
        cue("您要说的是下面哪一件", says("第二个")),
        cue("门口的路怎么了", hangs_up()),
    )
    await exchange.with_hotline(finder=finder).takes(call)


async def test_what_is_not_meant_leads_to_the_others_and_then_to_a_general_ticket(exchange: Exchange) -> None:
    finder = Finds(Match("hiring", 0.9), Match("road-access", 0.3))
    call = ReactingCall(
        cue("请直接说", presses("1")),
        cue("请用一两句话", says("story06")),
        cue("您要说的是：", says("不是")),
        cue("您要说的是下面哪一件", says("都不是")),
        cue("按一般诉求来登记"),
        cue("类型，求助", hangs_up()),  # told already: 希望组织招聘会
    )
    await exchange.with_hotline(finder=finder).takes(call)


async def test_nothing_found_is_a_general_ticket_whose_story_is_told_already(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说", presses("1")),
        cue("请用一两句话", says("我想知道隔壁饭店的味道归谁管")),
        cue("按一般诉求来登记", presses("2")),
        cue("事情发生在哪个区县", hangs_up()),  # neither the story nor what it is about is asked for again
    )
    await exchange.with_hotline(finder=Finds()).takes(call)
    assert "味道归谁管" in (await exchange.ticket(call)).title
    assert "味道归谁管" in (await exchange.ticket(call)).story


async def test_a_kind_may_be_said_instead_of_the_matter(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说", presses("1")),
        cue("请用一两句话", says("提个建议")),
        cue("现在开始登记", hangs_up()),
    )
    await exchange.takes(call)
    assert "意见" in call.said or "建议" in call.said.split("现在开始登记")[1]


async def test_a_human_is_reached_by_saying_so_where_digits_are_asked_for(exchange: Exchange) -> None:
    call = ReactingCall(cue("请直接说", says("查询进度")), cue("请报工单编号", says("转人工")))
    await exchange.takes(call)
    assert (await exchange.ticket(call)).callback


async def test_silence_climbs_the_ladder_with_more_time_on_each_rung(keys: Exchange) -> None:
    call = ReactingCall(*TO_NOISE, cue("主要是什么影响您"))
    await keys.takes(call)
    asked = [line for line in call.said.splitlines() if "油烟或者异味请按二" in line]
    assert len(asked) == 3
    assert asked[0].startswith("主要是什么影响您")
    assert asked[1].startswith("没有收到您的按键。主要是什么")
    assert asked[2].startswith("没有收到您的按键。请按键选择。")
    assert "没有人工可以接听" in call.said
    assert call.now > (5 + 8 + 10) * 50


async def test_noise_climbs_it_too_and_the_example_comes_on_the_second_rung(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说", presses("1")),
        cue("请用一两句话", says("story01")),
        cue("对吗", presses("1")),
        cue("属于哪一种情况", presses("1")),
        cue("材料是怎么交的", says("满意")),
        cue("大厅窗口请按一", says("评价")),
        cue("请按键选择", hangs_up(after=1)),
    )
    await exchange.takes(call)
    assert "没听清" in call.said


async def test_wrong_keys_are_told_and_counted(keys: Exchange) -> None:
    call = ReactingCall(*TO_NOISE, *(cue("油烟或者异味请按二", presses("7")) for _ in range(3)))
    await keys.takes(call)
    assert call.said.count("这个键没有选项") == 2
    assert "没有人工可以接听" in call.said


async def test_a_star_repeats_and_counts_as_no_mistake(keys: Exchange) -> None:
    call = ReactingCall(
        *TO_NOISE, *(cue("主要是什么影响您", presses("*")) for _ in range(5)), cue("主要是什么影响您", hangs_up())
    )
    await keys.takes(call)
    assert "没有收到" not in call.said


async def test_nine_goes_back_and_cancels_at_the_beginning(keys: Exchange) -> None:
    call = ReactingCall(
        *HALF,
        cue("是从哪里来的", presses("9")),
        cue("主要是什么影响您", presses("#")),  # leaves it as it was
        cue("是从哪里来的", presses("9")),
        cue("主要是什么影响您", presses("9")),
        cue("真的要取消吗", presses("1")),
        cue("已经取消", hangs_up(after=1)),
    )
    await keys.takes(call)
    assert await keys.tickets(call) == []


async def test_a_line_is_corrected_at_the_read_back(keys: Exchange) -> None:
    call = ReactingCall(
        *WHOLE,
        cue("这样登记可以吗", presses("2")),
        cue("要改哪一项", presses("2")),
        cue("是从哪里来的", presses("3")),
        cue("这样登记可以吗", presses("1")),
        cue("再说一遍", hangs_up()),
    )
    await keys.takes(call)
    answers = {answer.field: answer.value for answer in (await keys.ticket(call)).answers}
    assert answers["source"] == "shop"


async def test_a_line_is_corrected_by_its_name(exchange: Exchange) -> None:
    """A form by keys, and the read-back by voice."""
    call = ReactingCall(*WHOLE, cue("这样登记可以吗", hangs_up()))
    saving = exchange.with_hotline(ear=None).with_settings(on_hangup="draft")
    await saving.takes(call)
    again = ReactingCall(
        cue("请直接说", presses("1")),
        cue("还有一件事没有说完", says("继续")),
        cue("这样登记可以吗", says("改联系电话")),
        cue("能找到您的电话号码", presses("13912345678#")),
        cue("尾号是五六七八", says("确认")),
        cue("再说一遍", hangs_up()),
        caller=call.caller,
    )
    await exchange.takes(again)
    ticket = await exchange.ticket(again)
    assert ticket.contact_phone is not None
    assert ticket.contact_phone.endswith("678")


@pytest.mark.parametrize("speaks", [True, False], ids=["by voice", "by key"])
async def test_a_prompt_is_interrupted_and_nothing_of_the_answer_is_lost(exchange: Exchange, speaks: bool) -> None:
    interrupts = (Wait(60), *(says("企业服务") if speaks else (Press("1"),)))
    call = ReactingCall(cue("请直接说", interrupts), cue("请用一两句话", (Wait(60),), hangs_up()))
    await exchange.with_hotline(voice=LongVoice()).takes(call)
    assert call.flushes
    assert call.heard_as == ["企业服务" if speaks else "1"]


async def test_a_story_is_heard_from_its_first_word_over_the_prompt(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说", presses("1")), cue("请用一两句话", (Wait(50),), says("story01")), cue("对吗", hangs_up())
    )
    await exchange.with_hotline(voice=LongVoice()).takes(call)
    assert "营业执照变更" in call.heard_as[-1]


async def test_a_recogniser_that_breaks_leaves_the_keys(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(self: Listening, frame: bytes) -> None:
        raise DecodingFailed

    monkeypatch.setattr(Listening, "feed", breaks)
    call = ReactingCall(cue("请直接说", (Wait(20),), presses("1")), cue("请用一两句话", hangs_up()))
    await exchange.takes(call)


async def test_short_answers_are_played_back_in_the_callers_own_voice(keys: Exchange) -> None:
    """Here an address of 1.5 s of a hum at 300 Hz, which nothing else of the call sounds like."""
    call = ReactingCall(*WHOLE, cue("这样登记可以吗", hangs_up(after=3)))
    await keys.takes(call)
    hum = tone(300, 1.5)[3200:6400]
    assert hum[:320] in call.heard_pcm or any(frame.frame in hum for frame in call.heard)
    read = next(line for line in call.said.splitlines() if "我念一遍" in line)
    assert "已经录音" in read  # the story


async def test_captions_read_like_sentences(keys: Exchange) -> None:
    call = ReactingCall(*WHOLE, cue("这样登记可以吗", presses("1")), cue("再说一遍", hangs_up()))
    await keys.takes(call)
    assert "好的，现在开始登记。" in call.said
    assert "没有就按井号。" in call.said
    assert "，，" not in call.said
    assert "。。" not in call.said
