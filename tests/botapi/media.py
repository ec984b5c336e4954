"""Files in messages: finding the bytes that a call means, and the objects that describe them."""

from __future__ import annotations

from tests.botapi.errors import ApiError, bad_request
from tests.botapi.params import Params, Upload
from tests.botapi.state import StoredFile, World
from tests.botapi.updates import Json

_MAX_UPLOAD = 50 * 1024 * 1024
_MAX_PHOTO = 10 * 1024 * 1024
_FOLDERS = {"photo": "photos", "voice": "voice", "audio": "music", "video": "videos", "sticker": "stickers"}
_MIMES = {"photo": "image/jpeg", "voice": "audio/ogg", "audio": "audio/mpeg", "video": "video/mp4"}


def found_file(world: World, params: Params, kind: str, reference: str | None = None) -> StoredFile:
    """The file of a call: uploaded with it, or named by the file_id of an earlier one."""
    reference = reference or params.text(kind)
    upload = params.uploads.get((reference or kind).removeprefix("attach://"))
    if upload is not None:
        return _kept(world, kind, upload)
    if not reference:
        raise bad_request(f"there is no {kind} in the request")
    known = world.files.get(reference)
    if known is None:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    return known


def stored(world: World, kind: str, data: bytes, name: str = "", mime: str = "") -> StoredFile:
    """Keep bytes as a file of the kind."""
    return world.store(data, _FOLDERS.get(kind, "documents"), name, mime or _MIMES.get(kind, ""))


def media_content(world: World, kind: str, file: StoredFile, duration: int = 1) -> Json:
    """The part of a message that holds the file."""
    if kind == "photo":
        thumb = world.store(file.data, "photos", file.name, file.mime)
        sizes = ((thumb, 90), (file, 1280))
        return {"photo": [size.json | {"width": width, "height": width} for size, width in sizes]}
    details = file.json | ({"mime_type": file.mime} if file.mime else {})
    if kind in {"voice", "audio", "video"}:
        details["duration"] = duration
    if kind == "video":
        details |= {"width": 640, "height": 480}
    if kind in {"document", "audio", "video"} and file.name:
        details["file_name"] = file.name
    return {kind: details}


def _kept(world: World, kind: str, upload: Upload) -> StoredFile:
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > _MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo" and len(upload.data) > _MAX_PHOTO:
        raise bad_request(f"file of size {len(upload.data)} bytes is too big for a photo")
    return stored(world, kind, upload.data, upload.name, upload.mime)
