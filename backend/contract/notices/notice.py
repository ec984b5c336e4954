"""What a notice is: typed where it is told and where it is worded, JSON in the outbox and over the API between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from itertools import chain
from typing import Annotated, Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from backend.contract.words import TicketState


class Holds(Enum):
    """Marks a field of text for what is in it; all others are structure: times, numbers, words of a vocabulary."""

    CODE = "code"
    """Structure, too: an id, a name that the house gives. Nobody's words."""
    WORDS = "words"
    """What a person wrote, shown as it is."""
    OF_ENTERPRISE = "of_enterprise"
    """What an enterprise wrote, for staff: each line is marked, for it could look like one of ours."""
    SECRET = "secret"  # noqa: S105  # a mark, no secret
    """Shown once: struck from the outbox when it was delivered, and from what a channel keeps."""


Code = Annotated[str, Holds.CODE]
Words = Annotated[str, Holds.WORDS]
WordsOfEnterprise = Annotated[str, Holds.OF_ENTERPRISE]
Secret = Annotated[str, Holds.SECRET]


def held(field: FieldInfo) -> Holds | None:
    """What a field of a notice, or of a part of one, is marked to hold."""
    return next((mark for mark in field.metadata if isinstance(mark, Holds)), None)


class _Marked(BaseModel):
    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name, field in cls.model_fields.items():
            if str in (field.annotation, *get_args(field.annotation)) and held(field) is None:
                raise TypeError(f"{cls.__name__}.{name} is text: say what it holds")


class Part(_Marked):
    """Base of what a notice has inside. What a newer backend says more is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Named(Part):
    """A name in both languages; in JSON two arguments, the second with `_en` behind its name."""

    zh: Code
    en: Code


class UnknownNotice(LookupError):
    """Such a notice is not known here: this program is older than the backend."""


class Notice(_Marked):
    """Base of all kinds. Class variables are traits, the same for each notice of a kind; fields are its arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    template: ClassVar[str]
    """Its kind, in the outbox and over the API: it never changes."""
    at_once: ClassVar[bool] = False
    """Told in quiet hours too: it answers what the person just did."""
    called: ClassVar[bool] = False
    """On the phone it is a call to be made, in the policy's hours only; all others are short messages there."""
    of_use_in: ClassVar[frozenset[TicketState]] = frozenset()
    """Who could not be reached and is there again is told it now, while the ticket is in one of these states."""
    last: ClassVar[bool] = False
    """Nothing more comes after it: where it cannot be sent, a person tells it."""
    to_account_only: ClassVar[bool] = False
    """Never told at another number that was left: only the account itself can act on it."""
    asks_rating: ClassVar[bool] = False
    """Void once the rating is given, or the ticket is closed."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "template" in vars(cls):
            assert cls.template not in KINDS, cls.template
            KINDS[cls.template] = cls

    @classmethod
    def read(cls, args: Mapping[str, Any]) -> Self:
        """From the arguments that an older or a newer backend wrote: what is missing has its default, what is not known
        here is left out. Raises pydantic's ValidationError.
        """
        values = {name: _read(name, field, args) for name, field in cls.model_fields.items()}
        return cls.model_validate({name: value for name, value in values.items() if value is not None})

    def args(self) -> dict[str, Any]:
        """As JSON has them: those that were given."""
        fields = type(self).model_fields.items()
        given = [(name, field) for name, field in fields if name in self.model_fields_set]
        return dict(chain.from_iterable(_written(name, field, getattr(self, name)) for name, field in given))

    @classmethod
    def holding(cls, what: Holds) -> tuple[str, ...]:
        """Names of its fields that hold this."""
        return tuple(name for name, field in cls.model_fields.items() if held(field) is what)


KINDS: dict[str, type[Notice]] = {}
"""By their templates; whoever defines a kind has it here."""


def read(template: str, args: Mapping[str, Any]) -> Notice:
    """Raises UnknownNotice."""
    try:
        return KINDS[template].read(args)
    except (KeyError, ValidationError) as error:
        raise UnknownNotice(template) from error


class AboutTicket(Notice):
    """Base of what is told of a ticket; the work that tells it says which."""

    number: Code = ""
    title: Words = ""


class ToEnterprise(AboutTicket):
    """Base of what the enterprise is told of its ticket. Its fields are all that it may learn: what stays inside the
    administration is no field of any such kind, and other kinds are not told it.
    """


class ToStaff(AboutTicket):
    """Base of what staff are told of a ticket."""


def _has_names(field: FieldInfo) -> bool:
    return field.annotation is Named or Named in get_args(field.annotation)


def _read(name: str, field: FieldInfo, args: Mapping[str, Any]) -> Any:
    """The value of a field; None where there is none."""
    value = args.get(name)
    if value is None or not _has_names(field):
        return value
    english = args.get(f"{name}_en") or value
    if isinstance(value, str):
        return Named(zh=value, en=english)
    return [Named(zh=one, en=two) for one, two in zip(value, english, strict=False)]


def _written(name: str, field: FieldInfo, value: Any) -> Iterator[tuple[str, Any]]:
    if _has_names(field):
        yield name, _in(value, "zh")
        yield f"{name}_en", _in(value, "en")
    else:
        yield name, _plain(value)


def _in(names: tuple[Named, ...] | Named | None, language: str) -> Any:
    return [getattr(one, language) for one in names] if isinstance(names, tuple) else getattr(names, language, None)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case BaseModel():
            return value.model_dump(mode="json")
        case tuple():
            return list(value)
    return value
