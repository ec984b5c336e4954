"""Gives each field of a template the parser that reads its answers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from backend.contract.message import Localized
from dialogs import fields
from dialogs.fields import DistrictNode, Parser
from dialogs.templates.template import ChoiceField, DateField, MoneyField, MultiChoiceField, TemplateField

DistrictTree = tuple[DistrictNode, ...]


def parser_for(spec: TemplateField, districts: DistrictTree) -> Parser:  # noqa: C901 - a table of types
    match spec.type:
        case "choice" | "multi_choice":
            return _choice(spec)
        case "boolean":
            return fields.Boolean()
        case "text":
            reads = fields.Name if spec.prefill == "contact.name" else fields.Text
            return reads(min_chars=spec.min_length, max_chars=spec.max_length)
        case "number":
            return fields.Number(min=spec.min, max=spec.max, integer=spec.integer)
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


def _choice(spec: ChoiceField | MultiChoiceField) -> Parser:
    reads = fields.Choice if spec.type == "choice" else fields.MultiChoice
    return reads(_options(spec))


def _money(spec: MoneyField) -> Parser:
    return fields.Money(Decimal(str(spec.min or 0)), None if spec.max is None else Decimal(str(spec.max)))


def _date(spec: DateField) -> Parser:
    """Of the past, of the future, or of either."""
    if spec.past or spec.future:
        return fields.Date(past=spec.past)
    return fields.Date(past=None)


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
        fields.Option(option.id, (option.label.zh, option.label.en), option.synonyms.all, spec.label_of(option))
        for option in spec.options
    )
