"""What is taken, what is refused and why; and that nothing a stranger sends breaks more than the look at it."""

from __future__ import annotations

import io
import os
from pathlib import Path

import av
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.contract.errors import (
    AttachmentActions,
    AttachmentArchive,
    AttachmentDamaged,
    AttachmentEncrypted,
    AttachmentMacros,
    AttachmentObjects,
    AttachmentRefused,
    AttachmentRemote,
    AttachmentType,
)
from backend.files import apart, office, ole, pdf, types
from backend.files.inspection import Inspector
from tests.backend.files import samples
from tests.backend.files.samples import action, record, relation, slide_record, word, zipped
from tests.dialogs.speech.recorded import recorded

CHART = samples.office(main="xl/workbook.xml")


ENTITY = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


BEGIN = '<w:fldChar w:fldCharType="begin"/>'


def fields(*instructions: str) -> dict[str, str]:
    """The main part of a text document with these fields, each as its runs stand between its marks."""
    marks = [f'{BEGIN}{one}<w:fldChar w:fldCharType="end"/>' for one in instructions]
    return {"word/document.xml": f'<w:document xmlns:w="urn:w">{"".join(marks)}</w:document>'}


def told(*runs: str) -> str:
    return "".join(f"<w:instrText>{one}</w:instrText>" for one in runs)


def brand(major: bytes, *compatible: bytes) -> bytes:
    content = major + bytes(4) + b"".join(compatible)
    return (8 + len(content)).to_bytes(4, "big") + b"ftyp" + content + bytes(200)


async def look(folder: Path, content: bytes, name: str = "x") -> str:
    path = folder / "one.part"
    path.write_bytes(content)
    return (await Inspector().recognise(path, name)).suffix


