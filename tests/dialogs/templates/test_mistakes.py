"""What an author of templates gets wrong is told in the author's words and language, with a suggestion."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.contract.faults import Fault
from dialogs.templates.loader import check, load_scenarios
from dialogs.wording import Wording
from tests.dialogs.city import TREE

HERE = Path(__file__).parent.parent / "scenarios"
RICH = (HERE / "rich.yaml").read_text(encoding="utf-8")
Told = Callable[[str], list[Fault]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the rich scenario and its blocks."""
    for name in ("_blocks.yaml", "rich.yaml"):
        (tmp_path / name).write_bytes((HERE / name).read_bytes())
    return tmp_path


def told(folder: Path, language: str = "en") -> list[str]:
    return [Wording(language).fault(fault).removeprefix(f"{folder}/") for fault in check(folder, TREE)]


def both(folder: Path) -> tuple[str, str]:
    """The one mistake, in Chinese and in English."""
    [chinese], [english] = told(folder, "zh_CN"), told(folder, "en")
    return chinese, english


def told_lines(folder: Path, *lines: str) -> None:
    (folder / "told").mkdir()
    (folder / "told" / "rich.jsonl").write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "chinese", "english"),
    [
        ('{"say": "缺人"', "要是 JSON", "not a line of JSON"),
        ('{"say": "", "facts": {}}', "要是 JSON", "not a line of JSON"),
        ('{"say": "缺人", "fact": {}}', "要是 JSON", "not a line of JSON"),
        ('{"say": "缺人", "facts": {}, "answers": {"trouble": "late"}}', "要是 JSON", "not a line of JSON"),
        ('{"say": "缺人", "partly": true}', "要是 JSON", "not a line of JSON"),
        ('{"say": "缺人", "answers": {"trouble": "lte"}}', "是不是想写“late”？", "did you mean late?"),
        ('{"say": "缺人", "facts": {"nobody": 1}}', "没有“nobody”这个字段", "no field nobody"),
        (
            '{"say": "缺人", "facts": {"trouble": "lte"}}',
            "“trouble”不能是“lte”。是不是想写“late”？",
            "trouble cannot be lte; did you mean late?",
        ),
    ],
)
def test_a_message_with_facts_that_cannot_be_is_told(folder: Path, line: str, chinese: str, english: str) -> None:
    told_lines(folder, '{"say": "我们要人", "facts": {}}', line)
    said = both(folder)
    assert chinese in said[0]
    assert english in said[1]
    assert said[0].startswith("told/rich.jsonl:2: ")


def test_answers_and_sayings_are_known_by_what_they_mean(folder: Path) -> None:
    told_lines(folder, '{"say": "就是没人来"}', '{"say": "拖到现在", "answers": {"trouble": "late"}}')
    scenario = load_scenarios(folder, TREE)["rich"]
    assert scenario.sayings == ("就是没人来",)
    assert scenario.by_id["trouble"].sayings == {"late": ("拖到现在",)}
    assert [(one.say, one.partly) for one in scenario.told.messages] == [("拖到现在", True)]


def test_messages_of_a_template_that_is_not_there_are_told(folder: Path) -> None:
    (folder / "told").mkdir()
    (folder / "told" / "rch.jsonl").write_text("", encoding="utf-8")
    assert told(folder) == ["told/rch.jsonl: there is no template rch; did you mean rich?"]


