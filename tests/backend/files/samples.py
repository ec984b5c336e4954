"""Files as people send them, made here: harmless twins of what attackers send, too."""

from __future__ import annotations

import io
import itertools
import struct
import wave
import zipfile
from collections.abc import Mapping

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
TYPES = "[Content_Types].xml"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def office(parts: Mapping[str, bytes | str] | None = None, main: str = "word/document.xml", types: str = "") -> bytes:
    """An Office document with these parts besides its own."""
    content_types = f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{types}</Types>'
    return zipped({TYPES: content_types, main: "<document/>", **(parts or {})})


def relation(kind: str, target: str = "x", mode: str = "") -> str:
    """A part that names one relationship."""
    outside = f' TargetMode="{mode}"' if mode else ""
    one = f'<Relationship Id="r1" Type="{_RELATIONSHIP}{kind}" Target="{target}"{outside}/>'
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{one}</Relationships>'


def ofd(parts: Mapping[str, bytes | str] | None = None, namespace: str = "http://www.ofdspec.org/2016") -> bytes:
    main = f'<ofd:OFD xmlns:ofd="{namespace}" Version="1.0"><ofd:DocBody/></ofd:OFD>'
    return zipped({"OFD.xml": main, "Doc_0/Document.xml": "<Document/>", **(parts or {})})


def action(kind: str, **more: str) -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject("/S"): NameObject(kind),
            **{NameObject(f"/{key}"): TextStringObject(value) for key, value in more.items()},
        }
    )


def pdf(opened_with: DictionaryObject | None = None, *, packed: bool = False, attached: bytes | None = None) -> bytes:
    """One empty page. `packed`: its objects are compressed in object streams, where no search for bytes finds them."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if opened_with is not None:
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(opened_with)
    if attached is not None:
        writer.add_attachment("held", attached)
    target = io.BytesIO()
    writer.write(target)
    return _packed(target.getvalue()) if packed else target.getvalue()


def encrypted_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _packed(plain: bytes) -> bytes:
    """The same document with all objects in one compressed object stream and a cross-reference stream."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(plain))
    numbers = [number for places in reader.xref.values() for number in places if number]
    bodies: list[bytes] = []
    for number in numbers:
        one = io.BytesIO()
        found = reader.get_object(number)
        assert found is not None
        found.write_to_stream(one)
        bodies.append(one.getvalue())
    places, at = [], 0
    for body in bodies:
        places.append(at)
        at += len(body) + 1
    pairs = " ".join(f"{number} {place}" for number, place in zip(numbers, places, strict=True)) + " "
    stream = StreamObject()
    stream.set_data(pairs.encode() + b"\n".join(bodies))
    stream[NameObject("/Type")] = NameObject("/ObjStm")
    top = max(numbers) + 1
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    first, stream_at = len(pairs), out.tell()
    packed = stream.flate_encode()
    head = f"/Type /ObjStm /N {len(numbers)} /First {first} /Filter /FlateDecode /Length {len(packed._data)}"
    out.write(f"{top} 0 obj\n<< {head} >>\nstream\n".encode() + packed._data + b"\nendstream\nendobj\n")
    root = reader.trailer.raw_get("/Root").idnum
    index_at = out.tell()
    rows = [(0, 0, 65535)] + [(0, 0, 0)] * (top + 1)
    for place, number in enumerate(numbers):
        rows[number] = (2, top, place)
    rows[top], rows[top + 1] = (1, stream_at, 0), (1, index_at, 0)
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    head = f"/Type /XRef /Size {top + 2} /W [1 4 2] /Root {root} 0 R /Length {len(table)}"
    out.write(f"{top + 1} 0 obj\n<< {head} >>\nstream\n".encode() + table + b"\nendstream\nendobj\n")
    out.write(f"startxref\n{index_at}\n%%EOF\n".encode())
    return out.getvalue()


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A container (MS-CFB) with these streams, `storage/stream` for one in a storage."""
    padded = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    data = b""
    starts: dict[str, int] = {}
    fat: list[int] = []
    for name, content in padded.items():
        count = -(-len(content) // 512)
        starts[name] = len(fat)
        fat += [*range(len(fat) + 1, len(fat) + count), 0xFFFFFFFE]
        data += content.ljust(count * 512, b"\0")
    storages = list(dict.fromkeys(name.partition("/")[0] for name in padded if "/" in name))
    top = [*(name for name in padded if "/" not in name), *storages]
    order = ["Root Entry", *top, *(name for name in padded if "/" in name)]
    place = {name: number for number, name in enumerate(order)}
    none = 0xFFFFFFFF

    def chained(names: list[str]) -> dict[str, int]:
        return {one: place[after] for one, after in itertools.pairwise(names)}

    right = chained(top)
    child = {"Root Entry": place[top[0]]}
    for storage in storages:
        inside = [name for name in padded if name.startswith(f"{storage}/")]
        right |= chained(inside)
        child[storage] = place[inside[0]]
    entries = b""
    for name in order:
        shown = name.rpartition("/")[2].encode("utf-16-le")
        kind = 5 if name == "Root Entry" else 2 if name in padded else 1
        start, size = (starts[name], len(padded[name])) if name in padded else (0xFFFFFFFE, 0)
        entries += shown.ljust(64, b"\0") + struct.pack(
            "<HBBIII16sIQQIQ",
            len(shown) + 2,
            kind,
            1,
            none,
            right.get(name, none),
            child.get(name, none),
            bytes(16),
            0,
            0,
            0,
            start,
            size,
        )
    count = -(-len(entries) // 512)
    directory = len(fat)
    fat += [*range(directory + 1, directory + count), 0xFFFFFFFE]
    data += entries.ljust(count * 512, b"\0")
    table = len(fat)
    fat.append(0xFFFFFFFD)
    assert len(fat) <= 128
    data += struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIII", 0, 1, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, table)
    return head.ljust(512, b"\xff") + data


def word(streams: Mapping[str, bytes] | None = None, *, flags: int = 0, template: str = "") -> bytes:
    """An old text document; `template`: the one it is attached to."""
    fib = bytearray(2048)
    struct.pack_into("<H", fib, 0x0A, flags)
    named = template.encode("utf-16-le")
    table = b"\xff\xff" + struct.pack("<HHH", 2, 0, 0) + struct.pack("<H", len(template)) + named
    struct.pack_into("<II", fib, 0x19A, 0, len(table))
    return ole({"WordDocument": bytes(fib), "0Table": table, **(streams or {})})


def record(kind: int, content: bytes = b"") -> bytes:
    """A record of a workbook."""
    return struct.pack("<HH", kind, len(content)) + content


def slide_record(kind: int, content: bytes = b"", *, container: bool = False) -> bytes:
    return struct.pack("<HHI", 0xF if container else 0, kind, len(content)) + content


def recording() -> bytes:
    """A tenth of a second as the telephone network has it."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return target.getvalue()
