"""Finds who speaks: their telephone number and not another's, their name, their credit code."""

from __future__ import annotations

import re

from backend.contract import uscc
from dialogs.understanding.facts.story import Story

Span = tuple[int, int]

_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_PHONE = re.compile(
    r"(?<![\d.\-])(?:\+?86[\s-]?)?(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|(?:010|02\d|0[3-9]\d{2})[\s-]?[2-8]\d{6,7})(?!\d)"
)
_NUMBERED = re.compile(r"(?:户号|编号|尾号|尾数|卡号|账号|受理号|单号|代码|qq|微信号?)[:：是为]?\s*$")
SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常"
    "乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧肖尹姚邵湛汪祁毛狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱丘骆高夏蔡田樊胡凌霍虞"
    "万支柯管卢莫经房裘缪干解应宗丁宣邓郁单洪包诸左石崔吉龚程邢裴陆荣翁荀惠曲封储靳段富巫乌焦牧谷车侯全班仰秋仲伊宫宁仇栾甘厉祖武符刘景詹束龙叶司黎薄印怀蒲邰从索赖卓蔺屠蒙池乔阴"
    "闻党翟谭劳申扶冉桑桂牛寿通边扈燕冀尚农温庄晏柴瞿阎连习艾鱼容向古易廖终居衡步耿满匡文寇广东欧沃利越隆师巩聂晁关荆游竺权盖益桓公覃闭区麦区甄植冼佘黎莘岳曾查涂付代阳"
)
COMPOUND_SURNAMES = "欧阳|上官|司马|司徒|诸葛|皇甫|尉迟|令狐|慕容|夏侯|东方|端木|南宫|公孙|长孙|宇文"
TITLES = "先生|女士|小姐|师傅|老板|老师|经理|阿姨|大姐|大哥|太太|太|生|姐|哥|工|总|厂长|主任"
_FULL = rf"(?:{COMPOUND_SURNAMES}|[{SURNAMES}])(?:{TITLES}|[一-鿿]{{1,2}})|小[一-鿿]|阿[一-鿿]"
_STOP = "(?=$|[^一-鿿]|电话|手机|联系|号码|店名|单位|公司|在|是|的|做|开|我|想|要|你|有|从|和|投诉|反映|这|那)"
_OWN_NAME = (
    re.compile(
        rf"(?:我叫|我的名字叫|我名叫|本人叫|叫我|姓名|名字|联系人|联络人"
        rf"|经办人)\s*[:：是叫为]?\s*(?P<name>(?:{_FULL}|[{SURNAMES}][一-鿿])){_STOP}"
    ),
    re.compile(rf"(?:我叫|姓名|联系人|联络人)\s*[:：是]?\s*(?P<name>(?:{COMPOUND_SURNAMES}|[{SURNAMES}])[一-鿿]{{2}})"),
    re.compile(
        rf"(?:我叫|我是|联系|联络|法人|法人代表|法定代表人|找)\s*(?P<name>(?:{COMPOUND_SURNAMES}|[{SURNAMES}])"
        r"[一-鿿]{0,2}?(?:先生|女士|小姐|太太|生)?)(?=[\s,，:：]{0,3}(?:电话|手机)?[\s:：]{0,2}[01]\d)"
    ),
    re.compile(rf"我是[^,，。]{{0,16}}的(?P<name>[老阿][{SURNAMES}]|[{SURNAMES}](?:姐|哥|姨|叔|伯)){_STOP}"),
    re.compile(
        rf"我是[^,，。的]{{2,14}}[店厂司行铺楼馆场](?:的)?(?:老板娘|老板|店主|厂长|负责人|会计|文员|经理)"
        rf"(?P<name>[{SURNAMES}][一-鿿]{{1,2}}){_STOP}"
    ),
    re.compile(
        rf"我是(?:店主|老板娘|老板|厂长|负责人|经理|法人|会计|文员|业主"
        rf"|掌柜)(?P<name>[{SURNAMES}][一-鿿]{{1,2}}){_STOP}"
    ),
    re.compile(
        rf"我是[^,，。]{{0,16}}的(?:老板娘|老板|店主|厂长|负责人|会计|文员"
        rf"|经理)(?P<name>[{SURNAMES}][一-鿿]{{1,2}}){_STOP}"
    ),
    re.compile(rf"(?:我|本人|在下|免贵|敝|小)(?:是)?姓(?P<name>{COMPOUND_SURNAMES}|[{SURNAMES}])"),
    re.compile(
        r"(?:\bmy name is|\bmy name's|\bi'?m|\bi am|\bthis is"
        r"|\bcall me)\s+(?P<name>[a-z]+(?:\s[a-z]+)?)(?=\s*(?:[,，.。;；]|$|from\b|here\b))"
    ),
)
_SURNAME_ALONE = re.compile(rf"(?:^|[,，。;；\s的])姓(?P<name>{COMPOUND_SURNAMES}|[{SURNAMES}])")
_SURNAME_SPOKEN = re.compile(rf"姓(?P<name>{COMPOUND_SURNAMES}|[{SURNAMES}])")
_WE = re.compile(r"我是|我们是|我的|我哋|本店|打我")
_ANOTHER = re.compile(r"[他她佢]|那个|队里|对方|物业|代办|中介")
_NO_NAME = frozenset(
    {
        "not",
        "a",
        "an",
        "the",
        "from",
        "in",
        "just",
        "so",
        "very",
        "calling",
        "here",
        "writing",
        "looking",
        "at",
        "owner",
        "running",
        "really",
        "trying",
        "having",
    }
)