FORM = [
    (
        "category: other/rich",
        "category: utilites/rich",
        "菜单里没有“utilites”这个类别。是不是想写“utilities”？",
        "no category utilites",
    ),
    ("category: other/rich", "category: Other", "只用小写字母", "category cannot be Other: use small letters"),
    ("    min: 1\n", "    min: 9\n    max: 3\n", "min（9）大于 max（3）", "min (9) is above max (3)"),
    ("    min: 1\n", "    min: 1\n    cues: {zh: [缺人]}\n", "没有 $", "the cue 缺人 has no $"),
    ("    min: 1\n", "    min: 1\n    cues: {zh: [缺$firm]}\n", "只用于 text 字段", "are for text fields"),
    ("    min: 1\n", "    min: 1\n    cues: {zh: [缺$~]}\n", "不能以 ~ 开头或结尾", "neither begin nor end with ~"),
    ("    min: 1\n", "    min: 1\n    cues: {zh: [缺(个/人$]}\n", "括号不对", "brackets of the cue"),
    ("    min: 1\n", "    min: 1\n    cues: {never: [()]}\n", "没有词", "the cue () has no words"),
    ("synonyms: {zh: [改期]}", "over: [unpiad]", "是不是想写“unpaid”", "did you mean unpaid?"),
    (
        "min_length: 4",
        "min_length: 4\n    max_length: 2",
        "min_length（4）大于",
        "min_length (4) is above max_length (2)",
    ),
    ("past: true", "past: true\n    future: true", "不能同时为 true", "past and future cannot both be true"),
    ("past: true", "past: yes", "“past”只能写 true 或 false，不能是“yes”", "past is true or false, not yes"),
    ("max_files: 3", "max_files: 0", "“max_files”不能小于 1", "max_files cannot be less than 1"),
    ("max_files: 3", "max_files: 99", "“max_files”不能大于 20", "max_files cannot be more than 20"),
    ("max_files: 3", "max_files: many", "“max_files”应是数字，不能是“many”", "max_files is a number, not many"),
    ("    min: 1\n", "    min: one\n", "“min”应是数字", "min is a number, not one"),
    ("accept: [photo, file]", "accept: [photo, photo]", "“photo”写了两次", "photo stands twice in accept"),
    ("accept: [photo, file]", "accept: [photos]", "是不是想写“photo”？", "did you mean photo?"),
    ("accept: [photo, file]", "accept: photo", "“accept”应是一个列表", "accept is a list: write [a, b]"),
    (
        "kinds: [complaint, consultation]",
        "kinds: [complaint, complaint]",
        "写了两次",
        "complaint stands twice in kinds",
    ),
    ("kinds: [complaint, consultation]", "kinds: [complain]", "是不是想写“complaint”？", "did you mean complaint?"),
    ("kinds: [complaint, consultation]", "kinds: []", "“kinds”至少要有 1 项", "kinds needs at least 1"),
    ("version: 2", 'version: "2"', "“version”应是数字", "version is a number"),
    ("version: 2", "version:", "“version”应是数字，不能是“null”", "version is a number"),
    (
        "title: {zh: 样样都有, en: A bit of everything}",
        "title: 样样都有",
        "要分别写中文和英文：{zh: 停电",
        "title is written in Chinese and English: {zh",
    ),
    (
        "title: {zh: 样样都有, en: A bit of everything}",
        "titel: {zh: 样样都有, en: A}",
        "是不是想写“title”？",
        "did you mean title?",
    ),
    ("title: {zh: 样样都有, en: A bit of everything}", "title: {zh: 样样都有, en: }", "“en”后面是空的", "en is empty"),
    (
        "title: {zh: 样样都有, en: A bit of everything}",
        "title: {zh: 样样都有, en: 全部}",
        "英文（en）里有汉字",
        "Chinese in the English",
    ),
    ("examples: {zh: [样样], en: [everything]}", "examples: {zh: [样样]}", "“examples”缺少“en”", "examples lacks en"),
    (
        "examples: {zh: [样样], en: [everything]}",
        "examples: [样样]",
        "要分别写中文和英文的列表",
        "a list in Chinese and one in English",
    ),
    ("label: {zh: 金额, en: Amount}", "label: {zh: 100, en: Amount}", "“100”请加引号", "put 100 in quotes"),
    ("label: {zh: 金额, en: Amount}", "label: {zh: [金额], en: Amount}", "“zh”应是一段文字", "zh is a text"),
    (
        "ask: {zh: 欠多少？, en: How much?}",
        'ask: {zh: "{trouble}欠多少？", en: How much?}',
        "只在 subject 里会换成回答",
        "filled in only in the subject",
    ),
    ("    type: money\n", "", "缺少“type”", "type is missing"),
    (
        "    type: money\n",
        "    type: mony\n",
        "没有“mony”这种字段类型。是不是想写“money”？",
        "called mony; did you mean money?",
    ),
    (
        "    type: money\n",
        "    type: money\n    max_length: 3\n",
        "只能用于这些类型的字段：text",
        "only for fields of type text",
    ),
    ("    type: money\n", "    type: money\n    default: 3\n", "这里没有“default”这一项", "there is no default here"),
    (
        "    type: money\n",
        "    type: money\n    shwo_if: {trouble: unpaid}\n",
        "是不是想写“show_if”？",
        "did you mean show_if?",
    ),
    (
        "{id: late, label",
        "{id: Late!, label",
        "“id”不能是“Late!”",
        "id cannot be Late!: use small letters, digits, - and _",
    ),
    ("id: amount", "id: 金额", "“id”不能是“金额”：只用小写字母", "id cannot be 金额"),
    ("{id: late, label: {zh: 拖延, en: Late}", "{id: late, label: {zh: 拖延}", "“label”缺少“en”", "label lacks en"),
    ("- use: contact", "- 联系人", "这里应是一个字段", "here should be a field"),
    (
        "prefill: enterprise.uscc",
        "prefill: enterprise.usc",
        "是不是想写“enterprise.uscc”？",
        "did you mean enterprise.uscc?",
    ),
    (
        "prefill: enterprise.uscc",
        "prefill: contact.phone",
        "“contact.phone”只能用于类型是 phone",
        "needs a field of type phone",
    ),
    (
        "urgent_if: {danger: true}",
        "urgent_if: [danger]",
        "条件要写成 {trouble: [unpaid, late]}",
        "a condition is written {trouble",
    ),
    ("urgent_if: {danger: true}", "urgent_if: {}", "条件要写成", "a condition is written"),
    (
        "urgent_if: {danger: true}",
        "urgent_if: {danger: yes}",
        "条件里写 true 或 false",
        "danger is yes or no: write true or false",
    ),
    (
        "urgent_if: {danger: true}",
        "urgent_if: danger = true",
        "“等于”要写两个等号",
        '"equals" is written with two signs',
    ),
    ("urgent_if: {danger: true}", "urgent_if: danger and danger", "“并且”写 &&", "write && for and"),
    ("urgent_if: {danger: true}", "urgent_if: trouble == “late”", "标点请用英文的", "use English punctuation"),
    (
        "urgent_if: {danger: true}",
        "urgent_if: {district: [nanshn]}",
        "没有代码为“nanshn”的区域。是不是想写“nanshan”？",
        "no district nanshn; did you mean nanshan?",
    ),
    (
        "{trouble}：{amount}",
        "{truoble}：{amount}",
        "是不是想写“trouble”？",
        "{truoble} names no field; did you mean trouble?",
    ),
]


