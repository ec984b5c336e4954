"""The check of the catalogues finds each kind of fault, and none in ours."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import locales.check
from backend.contract.acts import REASSIGN
from locales.check import check, placeholders, read_uses

CODE = """
from backend.contract.message import Message

GOOD = Message("a.good", {"name": "x"})


def said(kind: str, plain: bool) -> list[Message]:
    args = {"name": "x"}
    return [Message("a.first" if plain else "a.second"), Message(f"kind.{kind}"), Message("a.good", args)]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project without faults."""
    monkeypatch.setattr(locales.check, "ROOT", tmp_path)
    monkeypatch.setattr(locales.check, "catalogue_path", lambda language, domain: path_of(tmp_path, language, domain))
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "talk.py").write_text(CODE)
    (tmp_path / "code" / "note.j2").write_text('{{ t("a.note" if x else "a.other_note", n=1) }} {{ word("kind", k) }}')
    for language in ("zh_CN", "en"):
        write(tmp_path, language)
        speak(tmp_path, language)
    return tmp_path


def path_of(project: Path, language: str, domain: str) -> Path:
    return project / (f"{language}.po" if domain == "jiesu" else f"{language}.{domain}.po")


def write(project: Path, language: str, **changes: str | None) -> None:
    texts: dict[str, str | None] = {
        "a.good": "{name}", "a.first": "1", "a.second": "2", "a.note": "3", "a.other_note": "4", "kind.x": "5",
    }  # fmt: skip
    write_po(
        path_of(project, language, "jiesu"), texts | {key.replace("__", "."): text for key, text in changes.items()}
    )


def speak(project: Path, language: str, **texts: str) -> None:
    """The spoken catalogue, with nothing but `texts`."""
    write_po(path_of(project, language, "voice"), {key.replace("__", "."): text for key, text in texts.items()})


def write_po(path: Path, texts: Mapping[str, str | None]) -> None:
    entries = [f'msgid "{key}"\nmsgstr "{text}"\n' for key, text in texts.items() if text is not None]
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    path.write_text("\n".join([head, *entries]))


def faults(project: Path) -> list[str]:
    return check(project, ("code",))


def test_a_project_without_faults_passes(project: Path) -> None:
    assert faults(project) == []


def test_our_own_catalogues_pass() -> None:
    assert check() == []


def test_a_key_that_no_catalogue_has_is_told_where_it_is_used(project: Path) -> None:
    for language in ("zh_CN", "en"):
        write(project, language, a__second=None)
    assert faults(project) == ["code/talk.py:9: a.second is in no catalogue"]


def test_a_key_missing_in_one_language_is_told(project: Path) -> None:
    write(project, "en", a__note=None)
    assert faults(project) == ["en.po:1: a.note is missing"]


def test_a_key_nobody_uses_is_told(project: Path) -> None:
    for language in ("zh_CN", "en"):
        write(project, language, a__old="x")
    assert [fault.split(":")[0] + fault[fault.rindex(":") :] for fault in faults(project)] == [
        "zh_CN.po: a.old is not used",
        "en.po: a.old is not used",
    ]


def test_a_key_that_is_there_twice_is_told(project: Path) -> None:
    path = path_of(project, "en", "jiesu")
    path.write_text(path.read_text() + '\nmsgid "a.note"\nmsgstr "again"\n')
    assert faults(project) == ["en.po:22: a.note is there twice"]


def test_placeholders_must_agree(project: Path) -> None:
    write(project, "en", a__good="{nome}")
    told = faults(project)
    assert len(told) == 1
    assert "a.good has the placeholders ['nome'], in zh_CN they are ['name']" in told[0]


def test_an_argument_the_code_does_not_give_is_told(project: Path) -> None:
    for language in ("zh_CN", "en"):
        write(project, language, a__good="{name} {age}")
    assert faults(project)[0] == "code/talk.py:4: a.good is not given ['age']"


def test_an_empty_or_fuzzy_text_is_told(project: Path) -> None:
    write(project, "en", a__note="")
    assert any("a.note has no text" in fault for fault in faults(project))
    write(project, "en")
    path = project / "en.po"
    path.write_text(path.read_text().replace('msgid "a.note"', '#, fuzzy\nmsgid "a.note"'))
    assert any("a.note is marked fuzzy" in fault for fault in faults(project))


def test_braces_that_are_no_format_are_told(project: Path) -> None:
    write(project, "en", a__note="{0}")
    assert any("is not a plain name" in fault for fault in faults(project))


def speak_both(project: Path, **texts: str) -> None:
    for language in ("zh_CN", "en"):
        speak(project, language, **texts)


def test_a_spoken_text_stands_for_a_written_one(project: Path) -> None:
    speak_both(project, a__good="{name} said", kind__x="five")
    assert faults(project) == []
    speak_both(project, a__good="nothing")  # it may leave something out
    assert faults(project) == []


def test_a_spoken_text_for_nothing_written_is_told(project: Path) -> None:
    speak_both(project, a__gone="x")
    assert faults(project) == [
        f"{language}.voice.po:4: a.gone is neither in jiesu.po nor begins with ivr." for language in ("zh_CN", "en")
    ]


def test_a_spoken_text_may_not_say_more_than_the_written_one_is_given(project: Path) -> None:
    speak_both(project, a__good="{name} {age}")
    assert faults(project) == [
        f"{language}.voice.po:4: a.good has the placeholders ['age'], which jiesu.po does not have"
        for language in ("zh_CN", "en")
    ]


def test_spoken_texts_agree_in_every_language(project: Path) -> None:
    speak(project, "zh_CN", a__good="{name}", kind__x="5")
    speak(project, "en", a__good="good")
    told = faults(project)
    assert "en.voice.po:4: a.good has the placeholders [], in zh_CN they are ['name']" in told
    assert "en.voice.po:1: kind.x is missing" in told
    assert len(told) == 2


def test_the_telephones_own_texts_are_checked_against_its_code(project: Path) -> None:
    code = project / "code" / "call.py"
    code.write_text('Message("ivr.greeting", {"city": "x"})')
    assert faults(project) == ["code/call.py:1: ivr.greeting is in no catalogue"]
    speak_both(project, ivr__greeting="{city}")
    assert faults(project) == []
    speak_both(project, ivr__greeting="{town}")
    assert "code/call.py:1: ivr.greeting is not given ['town']" in faults(project)
    code.unlink()
    speak_both(project, ivr__greeting="{city}")
    assert [fault.rsplit(":", 1)[1] for fault in faults(project)] == [" ivr.greeting is not used"] * 2


def test_a_key_of_the_telephone_has_no_place_among_the_written(project: Path) -> None:
    (project / "code" / "call.py").write_text('Message("ivr.x")')
    for language in ("zh_CN", "en"):
        write(project, language, ivr__x="x")
        speak(project, language, ivr__x="x")
    assert faults(project)[0] == "zh_CN.voice.po:4: ivr.x is only for the telephone, yet jiesu.po has it"


def test_uses_are_read_from_code_and_templates(project: Path) -> None:
    uses = read_uses(project, ("code",))
    assert {use.key for use in uses.sure if use.exact} == {"a.good", "a.first", "a.second", "a.note", "a.other_note"}
    assert {use.key for use in uses.sure if not use.exact} == {"kind."}


def test_placeholders_are_names() -> None:
    assert placeholders("{a} {b} {{c}}") == {"a", "b"}
    with pytest.raises(ValueError):
        placeholders("{a.b}")


def test_the_command_fails_when_there_are_faults(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "dialogs").mkdir()
    (project / "dialogs" / "x.py").write_text('Message("no.such")')
    assert locales.check.main() == 1
    assert "dialogs/x.py:1: no.such is in no catalogue" in capsys.readouterr().out


def test_the_texts_of_an_act_and_of_an_event_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locales.check, "ACTS", {"hand_on": replace(REASSIGN, verb="hand_on")})
    monkeypatch.setattr(locales.check, "EventKind", ("handed_on",))
    keys = (
        "button.hand_on",
        "do.hand_on.confirm",
        "do.hand_on.done",
        "do.hand_on.ask_handler",
        "do.hand_on.ask_reason",
    )
    act, event = "backend/contract/acts/reassign.py", "backend/contract/words.py"
    missing = {*(f"{act}: {key} is in no catalogue" for key in keys), f"{event}: event.handed_on is in no catalogue"}
    assert {*check()} == missing
