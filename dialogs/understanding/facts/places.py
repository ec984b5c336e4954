"""Finds where: districts that are no streets, addresses with their streets, and the firm of the one who writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialogs.fields.district import DistrictNode
from dialogs.fields.typed import fold
from dialogs.understanding.facts.story import Story

Span = tuple[int, int]

_FULL_SUFFIX = re.compile(r"(?:街道办事处|街道办|街道|开发区|高新区|新区|自治县|社区|区|县|镇|乡|村)$")
_SHORT = re.compile(
    r"(?:街道|经济开发区|高新区|开发区|新区|自治县|社区|区|县|市|镇|乡|村|\s(?:district|county|town|township"
    r"|subdistrict))$"
)
_NOT_PLACE = (
    r"(?:路|街|大道|大街|巷|桥|口|广场|公园|酒店|酒楼|宾馆|饭店|小区|花园|大厦|中学|小学|柚|茶|酥"
    r"|road|rd|street|st\b|avenue)"
)
_STAYS = rf"(?!\s*{_NOT_PLACE})"
_THERE = (
    r"(?=\s*(?:(?:政务|便民|办事|行政|供电|税务)|这边|那边|这里|那里|这头|嗰边|呢边"
    r"|$|[,，。;；!！?？\n.]|的(?!路)|做|开|搞|办|养|种|有))"
)

_STREET = re.compile(
    r"(?P<street>[一-鿿]{1,7}?(?:大道|大街|路|街|巷|弄|工业园|工业区|村))"
    r"(?P<rest>(?:中|东|西|南|北)?(?:段)?\s*(?:[0-9零一二三四五六七八九十百]+(?:-\d+)?(?:号|號|组|弄|巷|栋|幢)"
    r"(?:(?:之[一二三四五])|\d+(?:栋|楼|室|铺)|[一二三四五六七八九]楼|门口|铺面|商铺|对面|旁边|隔壁)*"
    r"|[一-鿿]{2,6}(?:对面|旁边|隔壁|附近)|路?口(?!子)(?:对面|旁边)?))"
)
_ENGLISH_STREET = re.compile(r"\b(?P<all>\d{1,5}\s+(?:[a-z]+\s+){1,3}(?:road|rd|street|st|avenue|ave|lane)\b)")
_CUT = re.compile(r".*(?:[在到是住于址：:的]|位于|靠近|街道|[镇乡区县市](?!场))")
_DISTANCE = re.compile(r"(?:离|距)[^,，。]{0,6}$")

_ENDING = (
    "有限责任公司|股份有限公司|有限公司|专业合作社|合作社|公司|集团|经营部|商行|工作室|事务所|养殖场|加工厂|厂"
    "|店|酒店|酒楼|饭店|餐馆|餐厅|宾馆|客栈|旅馆|民宿"
    "|超市|商店|面馆|茶楼|茶馆|物流|烘焙|烧鹅|汽修|批发|批发部|专卖店|酸嘢|实业|电子|印刷|模具|石材|粮油|服饰"
    "|服装|家具|食品|科技|贸易|农庄|农场|幼儿园|门诊|诊所|药房|药店|网吧|影楼|照相馆|饺子馆|粉馆|饭馆|书店"
    "|粉店|早餐店|茶业"
)
_FIRM = rf"[一-鿿a-z0-9（）()·]{{2,18}}?(?:{_ENDING})+"
_OWN_FIRM = (
    re.compile(
        r"(?:(?:店名|厂名)(?!字)|公司名称?|公司名字|单位名称?|我家叫|我们?家?(?:店|厂|公司|铺)(?:名)?叫|店叫|厂叫|公司叫"
        r"|(?:民宿|农家乐|客栈|饭店|酒店|餐厅|超市|小店|铺头|字号)叫做?|招牌叫)\s*[:：是叫为]*\s*"
        r"[「“\"《']?(?P<name>[一-鿿a-z0-9·]{2,20}?)(?:[」”\"》'])?(?=$|[,，。;；!！\s\n]|电话|在|的?(?:联系"
        r"|地址)|投诉|没人|被)"
    ),
    re.compile(rf"(?:本公司|我公司|我司|敝公司|本厂|本店|我厂)(?:为|是|系|叫|名为|全称)\s*(?P<name>{_FIRM})"),
    re.compile(
        r"(?:我是|我们是|我哋系|这里是|我这里是|我们叫|我们公司是)"
        r"(?P<name>[一-鿿]{2,3}[市县区](?!这|那|的)[一-鿿（）()]{2,16}?(?:公司|合作社|集团)(?!的))"
    ),
    re.compile(
        rf"(?:我是|我们是|我哋系|这里是|我呢度系|我这是|我这里是)(?:[一-鿿]{{2,3}}(?:(?:镇|乡|区|县|街道|市)"
        rf"(?:这边|那边|那个|隔壁|对面|旁边|的)*|(?:这边|那边|那个|隔壁|对面|旁边|的)+))?(?P<name>{_FIRM})"
    ),
    re.compile(
        rf"(?:^|[,，。;；\n\s])(?P<name>[一-鿿]{{2,4}}市[一-鿿（）()]{{2,16}}?(?:{_ENDING})+)(?=$|[,，。;；\n\s])"
    ),
)
_BESIDE_CODE = re.compile(
    rf"[0-9a-z]{{18}}[\s,，:：]+(?P<name>[一-鿿（）()]{{2,18}}?(?:{_ENDING})+)(?=$|[,，。;；\n\s])"
)
_BRANCH = re.compile(
    "家具|养鸡|养猪|养殖|建材|火锅|海鲜|食品|电子|服装|印刷|模具|石材|粮油|物流|五金|塑料|塑胶|陶瓷|玩具|灯饰"
    "|雨伞|豆腐|早餐|烧烤|奶茶|水果|便利|小吃|餐饮|快餐|汽车|汽修"
    "|机械|化工|纺织|印染|制衣|皮革|包装|纸箱|饲料|农资|化肥|水泥|木材|木器|家私|家电|电器|手机|数码|美容|美发"
    "|理发|健身|足浴|培训|幼儿|教育|药材|医药|茶叶|烟酒|副食|百货|日用|文具|图书|花卉|渔具|宠物"
    "|修理|维修|加工|制造|生产|销售|贸易|商贸|专卖|连锁|大型|小型|中型|私人|国有|外资|台资|港资|上市|注塑|冲压"
    "|铸造|电镀|喷漆|喷涂|印花|刺绣|鞋材|箱包|毛织|针织|皮具|冷饮|冰块|罗汉果|沙田柚|柚子|米粉|螺蛳粉|酸嘢"
    "|这个|那个|一家|一个|一间|隔壁|对面|楼下|楼上|旁边|附近|我们|自己|他们|你们|人家|外地|本地|当地|这边|那边"
    "|这里|那里|街边|路边|镇上|县里|村里|市里|园区|做|开|搞|办|卖|的|个|间|家|在|是|和|也|就|都|要|被|给|有|没"
    "|冰|砖|瓦|沙|石|木|铁|钢|铜|铝|塑|胶|纸|布|鞋|帽|衣|袜|茶|酒|米|面|粉|肉|鱼|虾|鸡|鸭|鹅|猪|牛|羊|菜|果|花"
    "|药|竹|糖|盐|油|水|电|气|灯|车|船|锁|伞|饼|奶|鲜|粥|汤|饭|麦|豆|丝|绸|线|棉|毛|皮|革|玻璃"
)
_HOUSE = re.compile(r"(?:酒店|酒楼|饭店|宾馆|客栈|民宿|茶楼|茶馆|餐厅)$")
"""Hardly ever said without a name before it: 云水酒店."""
_VERB_START = re.compile(
    r"^(?:都|看|我|也|来|接|交|外国|做|开|搞|办|卖|想|在|给|被|个|一|这|那|他|你|不|没|错|要|就叫"
    "|写|改)"
)


def districts_in(tree: tuple[DistrictNode, ...], story: Story) -> Iterator[tuple[tuple[DistrictNode, ...], Span]]:
    """Every district a message names, with those it lies in, where the name is not a street's."""
    for path in _paths(tree, ()):
        for start, end in _mentions(path[-1], story):
            if not story.is_denied(start) and not story.is_supposed(start):
                yield path, (start, end)


