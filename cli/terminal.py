"""What commands say, in the language of the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import typer

from backend.contract.errors import BackendError, Forbidden, Unauthenticated, Unavailable
from backend.contract.faults import NamedFault, OperatorError, Problem, system_reason
from backend.contract.message import Message, Words
from dialogs.wording import Wording
from locales import closest_language
from settings import terminal_language


@contextmanager
def told_in(wording: Wording) -> Iterator[None]:
    """Ends the process with a line for each fault of set-up."""
    try:
        yield
    except OperatorError as error:
        fail(wording.faults(error))
    except BackendError as error:
        fail([wording.fault(_unanswered(error))])
    except OSError as error:
        told = Message("start.refused_by_system", {"reason": system_reason(error)})
        fail([wording.fault(NamedFault(str(error.filename), told) if error.filename else told)])


def _unanswered(error: BackendError) -> Problem:
    """Why the backend does not serve a channel that starts."""
    match error:
        case Unavailable():
            return NamedFault("BACKEND_URL", Message("start.no_backend"))
        case Unauthenticated() | Forbidden():
            return NamedFault("CHANNEL_TOKEN", Message("start.token_unknown"))
    return Message("start.backend_refused", {"detail": error.detail})


def wording_of(language: str | None) -> Wording:
    """In which a command speaks."""
    return Wording(closest_language(language or terminal_language()))


def say(key: str, **args: Words | int) -> None:
    """A text of the catalogues, as the terminal speaks."""
    typer.echo(wording_of(None).text(Message(key, args)))


def fail(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(2)


def show_passwords(passwords: Mapping[str, str]) -> None:
    say("run.passwords")
    for username, password in passwords.items():
        typer.echo(f"  {username:<24} {password}")
    sys.stdout.flush()  # a terminal or pipe that is gone is noticed now, before they are stored
