"""What an event is: its data, typed, and what holds for all events of its kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from backend.contract.words import EventKind, TicketState

ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Mark:
    """Said of each field: how long it is kept, and who reads it beside the administration."""

    kept: bool
    """It stays when the ticket's term is over, for statistics and for the state: it holds no words of anybody's."""
    shown: bool
    """The enterprise gets it, where it gets the event at all."""


Shown = Annotated[ValueT, Mark(kept=True, shown=True)]
Inside = Annotated[ValueT, Mark(kept=True, shown=False)]
PersonalShown = Annotated[ValueT, Mark(kept=False, shown=True)]
"""Words and files that the enterprise gets; cleared with the person."""
PersonalInside = Annotated[ValueT, Mark(kept=False, shown=False)]

ANY_STATE: Final = frozenset(TicketState)


class Event(BaseModel):
    """Something that happened to a ticket. The fields are the `data` of its row, `reason` beside it.

    What is not given is not stored. A reader may not get each field: what is inside is not shown, what is personal is
    cleared one day. Such fields have a default.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: ClassVar[EventKind]
    """Beside the data in the row; so no field is called so."""
    allowed_in: ClassVar[Collection[TicketState]]
    """States of the ticket in which it may happen."""
    leads_to: ClassVar[TicketState | None] = None
    """The state after it; None: as before."""
    clock_only: ClassVar[bool] = False
    """It changes nothing a handler decides on, so it never makes a view of the ticket stale."""
    ends_callback: ClassVar[bool] = False
    """Nobody waits for a call back any more, called or not."""
    gone_by: ClassVar[bool] = False
    """What is done later goes by it, so it is read with the ticket; others only with its whole history."""
    shown: ClassVar[bool] = False
    """The enterprise learns of it."""
    reason_shown: ClassVar[bool] = False
    """It learns the reason, too."""

    def after(self, state: TicketState) -> TicketState:
        """The state that it leads to from this one."""
        return self.leads_to or state

    @property
    def data(self) -> dict[str, Any]:
        """As it is stored."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    @classmethod
    def names(cls, *, kept: bool | None = None, shown: bool | None = None) -> frozenset[str]:
        """Keys of its data, those that are so marked."""
        return frozenset(
            name for name, mark in _marks(cls) if kept in (None, mark.kept) and shown in (None, mark.shown)
        )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Raises TypeError for a field that is not marked, or that a reader could miss."""
        super().__pydantic_init_subclass__(**kwargs)
        if "kind" not in cls.__dict__:
            return  # what several kinds have in common
        for name, mark in _marks(cls):
            if mark.shown and not cls.shown:
                raise TypeError(f"{cls.__name__}.{name} cannot be shown: the event is not")
        for name, field in cls.model_fields.items():
            mark = _mark(name, field.metadata)
            always_there = mark.kept and (mark.shown or not cls.shown)
            if field.is_required() and not always_there:
                raise TypeError(f"{cls.__name__}.{name} needs a default: not every reader gets it")
        if _MODELS.setdefault(cls.kind, cls) is not cls:
            raise TypeError(f"{cls.__name__} and {_MODELS[cls.kind].__name__} are both {cls.kind}")


_MODELS: dict[str, type[Event]] = {}


def _marks(model: type[Event]) -> Iterable[tuple[str, Mark]]:
    for name, field in model.model_fields.items():
        yield field.alias or name, _mark(name, field.metadata)


def _mark(name: str, metadata: Iterable[object]) -> Mark:
    found = next((one for one in metadata if isinstance(one, Mark)), None)
    if found is None:
        raise TypeError(f"say of {name} whether it is shown, and whether it is personal")
    return found


def model_of(kind: str) -> type[Event] | None:
    """None for a kind that only another version of the program knows."""
    return _MODELS.get(kind)


def read(kind: str, data: Mapping[str, Any]) -> Event | None:
    """An event from its row, or from what the API gives of it; None where this version does not understand it."""
    model = model_of(kind)
    try:
        return None if model is None else model.model_validate(data)
    except ValidationError:
        return None