def _paths(nodes: tuple[DistrictNode, ...], above: tuple[DistrictNode, ...]) -> Iterator[tuple[DistrictNode, ...]]:
    for node in nodes:
        yield (*above, node)
        yield from _paths(node.children, (*above, node))


def _mentions(node: DistrictNode, story: Story) -> Iterator[Span]:
    for name in node.names:
        known = name.lower() if name.isascii() else fold(name)
        if known.isascii():
            short = _SHORT.sub("", known)
            for spelt in {known, short}:
                for found in re.finditer(rf"(?<![a-z]){re.escape(spelt)}(?![a-z]){_STAYS}", story.plain):
                    yield found.span()
            continue
        for found in re.finditer(rf"{re.escape(known)}(?!路|街(?!道)|大道|中路)", story.plain):
            yield found.span()
        short = _SHORT.sub("", known)
        if short != known and len(short) >= 2:
            for found in re.finditer(rf"{re.escape(short)}{_STAYS}{_THERE}", story.plain):
                yield found.span()
    if story.by_voice:
        yield from _by_sound(node, story)


def _by_sound(node: DistrictNode, story: Story) -> Iterator[Span]:
    """城管镇 for 城关镇: of a name with its suffix, since two syllables sound like too much."""
    name = fold(node.names[0])
    if len(name) < 3 or _FULL_SUFFIX.search(name) is None:
        return
    suffix = name[-1]
    if suffix not in story.plain:
        return
    from dialogs.pinyin import syllables  # half a second at its first use, and 50 MB: for recognised words alone

    wanted = [one.rstrip("12345") for one in syllables(name)]
    for found in re.finditer(re.escape(suffix), story.plain):
        start = found.end() - len(name)
        if start >= 0 and [one.rstrip("12345") for one in syllables(story.plain[start : found.end()])] == wanted:
            yield start, found.end()


