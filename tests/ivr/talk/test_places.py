"""Townships are named where the county is asked for: read back with it, asked back where that is not sure."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from backend.contract.message import Localized
from dialogs.fields import DistrictNode
from dialogs.outputs import Ask, Button, Expect
from dialogs.speech.model import SpeechModel
from ivr.talk.ear import Ear
from ivr.talk.options import MORE, flat
from ivr.talk.places import ELSEWHERE, Places, asked_back, button_of
from ivr.talk.presented import View
from ivr.talk.presenter import present
from ivr.talk.prompt import caption
from ivr.talk.question import Question
from ivr.talk.wording import Spoken
from tests.ivr.talk.callers import Cue, ReactingCall, cue, hangs_up, presses, says
from tests.ivr.talk.conftest import Exchange, InlineThreads

ZH = Spoken("zh_CN")


def node(name: str, *children: DistrictNode) -> DistrictNode:
    return DistrictNode(f"id-{name}", (name, "x"), children)


TREE = (
    node("城东区", node("东门街道"), node("城关镇", node("一村"))),
    node("青山县", replace(node("城关镇"), id="id-other")),
)
PLACES = Places(TREE)
COUNTIES = tuple((Button(Localized({"zh": one.names[0], "en": "x"}), f"o:abcd:district:{one.id}"),) for one in TREE)
ASK = Ask("district", Localized({"zh": "在哪个区县？", "en": "x"}), Expect.CHOICE, options=COUNTIES, type="district")


def ids(name: str) -> list[str]:
    named = PLACES.named(f"place:{name}")
    return [place.node.id for place in named.places] if named is not None else []


def sure_of(places: Places) -> set[str]:
    named = {choice.phrases[0]: places.named(choice.means) for choice in places.choices}
    return {name for name, one in named.items() if one is not None and one.sure}


def asked(ask: Ask, **view: bool) -> Question:
    question = present((ask,), ZH, View(places=PLACES, **view)).question  # type: ignore[arg-type]
    assert question is not None
    return question


def test_a_name_is_that_of_all_places_that_have_it() -> None:
    assert ids("东门街道") == ids("城东区东门街道") == ["id-东门街道"]
    assert ids("城关镇") == ["id-城关镇", "id-other"]
    assert ids("青山县城关镇") == ["id-other"]
    assert ids("城东区") == ids("一村") == []
    assert PLACES.named("o:abcd:district:东门街道") is None


def test_only_who_says_the_county_too_is_sure() -> None:
    assert sure_of(PLACES) == {"城东区东门街道", "城东区城关镇", "青山县城关镇"}


def test_nobody_is_sure_in_a_county_where_a_township_cannot_be_heard() -> None:
    places = Places(TREE, lambda name: "东门" not in name)
    assert sure_of(places) == {"青山县城关镇"}
    assert (places.unheard, places.total) == (1, 3)
    assert {choice.phrases for choice in places.choices} == {("城关镇",), ("城东区城关镇",), ("青山县城关镇",)}


def test_townships_are_listened_for_where_counties_are_on_offer() -> None:
    assert asked(ASK).further == PLACES.choices
    assert not asked(ASK, hears=False).further
    opened = (Button("东门街道", "o:abcd:district:id-东门街道"), Button("全区", "w:abcd:district:id-城东区"))
    assert not asked(replace(ASK, options=(opened,))).further
    assert not asked(replace(ASK, type="choice", options=((Button("其他", "o:abcd:kind:other"),),))).further


def test_a_place_is_chosen_as_by_its_own_button() -> None:
    named = PLACES.named("place:青山县城关镇")
    assert named is not None
    button = button_of(named.places[0], flat(COUNTIES))
    assert button.command == "o:abcd:district:id-other"
    assert caption(ZH.speech(button.label), "zh_CN") == "青山县，城关镇"
    with pytest.raises(LookupError):
        button_of(named.places[0], ())


def test_several_of_one_name_are_told_apart_by_their_counties() -> None:
    named = PLACES.named("place:城关镇")
    assert named is not None
    prompt, choices = asked_back([button_of(place, flat(COUNTIES)) for place in named.places], ZH)
    said = caption(prompt, "zh_CN")
    assert "您说的是哪一个" in said
    assert "城东区城关镇" in said.replace("，", "")
    assert "青山县城关镇请按二" in said.replace("，", "")
    by_key = {choice.key: choice for choice in choices}
    assert by_key["2"].means == "o:abcd:district:id-other"
    assert {"青山县", "青山", "青山县城关镇", "第二个"} <= set(by_key["2"].phrases)
    assert by_key["9"].means == ELSEWHERE


def test_very_many_of_one_name_have_pages() -> None:
    tree = tuple(node(f"{sign}县", replace(node("城关镇"), id=f"id-{sign}")) for sign in "甲乙丙丁戊己庚辛壬癸")
    named = Places(tree).named("place:城关镇")
    assert named is not None
    counties = [Button(one.names[0], f"o:abcd:district:{one.id}") for one in tree]
    ask = partial(asked_back, [button_of(place, counties) for place in named.places], ZH)
    assert {"8": MORE, "9": ELSEWHERE}.items() <= {choice.key: choice.means for choice in ask()[1]}.items()
    assert "辛县" in caption(ask(1)[0], "zh_CN")
    assert ask(2) == ((), ())


def test_rare_names_are_left_out(speech_model: SpeechModel) -> None:
    with InlineThreads() as threads:
        ear = Ear(speech_model, threads)
        places = Places((node("城东区", node("东门街道"), node("㙍㙍镇")),), ear.knows)
        ear.learn(places.choices)
    assert places.unheard == 1
    assert len(places.choices) == 2


# --- calls: recorded speech, the real model --------------------------------------------------------------------------

TO_COUNTY: tuple[Cue, ...] = (
    cue("请直接说您要办什么", presses("1")),
    cue("请用一两句话说说", says("story07")),
    cue("您要说的是", presses("1")),
    cue("欠您钱的是哪类单位", presses("2")),
    cue("欠款单位的全称", says("老街面馆")),
)


async def district_of(exchange: Exchange, *cues: Cue) -> tuple[ReactingCall, str | None]:
    """The call, and what its ticket says."""
    call = await exchange.takes(ReactingCall(*TO_COUNTY, *cues, cue("还欠多少钱", hangs_up(after=1))))
    return call, (await exchange.ticket(call)).district


async def test_county_and_township_in_one_breath_are_read_back_and_taken(exchange: Exchange) -> None:
    call, district = await district_of(exchange, cue("欠款单位在哪个区县", says("城东区东门街道")))
    assert district == "dongmen"
    assert "好的，城东区，东门街道\n" in call.said
    assert "哪个镇或者街道" not in call.said
    assert "对吗" not in call.said.split("在哪个区县")[1]


async def test_a_township_alone_is_confirmed(exchange: Exchange) -> None:
    call, district = await district_of(
        exchange,
        cue("欠款单位在哪个区县", says("沙田镇")),
        cue("您说的是临河县，沙田镇，对吗", says("对")),
    )
    assert district == "shatian"
    assert "沙田镇" in call.heard_as
    assert "哪个镇或者街道" not in call.said


async def test_who_was_misunderstood_is_asked_again(exchange: Exchange) -> None:
    call, district = await district_of(
        exchange,
        cue("欠款单位在哪个区县", says("新港镇")),
        cue("您说的是城东区，新港镇，对吗", says("不是")),
        cue("对不起，没听清。欠款单位在哪个区县", says("临河县")),
        cue("临河县，是哪个镇", says("沙田镇")),
    )
    assert district == "shatian"
    assert "您说的是临河县" not in call.said  # what was chosen from a short list needs no asking back


async def test_of_several_of_one_name_the_county_tells_which(exchange: Exchange) -> None:
    tree = (
        DistrictNode("chengdong", ("城东区",), (DistrictNode("dongmen", ("东门街道",)),)),
        DistrictNode("linhe", ("临河县",), (DistrictNode("heyang", ("东门街道",)),)),
    )
    deps = replace(exchange.hotline.deps, places=Places(tree))
    _, district = await district_of(
        exchange.with_hotline(deps=deps),
        cue("欠款单位在哪个区县", says("东门街道")),
        cue("有几个地方叫这个名字", says("临河县")),
    )
    assert district == "heyang"
