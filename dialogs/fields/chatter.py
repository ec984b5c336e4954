"""Tells what somebody says to a question from what they say about the talk: 我刚才说过, 不要写我名字, 交吧."""

from __future__ import annotations

import re
import unicodedata

from dialogs.fields.typed import fold

_CUT = re.compile(r"[,，。;；!！?？\n]+|\.\s+|\s+(?=[一-鿿])|(?<=[一-鿿])\s+")
_TOLD = (
    "(?:说|讲|写|发|填|提|报|打)(?:过|了|咗|得很清楚|清楚)"
    "(?:了|的|啊|呀|嘛|吗|么|呢|哦|哈|啦|嘅|一遍|一次|几遍|好几遍|名字|店名|地址)*"
)
_BEFORE = "(?:刚刚|刚才|刚|头先|啱啱|前面|前头|之前|上面|开头|一开始|早就|早|最开始)"
_SAID = rf"{_BEFORE}(?:我|不是|就|都|已经|有|也)*"
_WHO = "(?:我|咱|俺)?(?:们)?"
_SAID_BEFORE = re.compile(
    rf"{_WHO}(?:不是)?(?:{_SAID}|(?:不是)?(?:都|已经)|不是)(?:跟你们?)?{_TOLD}"
    r"|(?:as )?i (?:already |just )?(?:said|told|wrote|gave)(?: you)?(?: it| that)?(?: already| before| above)?"
    r"|(?:see|as) above|already (?:said|told|given)"
)
_AT_THE_END = re.compile(rf"(?<=[一-鿿])[啊呀嘛,，\s]*{_WHO}{_SAID}{_TOLD}$")
_AT_THE_START = re.compile(rf"^{_WHO}{_SAID}{_TOLD}[,，\s]*(?=[一-鿿a-z0-9]{{2}})")
_NOT = "(?:不要|别|不准|不许|不能|不得|不可以|唔好|勿|莫|不想|不愿意?|不方便|不希望)"
_SECRET = re.compile(
    rf"匿名|不具名|(?<!不)保密(?!费|局|协议|工作|柜|期)|怕.{{0,8}}(?:报复|找我|穿小鞋)"
    rf"|{_NOT}.{{0,8}}(?:公开|透露|泄露|泄漏|暴露)"
    rf"|(?:{_NOT}.{{0,6}}|不)(?:写|留|登|说出|显示|报|用|露)(?:我们?|自己|真)?的?(?:真|实)?(?:名|姓名|身份)"
    rf"|(?:名字?|姓名|身份|电话|号码).{{0,3}}{_NOT}(?:写|留|公开|给|说|登|露)"
    rf"|{_NOT}(?:把|将).{{0,4}}(?:电话|名字|号码|身份|信息|我).{{0,4}}(?:给|告诉|透露|让)"
    rf"|{_NOT}(?:让|被|给|叫|告诉).{{1,6}}(?:知道|晓得|看到|发现|是我|我是谁)"
    r"|\banonymous|\bconfidential"
    r"|(?:do not|don't|dont|not) (?:use|give|tell|show|write|publish|share|reveal) (?:\w+ ){0,3}name"
)
_SENDS = re.compile(
    r"(?:好了?|行了?|对|是的?|嗯|可以了?|没问题)*(?:那就|就|请|帮我|给我|快点?|赶紧|直接|我)*(?:确认|确定)?(?:提交|递交|交上去|交|发出去|报上去)(?:吧|了|啊|一下|上去)*"
    r"|(?:yes |ok |okay |please )*(?:submit|send|file|confirm)(?: it| this| now| please)*",
    re.IGNORECASE,
)


def parts_of(text: str) -> list[str]:
    """What stands between commas, stops and blanks beside Chinese."""
    return [part for part in (one.strip() for one in _CUT.split(unicodedata.normalize("NFKC", text))) if part]


def says_it_was_said(text: str) -> bool:
    """Whether the whole of it is that it was said before: 前面说了的."""
    parts = parts_of(text)
    return bool(parts) and all(_SAID_BEFORE.fullmatch(fold(part)) for part in parts)


def wants_secrecy(text: str) -> bool:
    """Whether somebody wishes to stay unknown."""
    return any(_SECRET.search(part.lower()) for part in parts_of(text))


def is_chatter(part: str) -> bool:
    """Whether one part of a message is about the talk, and answers nothing that is asked for."""
    said = fold(part)
    about_the_talk = _SAID_BEFORE.fullmatch(said) or _SENDS.fullmatch(said)
    return not said or bool(about_the_talk or _SECRET.search(part.lower()))


def without_chatter(text: str) -> str:
    """The message without such parts; empty where it has no other."""
    parts = parts_of(text)
    kept = [part for part in parts if not is_chatter(part)]
    if len(kept) < len(parts):
        text = "，".join(kept)
    begun = _AT_THE_START.sub("", text)
    if begun != text:
        text = begun.rstrip("嘛吗啊呀的")
    return _AT_THE_END.sub("", text).strip()
