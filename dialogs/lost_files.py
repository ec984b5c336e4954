"""Leaves out files that the backend does not keep any more, and names them to the person; all else stays."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from backend.contract.errors import BackendError, FilesMissing
from backend.contract.message import Message, Words
from dialogs.exchange import lines, listed
from dialogs.form import Answer, Form
from dialogs.session import Session


def from_session(session: Session, error: BackendError) -> Words | None:
    """Leave them out of the errand that is open, and what to say: the person may send them again, or go on without.
    None if the error is another.
    """
    errand = session.errand
    if errand is None or not isinstance(error, FilesMissing):
        return None
    gone = _ids(error)
    session.errand = errand.replace(files={one: name for one, name in errand.files.items() if one not in gone})
    return lines(_told(errand.files, gone), Message("lost_files.send_again"))


def from_form(form: Form, error: FilesMissing) -> tuple[Form, Message]:
    """The form without them, also where it is confirmed already, and what to say."""
    gone = _ids(error)
    answers = {field: _left(answer, gone) for field, answer in form.answers.items()}
    without = form.replace(
        answers={field: answer for field, answer in answers.items() if answer is not None},
        partial=tuple(one for one in form.partial if not _is_one_of(one, gone)),
        extras=tuple(one for one in form.extras if not _is_one_of(one, gone)),
        filed=None if form.filed is None else without_ids(form.filed, error),
    )
    return without, _told(_names(form), gone)


def without_ids(filed: Mapping[str, Any], error: FilesMissing) -> dict[str, Any]:
    """A request of the backend, as JSON values, without them."""
    gone = _ids(error)
    return {**filed, "attachments": [one for one in filed.get("attachments") or [] if one not in gone]}


def _ids(error: FilesMissing) -> frozenset[str]:
    return frozenset(map(str, error.extra.get("files", ())))


def _left(answer: Answer, gone: frozenset[str]) -> Answer | None:
    if answer.type != "attachment" or not any(_is_one_of(one, gone) for one in answer.value):
        return answer
    kept = [one for one in answer.value if not _is_one_of(one, gone)]
    shown = Message("engine.files", {"count": len(kept)})
    return dataclasses.replace(answer, value=kept, shown=shown) if kept else None


def _is_one_of(upload: object, gone: frozenset[str]) -> bool:
    return isinstance(upload, Mapping) and upload.get("id") in gone


def _names(form: Form) -> dict[str, str]:
    answered = [one for answer in form.answers.values() if answer.type == "attachment" for one in answer.value]
    uploads = [one for one in (*answered, *form.partial, *form.extras) if isinstance(one, Mapping)]
    return {str(one["id"]): str(one.get("name", "")) for one in uploads}


def _told(names: Mapping[str, str], gone: frozenset[str]) -> Message:
    lost = [name or Message("field.attachment.file") for one, name in names.items() if one in gone]
    return Message("lost_files.named", {"names": listed(lost)})
