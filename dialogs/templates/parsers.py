"""Gives each field of a template the parser that reads its answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from backend.contract.message import Localized
from dialogs import fields
from dialogs.fields import DistrictNode, Parser
from dialogs.templates.template import (
    BooleanField,
    ChoiceField,
    DateField,
    MoneyField,
    MultiChoiceField,
    NumberField,
    TemplateField,
    TextField,
)

_TEXTS: Mapping[str, type[fields.Text]] = {"contact.name": fields.Name, "enterprise.name": fields.EnterpriseName}
"""Texts of which only the name is kept."""
DistrictTree = tuple[DistrictNode, ...]
_DONE = re.compile("([\u4e00-\u9fff]?([\u4e00-\u9fff]))过")
"""The verb of a question what was done, and its last character: 检查过, 打过."""


def parser_for(spec: TemplateField, districts: DistrictTree) -> Parser:  # noqa: C901 - a table of types
    match spec.type:
        case "choice" | "multi_choice":
            return _choice(spec)
        case "boolean":
            return _boolean(spec)
        case "text":
            return _text(spec)
        case "number":
            return fields.Number(min=spec.min, max=spec.max, integer=spec.integer, asked=_asked(spec))
        case "money":
            return _money(spec)
        case "date":
            return _date(spec)
        case "phone":
            return fields.Phone(service=spec.prefill != "contact.phone")
        case "uscc":
            return fields.Uscc()
        case "district":
            return fields.District(districts)
        case "address":
            return fields.Address(districts)
        case "location":
            return fields.Location()
        case "attachment":
            return fields.Attachment(frozenset(spec.accept), spec.max_files)


def _text(spec: TextField) -> Parser:
    """Where a name is asked for, that alone is kept."""
    named = fields.EnterpriseName if spec.label.zh.endswith("名称") else fields.Text
    return _TEXTS.get(spec.prefill or "", named)(min_chars=spec.min_length, max_chars=spec.max_length)


def _boolean(spec: BooleanField) -> Parser:
    done = {verb for verb, last in _DONE.findall(spec.ask.zh) for verb in (verb, last)}
    return fields.Boolean(spec.yes.all, spec.no.all, tuple(sorted(done)), spec.ask.zh)


def _choice(spec: ChoiceField | MultiChoiceField) -> Parser:
    reads = fields.Choice if spec.type == "choice" else fields.MultiChoice
    return reads(_options(spec))


def _asked(spec: NumberField | MoneyField) -> str:
    """The words of the question, by which its reader knows what is counted, and for which time."""
    return f"{spec.label.zh} {spec.ask.zh}"


def _money(spec: MoneyField) -> Parser:
    most = None if spec.max is None else Decimal(str(spec.max))
    return fields.Money(Decimal(str(spec.min or 0)), most, _asked(spec))


def _date(spec: DateField) -> Parser:
    """Of the past, of the future, or of either."""
    asked = f"{spec.label.zh} {spec.ask.zh}"
    return fields.Date(
        past=spec.past if spec.past or spec.future else None,
        asks_first=bool(re.search("第一(?:次|天)|最早", asked)),
        asks_last=bool(re.search("最近|最后|最晚", asked)),
        asks_by=bool(re.search("期限|应付|最晚", asked)),
        asks_start="开始" in asked,
    )


def district_nodes(parser: Parser) -> DistrictTree:
    """The city's tree a district field reads."""
    return parser.tree if isinstance(parser, fields.District) else ()


def district_codes(tree: DistrictTree) -> list[str]:
    return [path[-1].id for path in _paths(tree, ())]


def find_district(tree: DistrictTree, code: str) -> tuple[DistrictNode, ...]:
    """The node with the code and those above it, from the top; empty if there is none."""
    for path in _paths(tree, ()):
        if path[-1].id == code:
            return path
    return ()


def district_title(path: tuple[DistrictNode, ...]) -> Localized:
    """The name of a district after those it lies in: as read back, and on the papers."""
    chinese = [node.names[0] for node in path]
    english = ", ".join(_english(node) for node in reversed(path))
    # Said one after the other: a telephone has a recording of each name, and of no two together.
    said = {"zh_voice": "，".join(chinese)} if len(chinese) > 1 else {}
    return Localized({"zh": " ".join(chinese), "en": english, **said})


def _english(node: DistrictNode) -> str:
    return next((name for name in node.names if name.isascii()), node.names[0])


def _paths(nodes: DistrictTree, above: DistrictTree) -> Iterator[DistrictTree]:
    for node in nodes:
        path = (*above, node)
        yield path
        yield from _paths(node.children, path)


def _options(spec: ChoiceField | MultiChoiceField) -> tuple[fields.Option, ...]:
    return tuple(
        fields.Option(
            option.id,
            (option.label.zh, option.label.en),
            option.synonyms.all,
            option.means.all,
            title=spec.label_of(option),
        )
        for option in spec.options
    )