@pytest.mark.parametrize(("old", "new", "chinese", "english"), FORM)
def test_a_mistake_in_a_field(folder: Path, old: str, new: str, chinese: str, english: str) -> None:
    assert old in RICH
    line = RICH[: RICH.index(old)].count("\n") + 1
    (folder / "rich.yaml").write_text(RICH.replace(old, new, 1), encoding="utf-8")
    found = list(zip(told(folder, "zh_CN"), told(folder, "en"), strict=True))
    [(in_chinese, in_english)] = [pair for pair in found if english in pair[1]]
    assert chinese in in_chinese
    assert abs(int(in_english.split(":")[1]) - line) <= 2, in_english
    for words in ("Input", "pydantic", "Field required", "valid dictionary"):
        assert words not in in_english + in_chinese


TEXTS = [
    ("", 1, "文件是空的", "the file is empty"),
    ("- a\n- b\n", 1, "文件应由“名称: 内容”这样的行组成", "the file consists of lines such as"),
    ("id：rich\n", 1, "冒号用了中文的", "the colon is a Chinese one"),
    ("id：rich\nversion: 2\n", 1, "冒号用了中文的", "the colon is a Chinese one"),
    ("id:rich\nversion: 2\n", 1, "冒号后面少一个空格", "a space is missing after the colon"),
    ("id: rich\n\tversion: 2\n", 2, "缩进用了 Tab 键", "indented with a tab"),
    ("id: rich\nfields:\n  - id: a\n   type: text\n", 4, "缩进不对", "the indent is wrong"),
    ("id: rich\n  version: 2\n", 2, "缩进不对", "the indent is wrong"),
    ("id: rich\ntitle: {zh: 停电 en: x}\n", 2, "花括号或方括号没有写完", "a bracket is not finished"),
    ("id: rich\ntitle: {zh: 停电, en: x\nversion: 2\n", 3, "花括号或方括号没有写完", "a bracket is not finished"),
    ("id: rich\nsummary: 'x\nversion: 2\n", 2, "引号没有收尾", "the quote is never closed"),
    ("id: rich\nsummary: a: b\n", 2, "这里不能再有冒号", "there cannot be another colon here"),
    ("id: rich\nsummary: @a\n", 2, "文字以特殊符号开头", "begin with a special character"),
    ("id: rich\nsummary: *a\n", 2, "文字以特殊符号开头", "begin with a special character"),
    ('id: rich\nsummary: "\\d"\n', 2, "双引号里的“\\”有特殊含义", "a backslash is special"),
    ("id: rich\nkinds: - help\n", 2, "“-”要另起一行", "begins a line of its own"),
    ("id: rich\n---\nid: poor\n", 2, "一个文件里只能写一份内容", "a file holds one document"),
    ("id: rich\nsummary: a\x07b\n", 2, "看不见的控制字符", "invisible control character"),
    ("id: rich\nsummary: &a [*a]\n", 2, "引用了自己", "names itself"),
]


