"""What a language model proposes is offered in a chat, and nothing of it is taken."""

from dataclasses import dataclass, field, replace

import pytest

from dialogs.enterprise import EnterpriseTalk
from dialogs.fields import Understood
from dialogs.finder import Match
from dialogs.sessions import MemorySessions
from dialogs.understanding import Context, Fact, Proposal, Wish
from tests.dialogs.chats import Chat
from tests.dialogs.conftest import ZONE, Town

UNKNOWN = "月亮圆圆的"
"""Words in which nothing is found, wherever they are said."""
LIKE_A_WISH = "啥嘛就那个"
"""Words in which nothing is found outside a form; at a summary they sound like a wish to go back."""


@dataclass
class Model:
    """Proposes what a test says, and keeps what it was asked."""

    proposal: Proposal | None = None
    asked: list[str] = field(default_factory=list)

    async def propose(self, text: str, context: Context) -> Proposal | None:
        del context
        self.asked.append(text)
        return self.proposal


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def chat(town: Town, model: Model) -> Chat:
    talk = EnterpriseTalk(town._contact, MemorySessions(), town.scenarios, town.out, ZONE, proposer=model)
    return replace(town.enterprise(), talk=talk)


async def test_a_proposed_scenario_is_offered_and_not_begun(chat: Chat, model: Model) -> None:
    await chat.starts()
    model.proposal = Proposal(matters=(Match("power-cut", 0.5),))
    await chat.says(UNKNOWN)
    assert model.asked == [UNKNOWN]
    assert any("电" in label for label in chat.labels)
    assert "哪种用电问题" not in chat.text
    await chat.presses("电")
    assert "哪种用电问题" in chat.text


async def test_a_proposed_look_is_a_button(chat: Chat, model: Model) -> None:
    await chat.starts()
    model.proposal = Proposal(wish=Wish.TICKETS)
    await chat.says(UNKNOWN)
    assert "我的工单" in chat.labels
    assert "还没有提交过工单" not in chat.text


async def test_in_a_form_a_proposed_wish_is_a_button_above_the_question(chat: Chat, model: Model) -> None:
    await chat.starts("power-cut")
    model.proposal = Proposal(wish=Wish.CANCEL)
    await chat.says(UNKNOWN)
    assert "您是不是想" in chat.text
    assert "真的要取消吗" not in chat.text
    await chat.presses("取消")
    assert "真的要取消吗" in chat.text


async def test_a_proposed_answer_is_asked_back(chat: Chat, model: Model) -> None:
    await chat.starts("power-cut")
    model.proposal = Proposal(answer=Understood("often", "反复停电跳闸"))
    await chat.says(UNKNOWN)
    assert "您是说反复停电跳闸" in chat.text
    model.proposal = None
    await chat.presses("不是")
    assert "哪种用电问题" in chat.text
    await chat.presses("反复停电跳闸")
    assert "哪个区" in chat.text


async def test_words_not_understood_twice_take_no_answer_though_the_same_is_proposed(chat: Chat, model: Model) -> None:
    await chat.starts("power-cut")
    model.proposal = Proposal(answer=Understood("often", "反复停电跳闸"))
    for words in (UNKNOWN, "咚咚锵", UNKNOWN, "云里雾里"):
        await chat.says(words)
        assert "哪个区" not in chat.text
    assert UNKNOWN in model.asked


async def test_a_proposed_answer_counts_once_it_is_confirmed(chat: Chat, model: Model) -> None:
    await chat.starts("power-cut")
    model.proposal = Proposal(answer=Understood("often", "反复停电跳闸"))
    await chat.says(UNKNOWN)
    await chat.says("对")
    assert "哪个区" in chat.text


async def test_a_proposed_fact_is_asked_about_when_its_question_comes(chat: Chat, model: Model) -> None:
    await chat.starts("power-cut")
    model.proposal = Proposal(facts=(Fact("times", 6, "6", ""),))
    await chat.says(UNKNOWN)
    assert "6" not in chat.text
    model.proposal = None
    for answer in ("反复停电跳闸", "城东区", "不确定镇街"):
        await chat.presses(answer)
    for answer in ("建设路18号", "今天"):
        await chat.says(answer)
    assert "关于" in chat.text
    assert "您是说6" in chat.text
    await chat.presses("不是")
    assert "大约停了几次" in chat.text
    await chat.says("8")
    assert "大约停了几次" not in chat.text


@pytest.mark.parametrize("words", [UNKNOWN, LIKE_A_WISH])
async def test_of_words_before_a_form_facts_are_proposed_and_asked_about(chat: Chat, model: Model, words: str) -> None:
    await chat.starts()
    model.proposal = Proposal(matters=(Match("power-cut", 0.5),))
    await chat.says(words)
    model.proposal = Proposal(facts=(Fact("problem", "often", "反复停电跳闸", ""),))
    await chat.presses("电")
    assert "您是说反复停电跳闸" in chat.text
    await chat.presses("对")
    assert "哪个区" in chat.text


async def test_a_model_is_not_asked_where_something_was_found(chat: Chat, model: Model) -> None:
    await chat.starts("power-cut")
    for words in ("反复停电跳闸", "取消", "继续", "城东区"):
        await chat.says(words)
    assert model.asked == []


async def test_without_a_proposal_all_is_as_without_a_model(chat: Chat, town: Town, model: Model) -> None:
    plain = town.enterprise()
    for one in (chat, plain):
        await one.starts("power-cut")
    for words in (UNKNOWN, "反复停电跳闸", "城东区", UNKNOWN):
        await chat.says(words)
        await plain.says(words)
        assert (chat.text, chat.labels) == (plain.text, plain.labels)
    assert model.asked
