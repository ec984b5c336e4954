"""Takes out of a message whatever may tell who or where somebody is, before its words leave this machine.

Rather too much than too little: what is masked in vain costs a proposal, what is not masked costs a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from dialogs.fields.typed import narrow
from dialogs.form import Form
from dialogs.templates.scenario import Scenario
from dialogs.understanding.facts.people import COMPOUND_SURNAMES, SURNAMES, TITLES

NUMBER, NAME, FIRM, PLACE, ADDRESS = "〔号码〕", "〔姓名〕", "〔单位〕", "〔地址〕", "〔网址〕"
_KNOWN = "〔已知〕"
_SHORTEST_KNOWN = 2
"""Characters of an answer that is looked for in the words: one stands in too many others."""
_PERSONAL: Final = frozenset({"phone", "name", "uscc", "address", "location"})
"""Types of fields whose answers never leave."""

_HAN = "一-鿿"
_SPOKEN = "零〇一二三四五六七八九幺两"
_SURNAME = f"(?:{COMPOUND_SURNAMES}|[{SURNAMES}])"
_GIVEN = (
    "伟强磊洋勇军杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢佳阳建国庆文武志永振东海山仁德福生元全"
    "胜学祥才发成康星光天达安岩中茂进有坚和彪博诚先敬震壮会思群豪心邦承乐绍功松善厚裕河哲江政谦亨奇固之轮"
    "翰朗伯宏言若鸣朋梁栋维启克伦翔晟芳娜敏静秀娟英慧巧美淑惠珠翠雅芝玉萍红娥玲芬燕彩春菊兰凤洁梅琳素云莲"
    "真环雪荣爱妹霞香月莺媛艳瑞凡嘉琼勤珍贞莉桂娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨"
    "仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希欣飘育滢馥筠柔竹霭凝晓霄枫芸菲"
    "寒伊亚宜可姬舒影荔枝丽阿弟仔根水土金木火炳旺财贵富喜顺良昌盛兴隆"
)
"""Characters that given names are made of most often."""
_WORD_BEFORE: Final = (
    "我你您他她它们咱俺的地得在这那是有家个一间开叫做到从和跟与及或把被让给对向为于由本贵该某各每几两三隔"
    "壁附近旁边对面楼上下去来找问说讲请要想"
)
"""Characters that stand before a name, and are none of it: 我们厂, 隔壁餐馆."""

_ELECTRONIC = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)\S+|@[A-Za-z]\w{3,}", re.ASCII)
_PLATE = re.compile("[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][· ]?[A-Za-z0-9]{5,6}")
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z_-]*\d)(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{6,}")
_DIGITS = re.compile(
    rf"[+(（]?[\d{_SPOKEN}](?:[ \-－—.()（）]{{0,2}}[\d{_SPOKEN}]){{5,}}(?![\d{_SPOKEN}]|\s*(?:元|块|万|亿))"
)
_FIRM = re.compile(
    rf"(?P<name>[{_HAN}A-Za-z0-9()（）]{{0,14}}?)"
    r"(?:股份有限公司|有限责任公司|有限公司|分公司|公司|集团|[工纸布鞋糖砖]?厂|店|商行|经营部|事务所|合作社|超市|酒楼"
    r"|饭店|餐厅|餐馆|宾馆|酒店|门市部?|工作室|幼儿园|医院|诊所|学校|农场|养殖场|加工场|作坊|商铺|铺子|菜馆|饭馆|饭庄"
    r"|茶楼|网吧|银行|中心|支行)"
)
_COUNT = rf"[\d{_SPOKEN}十百A-Za-z-]+"
_PLACE = re.compile(
    rf"[{_HAN}A-Za-z0-9]{{1,8}}?(?:省|市|自治区|区|县|镇|乡|街道|村|社区|小区|大厦|广场|工业园|园区|产业园|花园|苑"
    rf"|大道|路|街|巷|弄|里弄|胡同)(?:{_COUNT}(?:号院|号楼|号|栋|幢|座|楼|层|室|单元|组|队|铺|档))*"
    rf"|{_COUNT}(?:号院|号楼|号铺|栋|幢|座|单元|室)(?:{_COUNT}(?:楼|层|室|单元|号))*"
)
_AFTER_CUE = re.compile(
    rf"(?P<cue>我叫|名叫|叫做|叫|我是|姓名|名字|称呼|联系人|联络人|经办人|负责人|法人|老板|找|姓)(?P<rest>\s*[:：是叫为]?\s*)"
    rf"(?P<name>{_SURNAME}[{_HAN}]{{0,2}}|[小阿老][{_HAN}])"
)
_TITLED = re.compile(
    rf"(?:{_SURNAME}[{_HAN}]{{0,2}}?|[小阿老][{_HAN}])"
    rf"(?={TITLES}|主任|科长|局长|队长|所长|站长|书记|医生|律师|警官|会计)"
)
_BARE = re.compile(rf"{_SURNAME}[{_HAN}]?[{_GIVEN}](?![{_GIVEN}])|[老小阿][{SURNAMES}](?![{_HAN}])|{_SURNAME}某某?")
_ENGLISH = re.compile(
    r"\b(?P<cue>my name is|my name's|i am|i'm|this is|call me|mr|mrs|ms|miss)\b(?P<dot>\.?\s+)"
    r"[A-Za-z]+(?:\s[A-Z][a-z]+)?",
    re.IGNORECASE,
)
_ENGLISH_FIRM = re.compile(
    r"(?:\b[A-Z][\w&'-]*\s+){1,5}(?:Co|Ltd|Inc|LLC|Company|Corporation|Factory|Group|Trading)\b\.?", re.ASCII
)


def masked(text: str, known: Iterable[str] = ()) -> str:
    """The words without telephone numbers, names, codes, addresses, firms, and what is `known` of the person."""
    words = _ENGLISH_FIRM.sub(FIRM, text)
    for one in sorted({one for one in known if len(one) >= _SHORTEST_KNOWN}, key=len, reverse=True):
        words = words.replace(one, _KNOWN)
    words = _ENGLISH.sub(lambda found: f"{found['cue']}{found['dot']}{NAME}", words)
    words = _in_narrow(words)
    for pattern, instead in ((_ELECTRONIC, ADDRESS), (_PLATE, NUMBER), (_CODE, NUMBER), (_DIGITS, NUMBER)):
        words = pattern.sub(instead, words)
    words = _FIRM.sub(_firm, words)
    words = _PLACE.sub(_place, words)
    words = _AFTER_CUE.sub(lambda found: f"{found['cue']}{found['rest']}{NAME}", words)
    words = _TITLED.sub(NAME, words)
    return _BARE.sub(NAME, words)


def known_of(scenario: Scenario | None, form: Form | None) -> tuple[str, ...]:
    """What the open form has of its person: who and where they are."""
    if scenario is None or form is None:
        return ()
    personal = {one.id for one in scenario.questions if one.type in _PERSONAL or one.spec.prefill}
    return tuple(words for field, answer in form.answers.items() if field in personal for words in _texts(answer.value))


def _texts(value: object) -> list[str]:
    """The texts in an answer: a telephone also as it is typed."""
    if isinstance(value, dict):
        return [words for one in value.values() for words in _texts(one)]
    if not isinstance(value, str):
        return []
    return [value, value.removeprefix("+86")]


def _in_narrow(text: str) -> str:
    """Full-width digits and letters as they are typed elsewhere, placeholders as they are."""
    return "".join(part if part.startswith("〔") else narrow(part) for part in re.split("(〔[^〕]*〕)", text))


def _firm(found: re.Match[str]) -> str:
    """The name before the kind of firm, without words that are none of it; 我们公司 names nobody."""
    name = found["name"]
    kept = re.match(f"[{_WORD_BEFORE}]*", name)
    head = kept.group() if kept else ""
    return found.group() if len(name) == len(head) else f"{head}{FIRM}"


def _place(found: re.Match[str]) -> str:
    words = found.group()
    kept = re.match(f"[{_WORD_BEFORE}]*", words)
    head = kept.group() if kept else ""
    return words if len(words) - len(head) <= 1 else f"{head}{PLACE}"
