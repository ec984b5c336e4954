"""A small city, its scenarios, and an engine to talk with, for the tests of conversations."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from backend.contract.message import Localized, Message, Words
from dialogs.engine import Engine, Step
from dialogs.events import Event, Media, Press, Text, Upload
from dialogs.fields import DistrictNode
from dialogs.form import Form
from dialogs.outputs import Ask, Say, Submit, Summarise
from dialogs.templates.loader import load_scenarios
from dialogs.templates.scenario import Scenario

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""A Friday, ten in the morning in China."""
DRAFT = "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10"
TREE = (
    DistrictNode(
        "chengguan",
        ("城关区", "Chengguan District"),
        (
            DistrictNode("dongjie", ("东街街道", "Dongjie Subdistrict")),
            DistrictNode("xihe", ("西河镇", "Xihe Town")),
        ),
    ),
    DistrictNode("nanshan", ("南山县", "Nanshan County"), (DistrictNode("nanping", ("南坪镇", "Nanping Town")),)),
    DistrictNode("kaifaqu", ("经济开发区", "Development Zone")),
)


def plain(words: Words, language: str) -> str:
    """Words without a catalogue: keys stand for their texts."""
    if isinstance(words, Localized):
        return words.best(language)
    if isinstance(words, Message):
        args = ", ".join(
            a if isinstance(a, str) else str(a) if isinstance(a, int) else plain(a, language)
            for a in words.args.values()
        )
        return f"{words.key}({args})" if args else words.key
    return words


ENGINE = Engine(plain)


SCENARIOS = load_scenarios(Path(__file__).parent / "scenarios", TREE)
RICH = SCENARIOS["rich"]


class FormChat:
    """A chat with the rich scenario, whose form goes through JSON between any two events, as between two processes."""

    def __init__(self, scenario: Scenario = RICH, language: str = "zh_CN", **facts: str) -> None:
        self.scenario = scenario
        known = {name.replace("__", "."): value for name, value in facts.items()}
        self.step: Step = ENGINE.start(scenario, DRAFT, language, known, NOW)

    def send(self, *events: Event) -> Self:
        for event in events:
            form = Form.from_json(json.loads(json.dumps(self.form.to_json())))
            self.step = ENGINE.step(self.scenario, form, event, NOW)
        return self

    def says(self, *texts: str) -> Self:
        return self.send(*(Text(text) for text in texts))

    def presses(self, *commands: str) -> Self:
        """Buttons without their tag: `o:trouble:late`, `skip:since`, `confirm`."""
        return self.send(*(Press(tagged(command)) for command in commands))

    @property
    def form(self) -> Form:
        assert self.step.form is not None
        return self.step.form

    @property
    def question(self) -> Ask:
        [asked] = [output for output in self.step.outputs if isinstance(output, Ask)]
        return asked

    @property
    def summary(self) -> dict[str, str]:
        [shown] = [output for output in self.step.outputs if isinstance(output, Summarise)]
        return {line.field: plain(line.shown, "zh_CN") for line in shown.lines}

    @property
    def said(self) -> list[str]:
        return [plain(output.text, self.form.language) for output in self.step.outputs if isinstance(output, Say)]

    @property
    def submitted(self) -> Mapping[str, Any]:
        [filed] = [output for output in self.step.outputs if isinstance(output, Submit)]
        return filed.form

    def value(self, field: str) -> Any:
        return self.form.answers[field].value

    def to_summary(self) -> Self:
        """Answers everything plainly: a late matter without danger."""
        self.presses("o:kind:complaint", "o:trouble:late").says(
            "跳过", "跳过", "没有", "拖了三个月还没办好", "东街街道"
        )
        return self.says("建设路18号", "跳过", "跳过", "13800138000").send(photo("a")).presses("done:papers")


def tagged(command: str) -> str:
    verb, _, rest = command.partition(":")
    return f"{verb}:{DRAFT[:4]}:{rest}"


def photo(*names: str, caption: str = "", kind: str = "photo", media_type: str = "image/jpeg") -> Media:
    """Uploads with ids made of the names."""
    uploads = tuple(Upload(file_id(name), kind, media_type, 1000, name) for name in names)
    return Media(uploads, caption)


def file_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))