@pytest.mark.parametrize(("text", "line", "chinese", "english"), TEXTS)
def test_a_text_that_cannot_be_read(folder: Path, text: str, line: int, chinese: str, english: str) -> None:
    (folder / "rich.yaml").write_text(text, encoding="utf-8", newline="")
    in_chinese, in_english = both(folder)
    assert in_english.startswith(f"rich.yaml:{line}: ")
    assert english in in_english
    assert chinese in in_chinese


def test_a_colon_without_a_space_inside_brackets(folder: Path) -> None:
    (folder / "rich.yaml").write_text(RICH.replace("{zh: 样样都有,", "{zh:样样都有,"), encoding="utf-8")
    assert any("there is no zh:样样都有 here; the colon is a Chinese one" in one for one in told(folder))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le"])
def test_another_encoding(folder: Path, encoding: str) -> None:
    (folder / "rich.yaml").write_bytes(RICH.encode(encoding))
    in_chinese, in_english = both(folder)
    assert "UTF-8" in in_english or "control character" in in_english
    assert in_chinese.startswith("rich.yaml:")


def test_the_mark_that_windows_puts_before_utf_8_does_no_harm(folder: Path) -> None:
    (folder / "rich.yaml").write_bytes(RICH.replace("\n", "\r\n").encode("utf-8-sig"))
    assert told(folder) == []


def test_all_mistakes_of_all_files_are_told_at_once(folder: Path) -> None:
    wrong = RICH.replace("category: other/rich", "category: othre").replace("type: money", "type: mony")
    wrong = wrong.replace("min: 1\n", "min: 5\n    max: 2\n").replace("version: 2", "version: two")
    wrong = wrong.replace("{zh: 经过, en: Story}", "{zh: 经过}")
    (folder / "rich.yaml").write_text(wrong, encoding="utf-8")
    (folder / "poor.yaml").write_text("id: poor\nid: poor\nversion: 1\nversion: 1\n", encoding="utf-8")
    (folder / "late.yml").write_text(RICH, encoding="utf-8")
    assert [one.partition(" ")[2] for one in told(folder)] == [
        "this file is not read: the name of a template ends in .yaml; rename it to late.yaml",
        "id is given twice",
        "version is given twice",
        "version is a number, not two (and whole where it counts something)",
        "the menu has no category othre; did you mean other?",
        "there is no type of field called mony; did you mean money?",
        "min (5) is above max (2): no answer fits",
        "label lacks en: write it in Chinese (zh) and in English (en)",
    ]


def test_a_mistake_in_the_blocks_is_not_told_as_one_of_each_template(folder: Path) -> None:
    blocks = (HERE / "_blocks.yaml").read_text(encoding="utf-8")
    (folder / "_blocks.yaml").write_text(blocks.replace("type: phone", "type: fone"), encoding="utf-8")
    assert both(folder)[1].startswith("_blocks.yaml:11: there is no type of field called fone; did you mean phone?")
    (folder / "_blocks.yaml").write_text(blocks + " x\n", encoding="utf-8")
    assert both(folder)[1].startswith("_blocks.yaml:")


def test_a_folder_without_blocks_names_those_that_come_with_us(folder: Path) -> None:
    (folder / "_blocks.yaml").unlink()
    assert any("no block contact; copy " in one and "_blocks.yaml into the folder" in one for one in told(folder))


# --- files and folders --------------------------------------------------------------------------------------------


