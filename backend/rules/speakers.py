"""Whom an account speaks as: name, telephone and enterprise of each contact it has filed as, and of the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Speaker:
    """A contact 联系人 as stated; what is None was not."""

    name: str | None = None
    phone: str | None = None
    enterprise: str | None = None
    """The enterprise's name."""
    uscc: str | None = None

    @property
    def who(self) -> tuple[str | None, str | None]:
        """Tells apart whom an account speaks as; a new telephone is the same person's."""
        return self.uscc or self.enterprise, self.name


_FIELDS = tuple(one.name for one in fields(Speaker))
_FIRM = ("enterprise", "uscc")


def distinct(spoken: Iterable[Speaker]) -> list[Speaker]:
    """Each contact once, in order, as it was first met; what says no more than another is left out.

    Telephones alone are nobody where there are names, of people or of enterprises.
    """
    found: dict[tuple[str | None, str | None], Speaker] = {}
    for one in spoken:
        if one != Speaker():
            found.setdefault(one.who, one)
    told = list(found.values())
    named = [one for one in told if any(one.who)] or told
    return [one for one in named if not any(_says_less(one, other) for other in named)]


def completed(stated: Speaker, known: Sequence[Speaker]) -> Speaker:
    """What was not stated is taken from those known who fit what was, as far as they agree.

    So an accountant who files for two firms under one name and telephone is reached, and neither firm is guessed: among
    several a firm follows from its own name or code, never from a name or telephone that only its contact left.
    """
    of_firm = [one for one in known if _fits(stated, one, _FIRM)]
    fitting = [one for one in of_firm if _fits(stated, one)]
    taken = {name: _agreed(of_firm if fitting and name in _FIRM else fitting, name) for name in _FIELDS}
    return replace(stated, **{name: value for name, value in taken.items() if getattr(stated, name) is None})


def _fits(stated: Speaker, known: Speaker, names: Sequence[str] = _FIELDS) -> bool:
    return all(getattr(stated, name) in (None, getattr(known, name)) for name in names)


def _agreed(speakers: Sequence[Speaker], name: str) -> str | None:
    values = {getattr(one, name) for one in speakers}
    return values.pop() if len(values) == 1 else None


def _says_less(one: Speaker, other: Speaker) -> bool:
    return one != other and _fits(one, other)
