"""Pure parsers of what a person types into a form field, one module a type."""

from dialogs.fields.address import Address
from dialogs.fields.attachment import Attachment, Kind
from dialogs.fields.boolean import NO, YES, Boolean
from dialogs.fields.choice import Choice, MultiChoice, Option
from dialogs.fields.date import Date
from dialogs.fields.district import District, DistrictNode
from dialogs.fields.jio import warm_up
from dialogs.fields.location import Bounds, Location
from dialogs.fields.money import Money
from dialogs.fields.name import EnterpriseName, Name
from dialogs.fields.number import Number
from dialogs.fields.outcome import Declined, Doubtful, NotUnderstood, Outcome, Parser, Understood, Value
from dialogs.fields.phone import Phone
from dialogs.fields.text import Text
from dialogs.fields.uscc import Uscc

__all__ = [
    "NO",
    "YES",
    "Address",
    "Attachment",
    "Boolean",
    "Bounds",
    "Choice",
    "Date",
    "Declined",
    "District",
    "DistrictNode",
    "Doubtful",
    "EnterpriseName",
    "Kind",
    "Location",
    "Money",
    "MultiChoice",
    "Name",
    "NotUnderstood",
    "Number",
    "Option",
    "Outcome",
    "Parser",
    "Phone",
    "Text",
    "Understood",
    "Uscc",
    "Value",
    "warm_up",
]