def address_in(story: Story) -> Span | None:
    """A street with its number, or with what stands beside it; without the district before it."""
    spans = []
    for found in _STREET.finditer(story.plain):
        cut = _CUT.match(story.plain[found.start() : found.end("street") - 1])
        start = found.start() + (cut.end() if cut else 0)
        if found.end("street") - start < 2 or _DISTANCE.search(story.before(start)) or story.is_supposed(start):
            continue
        spans.append((start, found.end()))
    spans += [found.span("all") for found in _ENGLISH_STREET.finditer(story.plain)]
    return spans[0] if len({story.plain[start:end] for start, end in spans}) == 1 else None


def firm_in(story: Story) -> Span | None:
    """The name under which the one who writes does business; not a branch of trade, and not a neighbour's name."""
    for pattern in (*_OWN_FIRM, _BESIDE_CODE):
        for found in pattern.finditer(story.plain):
            start, end = found.span("name")
            if story.is_supposed(start) and "叫" not in found.group():
                continue
            if is_name(story.plain[start:end]):
                return start, end
    return None


_WE_ARE = re.compile(r"^(?:这里是|我们?这?(?:里|边|家)?(?:店|厂|公司)?(?:是|叫)?|俺们?(?:是|叫)?|本店|小店)")
_SHOP = re.compile(
    rf"[一-鿿a-z0-9（）()·]{{2,18}}(?:{_ENDING}|货运|图文|米粉|粉|五金|建材|包装|小筑|馆|铺|坊|行|屋|阁|轩|社|中心)"
)


def firm_in_part(part: str) -> str:
    """The name of a firm that is all of one part of a message, but for a word of who speaks; else nothing."""
    name = _WE_ARE.sub("", part)
    return name if _SHOP.fullmatch(name.lower()) and is_name(name) else ""


def firm_alone(story: Story) -> Span | None:
    """The firm that a clause names and nothing else: 顺达货运 of 顺达货运，周师傅 137…."""
    spans = [(one.start, one.end) for one in story.clauses if firm_in_part(story.plain[one.start : one.end].strip())]
    return spans[0] if len(spans) == 1 else None


_SIGNED = re.compile(
    r"(?:^|[。！!—\n]\s*|我司\s?[（(])(?P<name>[一-鿿]{4,18}?(?:有限责任公司|有限公司|合作社))"
    r"(?=[）)]|[。\s]*$|[\s,，]+[一-鿿]{2,5}[\s,，:：]*(?:[01]\d|$))"
)


def signed(story: Story) -> Span | None:
    """The full name of a firm with which a message begins or ends, or that stands behind 我司 in brackets."""
    found = [one.span("name") for one in _SIGNED.finditer(story.plain)]
    return found[0] if len(found) == 1 and is_name(story.plain[slice(*found[0])]) else None


def is_full(name: str) -> bool:
    """Whether a district is named with what it is: 河阳镇."""
    return _FULL_SUFFIX.search(name) is not None or name.isascii()


def is_name(words: str) -> bool:
    """丽晶酒店 is a name; 家具厂 and 老街的茶厂 are not."""
    if _VERB_START.match(words):
        return False
    if re.search("[的我他在]|交给|开(?!元|心|泰|源|利|明|平|来)", words):
        return False
    stem = re.sub(rf"(?:{_ENDING})+$", "", words)
    rest = _BRANCH.sub("", stem)
    if stem == words:
        return len(words) >= 2
    return len(rest) >= 2 or (len(rest) == 1 and len(stem) >= 2 and bool(_HOUSE.search(words)))