_OTHERS = re.compile(
    rf"[他她佢](?:们)?(?:的)?|对方|物业|房东|管理处|客服|财务|会计(?!师)|代账|代办|中介|秘书|队长|站长|所长"
    rf"|科长|局长|主任|工头|包工头|项目|业务员|客户经理|信贷"
    rf"|[老小阿][{SURNAMES}]|[{SURNAMES}](?:经理|主任|工|总|队|科|所|站长|师傅|会计|书记|律师|警官|老板)|表弟"
    rf"|表哥|亲戚|朋友|同事|老公|老婆|儿子|女儿"
    r"|抄表|窗口|供电所|\bhi[sm]\b|\bher\b|\bthe(?:ir|m)\b|\bmanager\b|\blandlord\b|\bagent\b|\bnot\b"
)
_OTHER_SIDE = re.compile(r"[他她佢]|对方|物业|房东|\bhi[sm]\b|\bher\b|\btheir\b")
_OWN = re.compile(
    r"我(?!们?(?:商会|那个|的?物业|的?房东))|本人|本店|本公司|联系人|联系电话|联络电话|打这个|\bmy\b"
    r"|\bcall\b(?!ing)|\bme\b|\bcontact\b"
)
_NOT_TO_CALL = re.compile(r"^\s*(?:你们)?(?:别|不要|不用)打|^[^,，。]{0,4}(?:是他的|是他们的)")


_REACHED = re.compile(
    rf"(?:^|[,，。;；\s]|找|联系|联系人)[:：是叫为]?\s*(?P<name>(?:{COMPOUND_SURNAMES}|[{SURNAMES}])(?:[一-鿿]{{0,2}}(?:{TITLES}|会计|店长|主管|队长)))"
    r"(?=$|[,，。;；\s:：\d])"
)
_BESIDE_NUMBER = re.compile(
    rf"(?:(?:^|[,，。;；\s—])(?:[一-鿿]{{2,4}}部\s?)?(?P<before>(?:{COMPOUND_SURNAMES}|[{SURNAMES}])(?:{TITLES}|会计|店长|主管|队长|[一-鿿]{{1,2}}))"
    rf"[\s,，:：]{{0,2}}(?:电话|手机)?[:：]?\s?□"
    rf"|□[\s,，]{{1,2}}(?P<after>(?:{COMPOUND_SURNAMES}|[{SURNAMES}])(?:[一-鿿]{{0,2}}(?:{TITLES}|会计|店长|主管|队长)))(?=$|[,，。;；\s])"
    r"|(?P<english>\bm(?:r|s|rs)\.? [a-z]{2,})[\s,]{0,2}□|□,? (?:my )?name (?:is )?(?P<named>[a-z]{2,}))"
)
"""A name and the number at which the one who writes is reached."""
_PERSON = re.compile(r"(?<=[a-z][.,] )(?P<name>[a-z]{2,} [a-z]{2,})$")


