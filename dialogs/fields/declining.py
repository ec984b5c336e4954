"""Notices who gives no answer: cannot, does not want to, will later, or asks something instead."""

from __future__ import annotations

import re
from enum import StrEnum

from dialogs.fields.dialect import standard
from dialogs.fields.typed import narrow


class Manner(StrEnum):
    """How somebody gives no answer."""

    SKIP = "skip"
    """跳过, 这个不填了, next one please."""
    UNKNOWING = "unknowing"
    WITHHELD = "withheld"
    LATER = "later"


_SKIP = re.compile(
    "跳过|略过|(?:不|别|免)(?:填|答|回答)(?:了|咯|啦|吧|哈|先|这)?|(?:这|那)(?:个|项|题|条)(?:先|就|我)?不(?:写|选|说|讲)了?|空着|留空"
    "|(?:^|[^第看])下一(?:个|题|项|条)(?:吧|问题|$)|问(?:下一|别的|其他|第二)|不用管(?:它|这个)|(?:^"
    "|[,，。!！ 、])过(?:吧|先|了)?[。!！~]*$"
    r"|\bskip\b|\bnext (?:question|one)\b|\bpass\b|leave (?:it|this|that)? ?(?:blank|empty|out)|move on"
)
_UNKNOWING = re.compile(
    "(?<![他她你您们人家])(?:不|没有?)(?:太|大|怎么|是很|很|敢|能|也)?(?:知道|知(?!名)|清楚|记得|懂(?!事)|了解|确定|明白|肯定)"
    "|记不(?:清|得|住|起)|说不(?:准|清|上来|好|上|定)|讲不(?:清|准|好)|忘(?:了|记|掉)|没有?(?:去)?(?:注意|留意|细看|仔细看|看清|在意|印象|数过|算过|统计|留心|打听|问过)"
    "|谁(?:知道|记得|有空)|哪(?:里|个|儿)?(?:知道|记得|有空|晓得)|鬼(?:知道|晓得)|天晓得|搞不(?:清|懂)|弄不(?:清|懂)|分不清|不好说|难(?:讲|说)|(?:说|念|读|答)不(?:出来?|来)|没(?:有)?(?:跟|和|同|告诉)(?:我|我们)(?:说|讲)|没见过|没在手|没(?:有)?(?:概念|个?准|个?数(?![字据码]))"
    "|(?:找|查|看|问|数|算|背)不(?:到|着|见|清|出来?|来)|没(?:有)?(?:算|查|找|看|带)(?:出来|到|在身上|身上|着)?(?=$|[,，。呢啊])|不在(?:手|身)(?:边|上|头)?|手(?:边|头|上)没|不归我管|不是我管"
    "|(?:要|得|需要|去|先)(?:先)?问(?:一?下|问|过|返|到)?(?:我|他|她|老板|老细|老公|老婆|会计|财务|同事|人|师傅|班组|那|下)|要翻|(?:在|归)(?:会计|财务|老板|老公|老婆|代账).{0,4}(?:那|手|管)|背得出"
    r"|\b(?:do not|don ?['’]?t|dont|not|didn ?['’]?t)\b ?(?:really |quite )?(?:know|sure|remember|recall|certain"
    r"|notice)|\bdunno\b|\bno (?:idea|clue)\b|\bidk\b|\bi forgot\b|\bhard to (?:say|tell)\b"
    r"|\bcan ?['’]?t (?:say|tell|remember|find|see|read)|\bcannot (?:say|tell|remember|find|see|read)"
    r"|\bdon ?['’]?t have (?:it|that|one|them)|\bnot with me\b|\b(?:have|need) to ask\b"
)
_WITHHELD = re.compile(
    "不(?:太|大|是很)?方便(?:说|讲|透露|告诉|提供|公开|讲|给)?|不(?:想|愿意?|肯|能|可以|好)(?:说(?!没|不)|讲(?!没)|告诉|透露|留(?!人)|填|给(?:你|你们|电话|出)?(?=$|[,，。])|提供|公开)"
    "|不留(?=$|[,，。]|电话|手机|号码?|吧|了)|不想让.{1,4}知道|保密|机密|隐私|先不(?:讲|说)|不告诉"
    "|不就知道(?:是|我)|凭什么(?:告诉|给|说)|(?:问|要)(?:这|那|我)(?:个|些)?(?:干|做|有)(?:什么|嘛|吗)|关你"
    r"|\brather not\b|\bprefer not\b|don ?['’]?t want to (?:say|tell|give|share)|\bconfidential\b"
    r"|\bnot comfortable\b|none of your"
)
_LATER = re.compile(
    "(?:晚点|晚些|迟点|迟些|回头|之后|以后|过后|后面|改天|明天|等(?:一?下|会儿?|阵|我)|一会儿?|稍后|转头|得闲|有空)(?:我|先)?.{0,3}?再?.{0,2}(?:发|补|给|填|找|查|看看|问|选|报|传|拍)"
    "|再(?:补|发|填|报)(?:给|上|行|吧|可|得|过|$)|让我(?:找|查|看|问|想)|等我|稍等|等一下"
    r"|\blater\b|\blet me (?:check|find|ask|see|look)|\bget back to\b|\bgive me a (?:minute|second|sec)\b"
)
_NOTHING_GIVEN = re.compile(
    "(?:没有?|未|冇)(?:说|写|讲|约定|规定|定|限|给(?!钱|我钱)|提|挂|贴|标|印|发)(?!.{0,4}但)|随便|都行|都可以"
    "|无所谓|不限|不急|长期都?(?:招|要)|(?:什么|啥)也没|(?:什么|啥)都没|没有(?:这|那|牌|号|名|单|文|编|户|证|票"
    "|标)|(?:没有?|未)(?:带|办)(?:过)?(?:执照|营业执照|证|照|下来)|还没办|(?:^|[,，。 ])没有(?:的|啊|了|哦)*[。!！]*$"
    r"|\b(?:none|nothing|anytime|whenever|not (?:given|stated|written|mentioned))\b"
)
_ASKS_BACK = re.compile(
    "(?:干|做)(?:什么|嘛)(?:用|的|呢|啊)?[?？]?$|为什么(?:要)?问|什么意思|(?:什么|啥)(?:码|东西|叫|玩意)|(?:听得到|在不在|有人)(?:吗|么)|^喂+|[?？]\\s*$"
)
_ONLY_SOUNDS = re.compile("[嗯啊哦噢喔呃额唔喂哈嘿哎诶 ,，。.!！~…?？]+")
_SAME = re.compile(
    "(?:同|跟|和|与|照|按).{0,10}(?:一样|相同|一致|写的|上面的?)$|登记过|有记录|系统里有|same as|already (?:have|gave)"
)


def declining(text: str) -> Manner | None:
    """How `text` gives no answer; None where it may be one."""
    said = standard(narrow(text))
    for manner, pattern in (
        (Manner.SKIP, _SKIP),
        (Manner.WITHHELD, _WITHHELD),
        (Manner.LATER, _LATER),
        (Manner.UNKNOWING, _UNKNOWING),
    ):
        if pattern.search(said):
            return manner
    return None


def has_nothing(text: str) -> bool:
    """Whether it says that there is none, or that any will do: what a question that can be skipped has no answer in."""
    return bool(_NOTHING_GIVEN.search(standard(narrow(text))))


def asks_back(text: str) -> bool:
    """Whether it asks what or why, calls out, or points to what we should know."""
    said = standard(narrow(text))
    return bool(_ASKS_BACK.search(said) or _SAME.search(said) or _ONLY_SOUNDS.fullmatch(said))


def without_skipping(text: str) -> str:
    """`text` without the words that ask for the next question: an answer may stand beside them."""
    return _SKIP.sub(" ", standard(narrow(text)))
