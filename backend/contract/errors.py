"""Errors of the backend, as raised by actions, sent as RFC 9457 problem documents, and raised again by the client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar


class BackendError(Exception):
    """The request could not be carried out."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or (self.__doc__ or "").strip())
        self.extra = extra

    @property
    def detail(self) -> str:
        return str(self.args[0])


class Invalid(BackendError):
    """The request does not have the form this address expects."""

    status = 422
    code = "invalid"


class Unauthenticated(BackendError):
    """A valid token is needed; log in again or check the service token."""

    status = 401
    code = "unauthenticated"


class Forbidden(BackendError):
    """This role may not do that."""

    status = 403
    code = "forbidden"


class NotFound(BackendError):
    """There is no such thing, or it is not yours to see."""

    status = 404
    code = "not-found"


class Stale(BackendError):
    """Somebody changed the ticket meanwhile; look at its present state and try again."""

    status = 409
    code = "stale"


class WrongState(BackendError):
    """The ticket's present state does not allow that."""

    status = 409
    code = "wrong-state"


class KeyReused(BackendError):
    """This idempotency key was used for another request."""

    status = 409
    code = "idempotency-key-reused"


class KeyMissing(BackendError):
    """A request that changes something needs an Idempotency-Key header of 8 to 200 characters."""

    status = 400
    code = "idempotency-key-missing"


class Conflict(BackendError):
    """That already exists."""

    status = 409
    code = "conflict"


class FilesMissing(BackendError):
    """Files named here are not there, or no longer; `files` names them: leave them out, or send them again."""

    status = 422
    code = "files-missing"


class TooMany(BackendError):
    """Too many tries; wait and try again."""

    status = 429
    code = "too-many"


class QuotaReached(TooMany):
    """Today's share is used up; go on after midnight. `what` says of what: filings, additions, drafts or sessions."""

    code = "quota-reached"


class AttachmentRefused(BackendError):
    """This file is not taken."""

    status = 415
    code = "attachment-refused"


class AttachmentTooLarge(AttachmentRefused):
    """The file is larger than allowed; send a smaller one."""

    status = 413
    code = "attachment-too-large"


class AttachmentType(AttachmentRefused):
    """Files of this type are not taken; send a photo, PDF, OFD, Office document, text, voice note or video."""

    code = "attachment-type"


class AttachmentArchive(AttachmentRefused):
    """Archives are not taken; send the files one by one."""

    code = "attachment-archive"


class AttachmentMacros(AttachmentRefused):
    """The document holds macros; save it as PDF, or without macros, and send that."""

    code = "attachment-macros"


class AttachmentObjects(AttachmentRefused):
    """The document holds another file or program; save it as PDF, and send what it holds by itself."""

    code = "attachment-objects"


class AttachmentRemote(AttachmentRefused):
    """The document loads a template or content from elsewhere; save it as PDF and send that."""

    code = "attachment-remote"


class AttachmentActions(AttachmentRefused):
    """The document starts programs or scripts when it is opened; print it to a new PDF and send that."""

    code = "attachment-actions"


class AttachmentEncrypted(AttachmentRefused):
    """The document is encrypted, so nobody can look into it; take off the password and send it again."""

    code = "attachment-encrypted"


class AttachmentDamaged(AttachmentRefused):
    """The file cannot be read through: it is damaged, too complicated, or two kinds of file in one."""

    code = "attachment-damaged"


class AttachmentQuota(AttachmentRefused):
    """Today's share of files is used up; send it again after midnight."""

    status = 429
    code = "attachment-quota"


class AttachmentNoRoom(AttachmentRefused):
    """There is hardly any room left for files; go on without it and add it later."""

    status = 507
    code = "attachment-no-room"


class BadCode(BackendError):
    """The one-time code is wrong, used, or too old; ask for a new one."""

    status = 422
    code = "bad-code"


class WrongPassword(BackendError):
    """The old password is wrong."""

    status = 422
    code = "wrong-password"


class CodeNeeded(BackendError):
    """The password was right; this account asks for a code of its authenticator app, too."""

    status = 401
    code = "code-needed"


class DayFull(BackendError):
    """This day has given out all its ticket numbers; file it tomorrow."""

    status = 503
    code = "day-full"


class Unavailable(BackendError):
    """The service is not ready; try again in a moment."""

    status = 503
    code = "unavailable"


def by_code() -> dict[str, type[BackendError]]:
    """Every error class by its code, for the client to raise again."""
    return {kind.code: kind for kind in _below(BackendError)}


def file_refusals() -> frozenset[str]:
    """The codes by which an upload is refused for what it is; each has words of its own in the catalogues."""
    return frozenset(kind.code for kind in _below(AttachmentRefused))


def _below(kind: type[BackendError]) -> Iterator[type[BackendError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)
