"""What a message looks like in Telegram: nothing a person wrote becomes markup, nothing is lost by splitting."""

import pytest
from aiogram.types import InlineKeyboardMarkup, ReplyKeyboardMarkup
from hypothesis import given
from hypothesis import strategies as st

from bot.messenger.spot import Spot
from bot.telegram.drawing import draw, inline_keyboard, split, to_html, units
from dialogs.chat import ChatButton, ChatMessage
from dialogs.wording import Span
from tests.botapi.entities import parse_html, utf16_length

PRIVATE = Spot("7")
FORUM = Spot("-100", 5)

# Characters that have to do with markup, borders, surrogate pairs and joined emoji.
_text = st.text(st.sampled_from("a字<>&\"'/b;# \n，。😀👩\u200d\ufe0f\u0301"), max_size=60)
_spans = st.lists(st.builds(Span, _text, st.booleans()), max_size=8).map(tuple)


@given(_spans)
def test_html_says_exactly_the_text(spans: tuple[Span, ...]) -> None:
    text, entities = parse_html(to_html(spans))
    assert text == "".join(span.text for span in spans)
    assert all(entity["type"] == "bold" for entity in entities)


@given(_spans, st.integers(min_value=4, max_value=40))
def test_parts_fit_and_lose_only_white_space_at_cuts(spans: tuple[Span, ...], limit: int) -> None:
    parts = split(spans, limit)
    texts = ["".join(span.text for span in part) for part in parts]
    assert all(0 < utf16_length(text) <= limit and text.strip() for text in texts)
    whole = "".join(span.text for span in spans)
    assert "".join("".join(texts).split()) == "".join(whole.split())
    bold = [char for span in spans if span.bold for char in span.text if not char.isspace()]
    assert bold == [char for part in parts for span in part if span.bold for char in span.text if not char.isspace()]


@given(_text)
def test_units_are_utf16(text: str) -> None:
    assert units(text) == utf16_length(text)


def test_a_text_is_cut_after_a_paragraph_then_a_line_then_a_word() -> None:
    assert _cut("aaaa aa\n\nbb bb bb", 12) == ["aaaa aa\n\n", "bb bb bb"]
    assert _cut("aaaa aa\nbb bb bb", 12) == ["aaaa aa\n", "bb bb bb"]
    assert _cut("aaaa aaa bbbbbb", 12) == ["aaaa aaa ", "bbbbbb"]
    assert _cut("一二三四五六七。八九十", 9) == ["一二三四五六七。", "八九十"]


def test_a_joined_emoji_is_not_torn() -> None:
    family = "👩\u200d👩\u200d👧"
    assert _cut("x" * 6 + family, 10) == ["x" * 6, family]


def test_ten_thousand_characters_are_three_messages_with_buttons_under_the_last() -> None:
    message = ChatMessage((Span("字" * 10_000),), rows=((ChatButton("好", "ok"),),), keyboard="inline")
    calls = draw(message, PRIVATE)
    assert [len(call.text) for call in calls] == [4096, 4096, 1808]
    assert [bool(call.reply_markup) for call in calls] == [False, False, True]


def test_callback_data_is_held_to_64_bytes() -> None:
    assert inline_keyboard([[ChatButton("a", "x" * 64)]]).inline_keyboard[0][0].callback_data == "x" * 64
    for command in ("x" * 65, "字" * 22, ""):
        with pytest.raises(ValueError, match="64 bytes"):
            inline_keyboard([[ChatButton("a", command)]])
    with pytest.raises(ValueError, match="101 buttons"):
        inline_keyboard([[ChatButton("a", "x")]] * 101)


def test_share_button_beside_inline_buttons_has_a_message_of_its_own() -> None:
    message = ChatMessage(
        (Span("电话？"),),
        rows=((ChatButton("返回", "back"),),),
        keyboard="share_phone",
        share="发送号码",
        hint="点下面",
    )
    question, share = draw(message, PRIVATE)
    assert isinstance(question.reply_markup, InlineKeyboardMarkup)
    assert share.text == "点下面"
    assert isinstance(share.reply_markup, ReplyKeyboardMarkup)
    assert share.reply_markup.keyboard[0][0].request_contact
    assert not share.reply_markup.keyboard[0][0].request_location


def test_share_button_alone_stands_under_the_question() -> None:
    message = ChatMessage((Span("在哪里？"),), keyboard="share_location", share="发送位置", hint="点下面")
    (question,) = draw(message, PRIVATE)
    assert isinstance(question.reply_markup, ReplyKeyboardMarkup)
    assert question.reply_markup.keyboard[0][0].request_location


def test_groups_have_no_share_buttons() -> None:
    message = ChatMessage((Span("电话？"),), keyboard="share_phone", share="发送号码")
    (question,) = draw(message, FORUM)
    assert question.reply_markup is None
    assert question.message_thread_id == 5


def _cut(text: str, limit: int) -> list[str]:
    return ["".join(span.text for span in part) for part in split((Span(text),), limit)]