def who_to_reach(story: Story) -> Span | None:
    """The name said with a title where it is asked whom to reach: 周师傅 of 周师傅 13766118822, Mark Turner of Harbour
    Deli. Mark Turner.
    """
    found = [*_REACHED.finditer(story.plain)] or [*_PERSON.finditer(story.plain)]
    return found[0].span("name") if len({one["name"] for one in found}) == 1 else None


def beside(story: Story, number: Span) -> Span | None:
    """The name with a telephone number: 李小姐 15807738842."""
    start, end = number
    found = _BESIDE_NUMBER.search(f"{story.plain[:start]}□{story.plain[end:]}")
    if found is None or found.lastgroup is None:
        return None
    first, last = found.span(found.lastgroup)
    moved = end - start - 1 if first > start else 0
    return first + moved, last + moved


def number_to_reach(story: Story) -> Span | None:
    """The only number said where it is asked whom to reach, but for one of the other side."""
    found = [
        one.span()
        for one in _PHONE.finditer(story.plain.translate(_DIGITS))
        if not _NUMBERED.search(story.plain[: one.start()]) and not _OTHER_SIDE.search(story.plain[: one.start()])
    ]
    return found[0] if len(found) == 1 else None


def phone_in(story: Story) -> Span | None:
    """The number at which the one who writes can be reached; none where it is not clear whose it is."""
    spoken = story.plain.translate(_DIGITS)
    own, unclaimed = [], []
    last = 0
    for found in _PHONE.finditer(spoken):
        before = story.plain[last : found.start()][-40:]
        last = found.end()
        if _NUMBERED.search(before):
            continue
        whose = _whose(before, story.plain[found.end() : found.end() + 10])
        if whose is True:
            own.append(found.span())
        elif whose is None:
            unclaimed.append(found.span())
    numbers = {spoken[start:end] for start, end in (own or unclaimed)}
    return (own or unclaimed)[-1] if len(numbers) == 1 else None


def _whose(before: str, after: str) -> bool | None:
    """True for the one who writes, False for somebody else, None where nothing is said of it."""
    if _NOT_TO_CALL.match(after):
        return False
    # 我是李经理: a title of one's own is nobody else's.
    named = re.sub(r"(?:我是|我叫|我姓|联系人|姓名|名字|称呼)\s*[:：是]?\s*[^,，。;；\s]{0,8}", "我", before)
    mine = max((found.end() for found in _OWN.finditer(named)), default=-1)
    theirs = max((found.end() for found in _OTHERS.finditer(named)), default=-1)
    if mine < 0 and theirs < 0:
        return None
    return mine > theirs


def name_in(story: Story) -> Span | None:
    """The name of the one who writes."""
    for pattern in _OWN_NAME:
        for found in pattern.finditer(story.plain):
            words = found["name"]
            if words.split(" ")[0] in _NO_NAME or story.is_supposed(found.start()):
                continue
            return found.span("name")
    for found in (_SURNAME_SPOKEN if story.by_voice else _SURNAME_ALONE).finditer(story.plain):
        before = story.plain[max(0, found.start() - 24) : found.start() + 1]
        clause = story.clause_at(found.start("name"))
        alone = story.plain[clause.start : clause.end].strip(" 0123456789") == found.group().strip(",，。;；\n 的")
        if not _ANOTHER.search(before[-12:]) and (_WE.search(before) or (alone and not _ANOTHER.search(before))):
            return found.span("name")
    return None


def credit_code_in(story: Story) -> Span | None:
    """A code with the right check character."""
    codes = [
        found.span()
        for found in re.finditer(r"(?<![0-9a-z])[0-9a-z]{18}(?![0-9a-z])", story.plain)
        if uscc.is_valid(found.group().upper())
    ]
    return codes[0] if len({story.plain[start:end] for start, end in codes}) == 1 else None
