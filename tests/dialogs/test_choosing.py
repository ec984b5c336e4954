"""The choice that is offered for words nobody asked for is answered in words, too."""

import pytest

from dialogs.form import Pending, Phase
from dialogs.phrases import read_phrases
from dialogs.session import Session
from tests.dialogs.chats import Chat
from tests.dialogs.city import FormChat
from tests.dialogs.conftest import Town


async def _offered(town: Town) -> Chat:
    """Asked which of several it is."""
    chat = await town.enterprise().says("又要罚款又要办证")
    assert "请选一个" in chat.text, chat.text
    return chat


async def _form_title(town: Town, chat: Chat) -> str:
    """Of the one that is open; its story is what was said first."""
    async with town.sessions.locked(chat.person.key) as slot:
        form = Session.read(slot.data)[0].form
        await slot.settle()
    assert form is not None, chat.text
    template = town.scenarios[form.scenario].template
    assert form.answers[template.story].value == "又要罚款又要办证"
    return template.title.zh


@pytest.mark.parametrize("said", ["1", "①", "第一个", "选1", "对 就选第一个", "我选第一个吧"])
async def test_a_number_takes_that_one(town: Town, said: str) -> None:
    chat = await _offered(town)
    first = chat.labels[0]
    await chat.says(said)
    assert await _form_title(town, chat) == first


@pytest.mark.parametrize("shape", ["{label}", "对，就是{part}", "{part}", "系呀，{part}"])
async def test_a_label_or_a_part_of_it_takes_its_button(town: Town, shape: str) -> None:
    chat = await _offered(town)
    label = chat.labels[1]
    await chat.says(shape.format(label=label, part=label[:2]))
    assert await _form_title(town, chat) == label


async def test_that_none_fits_offers_the_menu_and_keeps_the_words(town: Town) -> None:
    chat = await _offered(town)
    await chat.says("都不是")
    assert "请选一个" not in chat.text
    assert "转人工" in chat.labels


async def test_a_yes_to_several_is_asked_back(town: Town) -> None:
    chat = await _offered(town)
    await chat.says("是的")
    assert "第几个" in chat.text
    await chat.says("2")
    assert "请选一个" not in chat.text


_AGREES = [
    "对 提交吧",
    "没问题，发吧",
    "好了提交",
    "行了提交！！",
    "ok 提交",
    "可以了 确认",
    "啱，交啦",
    "冇錯，快啲啦",
    "yes submit",
    "submit please",
    "就是没有错 你交上去吧",
    "嗯嗯 提交",
    "行了就这样报上去吧",
    "我说提交啊",
    "交吧",
    "yes thats it",
]
_DIFFERS = [
    "不对",
    "还没好",
    "先别交",
    "地址不对",
    "我",
    "请",
    "好像不对",
    "交了吗",
    "可以吗",
    "电话",
    "报酬",
    "发票",
    "not yet",
    "要退押金",
]


@pytest.mark.parametrize("said", _AGREES)
def test_words_that_agree_compose(said: str) -> None:
    assert read_phrases().agrees(said)


@pytest.mark.parametrize("said", _DIFFERS)
def test_other_words_do_not_agree(said: str) -> None:
    assert not read_phrases().agrees(said)


@pytest.mark.parametrize("said", _AGREES)
def test_a_yes_in_any_words_files_the_form_at_the_summary(said: str) -> None:
    form = FormChat().to_summary().says(said).form
    assert form.phase is Phase.SUBMITTING
    assert form.unplaced == ()


@pytest.mark.parametrize("said", ["算了不填了", "不填了", "不弄了", "我不想填了"])
def test_who_gives_up_is_asked_whether_to_cancel_also_where_a_question_may_be_skipped(said: str) -> None:
    form = FormChat().presses("o:kind:complaint", "o:trouble:late").says(said).form
    assert form.pending is Pending.CANCEL
    assert not form.skipped


@pytest.mark.parametrize("said", ["找回", "找回：停电、电压不稳"])
async def test_the_button_of_a_cancelled_form_may_be_typed(town: Town, said: str) -> None:
    chat = await town.enterprise().starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.says("取消")
    await chat.says("是")
    await chat.says(said)
    assert "哪个区" in chat.text
