"""Reads messages that come as a list: 电话：139…, 地址：…"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialogs.understanding.facts.story import Story

Span = tuple[int, int]

_LABEL = re.compile(r"(?:(?<=^)|(?<=[\s,，;；。/\n|]))(?P<label>[一-鿿a-z][一-鿿a-z ]{0,11}?)\s*[:：]\s*(?=\S)")
_END = re.compile(r"\s+/\s+|[;；\n|]|\s*$|[,，](?!\d{3})|。|\.(?=\s|$)")
_KNOWN = {
    "contact.name": "联系人|姓名|名字|称呼|建议人|投诉人|反映人|经办人|负责人|我|name|contact|contact person"
    "|contact name",
    "contact.phone": "电话|手机|手机号|手机号码|联系电话|联络电话|联系方式|电话号码|号码|tel|phone|mobile"
    "|telephone|contact number",
    "enterprise.name": "企业|企业名称|公司|公司名称|单位|单位名称|名称|店名|户名|商户|商户名称|厂名|店铺"
    "|company|company name|business|business name|shop",
    "enterprise.uscc": "统一社会信用代码|社会信用代码|信用代码|代码|税号|credit code|uscc",
    "address": "地址|详细地址|具体地址|位置|地点|路段|address|location",
}


def labelled(story: Story) -> Iterator[tuple[str, Span]]:
    """Each label with where its value stands."""
    labels = list(_LABEL.finditer(story.plain))
    for at, found in enumerate(labels):
        stop = labels[at + 1].start() if at + 1 < len(labels) else len(story.plain)
        end = _END.search(story.plain, found.end(), stop)
        last = end.start() if end is not None else stop
        while last > found.end() and story.plain[last - 1] in " ,，/":
            last -= 1
        if last > found.end():
            yield found["label"].strip(), (found.end(), last)


def means(label: str, kind: str) -> bool:
    """Whether a label is one of those by which people name this: a `prefill` or a type."""
    return kind in _KNOWN and re.fullmatch(_KNOWN[kind], label) is not None