@pytest.mark.parametrize(
    ("content", "name", "suffix"),
    [
        (samples.PNG, "a.exe", ".png"),
        (brand(b"avif", b"mif1"), "", ".avif"),
        (brand(b"avis"), "", ".avif"),
        *((brand(one), "", ".heic") for one in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")),
        (brand(b"mif1", b"miaf"), "", ".heif"),
        (brand(b"msf1"), "", ".heif"),
        (brand(b"mif1", b"miaf", b"avif"), "", ".avif"),
        (brand(b"mif1", b"heic"), "", ".heic"),
        (brand(b"mp42", b"isom"), "", ".mp4"),
        (samples.pdf(), "a.pdf", ".pdf"),
        (samples.pdf(packed=True), "a.pdf", ".pdf"),
        (samples.pdf(action("/URI", URI="https://example.org")), "a.pdf", ".pdf"),
        (samples.pdf(attached=b"<?xml version='1.0'?><voucher/>"), "a.pdf", ".pdf"),
        (samples.office(), "a.docx", ".docx"),
        (samples.office(main="xl/workbook.xml"), "a.xlsx", ".xlsx"),
        (samples.office({"ppt/embeddings/Sheet1.xlsx": CHART}, main="ppt/presentation.xml"), "a.pptx", ".pptx"),
        (samples.office(fields(told("PAGE"), told("HYPERLINK", ' "http://x.cn/hidden"'))), "", ".docx"),
        (samples.office(fields(told("REF dde_1"), told('QUOTE "20 August"'))), "", ".docx"),
        (samples.office({"word/media/a.png": samples.PNG, "word/x.xml": "<a/>" + " " * 70000}), "", ".docx"),
        (samples.office({"word/_rels/a.rels": relation("hyperlink", "https://x.cn", "External")}), "", ".docx"),
        (samples.ofd(), "发票.ofd", ".ofd"),
        (samples.ofd({"Attachs/voucher.xml": "<?xml version='1.0'?><x/>"}), "发票.ofd", ".ofd"),
        (word(), "通知.wps", ".doc"),
        (word(template="Normal.dotm"), "a.doc", ".doc"),
        (samples.ole({"Workbook": record(0x0809, bytes(16))}), "表.et", ".xls"),
        (samples.ole({"PowerPoint Document": slide_record(1000, bytes(8))}), "稿.dps", ".ppt"),
        ("停电三天,损失很大。\r\n".encode(), "情况.txt", ".txt"),
        ("停电三天,损失很大。\r\n".encode("gb18030"), "情况.TXT", ".txt"),
    ],
)
async def test_taken(tmp_path: Path, content: bytes, name: str, suffix: str) -> None:
    assert await look(tmp_path, content, name) == suffix


def film(container: str, codec: str, sound: str) -> bytes:
    """A picture and a second of sound, as a camera in a browser records them."""
    buffer = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov"} if container == "mp4" else {}
    with av.open(buffer, "w", format=container, options=options) as out:
        pictures, sounds = out.add_stream(codec, rate=1), out.add_stream(sound, rate=48_000, layout="mono")
        assert isinstance(pictures, VideoStream)
        assert isinstance(sounds, AudioStream)
        pictures.width = pictures.height = 64
        pictures.pix_fmt = "yuv420p"
        picture = VideoFrame(64, 64, "yuv420p")
        picture.pts = 0
        for shown in (picture, None):
            out.mux(pictures.encode(shown))
        frame = AudioFrame(format=sounds.format.name, layout="mono", samples=1024 if sound == "aac" else 960)
        frame.sample_rate, frame.pts = 48_000, 0
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        for one in (frame, None):
            out.mux(sounds.encode(one))
    return buffer.getvalue()


async def test_a_recording_is_told_from_a_film(tmp_path: Path) -> None:
    second = bytes(16_000)
    assert await look(tmp_path, recorded(second, "webm", "libopus")) == ".weba"
    assert await look(tmp_path, recorded(second, "mp4", "aac")) == ".m4a"
    assert await look(tmp_path, recorded(second, "ogg", "libopus")) == ".ogg"
    assert await look(tmp_path, film("webm", "libvpx", "libopus")) == ".webm"
    assert await look(tmp_path, film("mp4", "mpeg4", "aac")) == ".mp4"


MACROS_BY_TYPE = '<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
TEMPLATE = relation("attachedTemplate", "http://x/t.dotm", "External")
CHART_WITH_MACROS = samples.office({"xl/vbaProject.bin": b""}, "xl/workbook.xml")
SLIDE_MACROS = slide_record(1000, slide_record(0x03FF), container=True)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (samples.office({"word/vbaProject.bin": b"x"}), AttachmentMacros),
        (samples.office({"word/_rels/document.xml.rels": relation("vbaProject", "other.bin")}), AttachmentMacros),
        (
            samples.office(types=MACROS_BY_TYPE),
            AttachmentMacros,
        ),
        (samples.office({"xl/macrosheets/sheet1.xml": "<x/>"}, main="xl/workbook.xml"), AttachmentMacros),
        (
            samples.office({"word/_rels/s.rels": relation("attachedTemplate", "http://x/t.dotm", "External")}),
            AttachmentRemote,
        ),
        (samples.office({"word/_rels/s.rels": relation("oleObject", "\\\\x\\y", "External")}), AttachmentRemote),
        (samples.office({"word/_rels/s.rels": relation("frame", "http://x", "External")}), AttachmentRemote),
        (samples.office({"word/_rels/s.rels": relation("image", "http://x", "External")}), AttachmentRemote),
        (samples.office({"word/_rels/s.rels": relation("oleObject", "embeddings/o.bin")}), AttachmentObjects),
        (samples.office({"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}), AttachmentObjects),
        (samples.office({"word/activeX/activeX1.xml": "<x/>"}), AttachmentObjects),
        (
            samples.office({"ppt/embeddings/a.xlsx": samples.office({"xl/vbaProject.bin": b""}, "xl/workbook.xml")}),
            AttachmentMacros,
        ),
        (samples.office({"xl/externalLinks/externalLink1.xml": "<a><ddeLink/></a>"}), AttachmentRemote),
        (samples.office({"word/_rels/a.rels": "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}), AttachmentActions),
        (samples.office({"word/document.xml": f"{ENTITY}<a>&b;</a>"}), AttachmentActions),
        (samples.office({"word/a.bin": f"<?xml version='1.0'?><!-- -->{ENTITY}<a/>"}), AttachmentActions),
        (samples.office({"xl/sharedStrings.xml": f"{ENTITY}<a/>".encode("utf-16")}), AttachmentActions),
        (samples.office(fields(told('DDEAUTO c:\\\\x\\\\cmd.exe "/k calc"'))), AttachmentActions),
        (samples.office(fields(told(" d", "de", " cmd"))), AttachmentActions),
        (
            samples.office(fields(told("IF 1=1") + '<w:fldChar w:fldCharType="begin"/>' + told("DDE x"))),
            AttachmentActions,
        ),
        (samples.office(fields(told("QUOTE 68 68 69"))), AttachmentActions),
        (
            samples.office({"word/header1.xml": '<a xmlns:w="urn:w"><w:fldSimple w:instr="DDE x"/></a>'}),
            AttachmentActions,
        ),
        (samples.office({"../../evil.xml": "<a/>"}), AttachmentDamaged),
        (samples.office({"word\\..\\evil.xml": "<a/>"}), AttachmentDamaged),
        (word({"Macros/VBA": b"x"}), AttachmentMacros),
        (samples.ole({"Workbook": b"", "_VBA_PROJECT_CUR/dir": b"x"}), AttachmentMacros),
        (samples.ole({"Workbook": record(0x0085, bytes(5) + b"\x01" + bytes(4))}), AttachmentMacros),
        (
            samples.ole({"PowerPoint Document": SLIDE_MACROS}),
            AttachmentMacros,
        ),
        (word({"ObjectPool/_123": b"x"}), AttachmentObjects),
        (samples.ole({"Workbook": b"", "MBD0001A2B3/x": b"x"}), AttachmentObjects),
        (samples.ole({"PowerPoint Document": slide_record(0x1011, b"x")}), AttachmentObjects),
        (word(template="https://x.cn/t.dotm"), AttachmentRemote),
        (word(flags=0x0100), AttachmentEncrypted),
        (samples.ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), AttachmentEncrypted),
        (samples.ole({"Workbook": record(0x002F, bytes(6))}), AttachmentEncrypted),
        (samples.ole({"Installer": b"x"}), AttachmentType),
        (samples.pdf(action("/Launch", F="cmd.exe")), AttachmentActions),
        (samples.pdf(action("/Launch", F="cmd.exe"), packed=True), AttachmentActions),
        (samples.pdf(action("/JavaScript", JS="app.alert(1)"), packed=True), AttachmentActions),
        (samples.pdf(action("/GoToE", T="x"), packed=True), AttachmentActions),
        (samples.pdf() + b"\n9 0 obj << /S /#4caunch >> endobj", AttachmentActions),
        (samples.pdf(attached=b"MZ"), AttachmentObjects),
        (samples.encrypted_pdf(), AttachmentEncrypted),
        (b"%PDF-1.7\n" + bytes(200), AttachmentDamaged),
        (samples.pdf() + zipped({"a.txt": "x"}), AttachmentDamaged),
        (samples.PNG + zipped({"a.txt": "x"}), AttachmentDamaged),
        (b"GIF89a" + bytes(20) + b"%PDF-1.4" + bytes(90), AttachmentDamaged),
        (samples.ofd({"Doc_0/a.bin": b"MZ" + bytes(9)}), AttachmentObjects),
        (samples.ofd(namespace="http://example.org"), AttachmentType),
        (zipped({"a.txt": "x"}), AttachmentArchive),
        (b"Rar!\x1a\x07\x01\x00" + bytes(50), AttachmentArchive),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), AttachmentArchive),
        (b"\x1f\x8b\x08" + bytes(50), AttachmentArchive),
        (bytes(257) + b"ustar" + bytes(300), AttachmentArchive),
        (zipped({"META-INF/MANIFEST.MF": "x"}), AttachmentType),
        (b"MZ" + bytes(300), AttachmentType),
        (b"<html><script>alert(1)</script>", AttachmentType),
        (b"#!/bin/sh\nrm -rf /\n", AttachmentType),
        (brand(b"crx "), AttachmentType),
        (b"\x00\x01\x02", AttachmentType),
    ],
)
async def test_refused(tmp_path: Path, content: bytes, why: type[AttachmentRefused]) -> None:
    with pytest.raises(why):
        await look(tmp_path, content, "a.txt")


async def test_words_are_text_only_when_they_are_called_so(tmp_path: Path) -> None:
    with pytest.raises(AttachmentType):
        await look(tmp_path, "停电三天".encode(), "photo.png")


async def test_what_takes_too_long_ends(tmp_path: Path) -> None:
    path = tmp_path / "x.part"
    path.write_bytes(samples.pdf())
    with pytest.raises(AttachmentDamaged):
        await Inspector(seconds=0.001).recognise(path, "a.pdf")


def test_a_bomb_is_not_unpacked() -> None:
    bomb = samples.office({"word/_rels/a.rels": bytes(office.MOST_OF_ONE + 1)})
    assert len(bomb) < 100_000
    with pytest.raises(AttachmentDamaged):
        office.inspect(io.BytesIO(bomb))
    with pytest.raises(AttachmentDamaged):
        office.inspect(io.BytesIO(samples.office({f"word/{one}": "" for one in range(office.MOST_ENTRIES)})))
    inside = samples.office({"xl/embeddings/b.xlsx": CHART}, main="xl/workbook.xml")
    with pytest.raises(AttachmentObjects):
        office.inspect(io.BytesIO(samples.office({"word/embeddings/a.xlsx": inside})))


_WHOLE = [
    samples.office({"word/_rels/a.rels": relation("hyperlink", "https://x.cn", "External")}),
    samples.ofd(),
    samples.pdf(packed=True),
    samples.pdf(action("/URI", URI="x")),
    word(),
    samples.ole({"Workbook": record(0x0809, bytes(16))}),
]


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(_WHOLE), st.data())
def test_broken_documents_are_refused_and_nothing_else(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    """Truncated, overwritten, or all random after a good beginning."""
    end = data.draw(st.integers(8, len(whole)))
    at = data.draw(st.integers(0, end))
    broken = whole[:at] + data.draw(st.binary(max_size=64)) + whole[at + data.draw(st.integers(0, 64)) : end]
    path = tmp_path / "broken"
    path.write_bytes(broken)
    for inspect in (office.inspect, ole.inspect, pdf.inspect):
        try:
            inspect(io.BytesIO(broken))
        except AttachmentRefused:
            pass
    try:
        apart.look(path)
    except AttachmentRefused:
        pass


@given(st.binary(max_size=400))
def test_any_beginning_can_be_looked_at(head: bytes) -> None:
    suffix = types.of_head(head)
    assert suffix is None or suffix in types.TAKEN


async def test_random_bytes_are_no_fault_of_ours(tmp_path: Path) -> None:
    for magic in (b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with pytest.raises(AttachmentRefused):
            await look(tmp_path, magic + os.urandom(50_000), "a.txt")


@pytest.mark.parametrize(
    ("name", "suffix", "shown"),
    [
        ("合同.docx.exe", ".docx", "合同.docx.docx"),
        ("photo.JPEG", ".jpg", "photo.JPEG"),
        ("报告.html", ".pdf", "报告.pdf"),
        ("3.15", ".txt", "3.15.txt"),
        ("", ".png", "photo.png"),
        (".png", ".png", ".png.png"),
        ("…", ".pdf", "….pdf"),
        ("长" * 250, ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_names_carry_the_suffix_of_what_was_found(name: str, suffix: str, shown: str) -> None:
    assert types.named(name, types.TAKEN[suffix]) == shown