def _empty(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


def _rename(old: str, new: str) -> Callable[[Path], None]:
    def rename(folder: Path) -> None:
        (folder / new).parent.mkdir(exist_ok=True)
        (folder / old).rename(folder / new)

    return rename


def _replace(path: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    def replace(folder: Path) -> None:
        (folder / path).unlink(missing_ok=True)
        make(folder / path)

    return replace


FOLDERS = [
    (_empty, "", "文件夹里没有模板", "the folder has no templates"),
    (_rename("rich.yaml", "rich.yml"), "rich.yml", "请改名为 rich.yaml", "rename it to rich.yaml"),
    (_rename("rich.yaml", "rich.YAML"), "rich.YAML", "请改名为 rich.yaml", "rename it to rich.yaml"),
    (_rename("rich.yaml", "rich.yaml.txt"), "rich.yaml.txt", "请改名为 rich.yaml", "rename it to rich.yaml"),
    (_rename("rich.yaml", "withdrawn/rich@2.yaml"), "", "文件夹里没有模板", "the folder has no templates"),
    (_rename("rich.yaml", "withdraw/rich.yaml"), "withdraw", "是不是想写“withdrawn”？", "did you mean withdrawn?"),
    (_rename("rich.yaml", "other.yaml"), "other.yaml:2", "应叫 rich.yaml", "it should be rich.yaml"),
    (_rename("rich.yaml", "_rich.yaml"), "_rich.yaml", "只有 _blocks.yaml", "only _blocks.yaml begins with _"),
    (_replace("rich.yaml", Path.mkdir), "rich.yaml", "这不是普通文件", "this is no plain file"),
    (_replace("rich.yaml", os.mkfifo), "rich.yaml", "这不是普通文件", "this is no plain file"),
    (_replace("rich.yaml", lambda path: path.symlink_to("/dev/zero")), "rich.yaml", "不是普通文件", "no plain file"),
    (_replace("rich.yaml", lambda path: path.symlink_to(path)), "rich.yaml", "这个链接指向自己", "leads to itself"),
    (_replace("rich.yaml", lambda path: path.symlink_to("gone")), "rich.yaml", "不存在的地方", "or to nothing"),
    (_replace("rich.yaml", lambda path: path.write_bytes(b"#" * 11_000_000)), "rich.yaml:1", "文件太大", "too large"),
    (_replace("withdrawn", lambda path: path.symlink_to(path)), "withdrawn", "这个链接指向自己", "leads to itself"),
    (_replace("_blocks.yaml", lambda path: path.symlink_to(path)), "_blocks.yaml", "链接指向自己", "to itself"),
    (_replace("withdrawn", lambda path: path.symlink_to(".")), "withdrawn/rich.yaml:1", "里也有", "is also in"),
]


@pytest.mark.parametrize(("spoil", "at", "chinese", "english"), FOLDERS)
def test_a_file_that_is_not_read(
    folder: Path, spoil: Callable[[Path], None], at: str, chinese: str, english: str
) -> None:
    spoil(folder)
    in_chinese, in_english = both(folder)
    assert in_english.startswith(f"{at}: " if at else f"{folder}: ")
    assert english in in_english
    assert chinese in in_chinese


def test_a_folder_that_is_not_there(folder: Path) -> None:
    (folder / "scenarios").mkdir()
    missing = folder / "scenario"
    assert told(missing) == [f"{missing}: there is no such folder; did you mean scenarios?"]
    assert told(missing, "zh_CN") == [f"{missing}: 没有这个文件夹。是不是想写“scenarios”？"]
    loop = folder / "loop"
    loop.symlink_to(loop)
    assert told(loop) == [f"{loop}: this link leads to itself, or to nothing"]
    file = folder / "rich.yaml"
    assert told(file) == [f"{file}: this is a file; name the folder of the templates; did you mean {folder}?"]


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)  # whoever runs the tests may be root, whom no mode stops
    assert all(": may not be read; let the account that runs jiesu read it" in one for one in told(folder))


def test_a_withdrawn_version_newer_than_the_one_in_use(folder: Path) -> None:
    (folder / "withdrawn").mkdir()
    later = RICH.replace("version: 2", "version: 3")
    (folder / "withdrawn" / "rich@3.yaml").write_text(later, encoding="utf-8")
    assert both(folder)[1] == (
        "withdrawn/rich@3.yaml:1: this withdrawn version (3) is newer than the one in use; raise `version` there"
    )
