"""What a scenario's YAML file may say: the request template of one matter, checked strictly and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from backend.contract.message import Localized

Kind = Literal["consultation", "help", "complaint", "report", "suggestion"]
SCENARIO_ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
FIELD_ID = r"^[a-z][a-z0-9_]*$"
OPTION_ID = r"^[a-z0-9][a-z0-9_-]*$"
CATEGORY = r"^[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)*$"
ScenarioId = Annotated[str, StringConstraints(pattern=SCENARIO_ID, max_length=24)]
FieldId = Annotated[str, StringConstraints(pattern=FIELD_ID, max_length=20)]
OptionId = Annotated[str, StringConstraints(pattern=OPTION_ID, max_length=20)]
Category = Annotated[str, StringConstraints(pattern=CATEGORY, max_length=60)]
Said = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Condition = str | Mapping[FieldId, str | bool | tuple[str, ...]]
"""CEL, or `{field: [value, ...]}` for "the field has one of these values"; several fields are joined by "and"."""

_LEAST_TELLING = 3
"""Characters of a name that means an option even where nobody asked."""

Fact = Literal["enterprise.uscc", "enterprise.name", "contact.name", "contact.phone", "contact.district"]
"""What the service may know of a person beforehand."""


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Wording(_Strict):
    """The same words in every language we speak; leaving one out is an error."""

    zh: Said
    en: Said

    @cached_property
    def localized(self) -> Localized:
        return Localized({"zh": self.zh, "en": self.en})

    def said_as(self, spoken: Wording | None) -> Localized:
        """The words, with how they are said if that is something else."""
        said = {} if spoken is None else {"zh_voice": spoken.zh, "en_voice": spoken.en}
        return Localized({"zh": self.zh, "en": self.en, **said})


class Phrases(_Strict):
    """Several ways to say one thing, by language."""

    zh: tuple[Said, ...] = ()
    en: tuple[Said, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return self.zh + self.en


class Cues(Phrases):
    """By which words a story tells a field, in the language of `dialogs.templates.cues`."""

    never: tuple[Said, ...] = ()
    """Beside which words a value is something else: 押金$."""


class YesNoCues(_Strict):
    """By which words a story says yes or no to a question that was not asked."""

    yes: Phrases = Phrases()
    no: Phrases = Phrases()


_LANGUAGE_OF_CUES = frozenset("$~()/")


class Option(_Strict):
    """One answer of a choice."""

    id: OptionId
    label: Wording
    synonyms: Phrases = Phrases()
    means: Phrases = Phrases()
    """What people tell of when they mean it: `…` stands for anything between. Less definite than a synonym."""
    cues: Phrases = Phrases()
    """By which words a story that was not asked tells this one."""
    over: tuple[OptionId, ...] = ()
    """Options that a story may name too where it means this one."""

    @cached_property
    def told_by(self) -> tuple[str, ...]:
        """What of label and synonyms is long enough to mean it even where nobody asked."""
        said = (self.label.zh, *self.synonyms.zh)
        return tuple(one for one in said if len(one) >= _LEAST_TELLING and not _LANGUAGE_OF_CUES & set(one))


class Note(_Strict):
    """Advice said right after the field is answered, when its condition holds (which may use that field)."""

    when: Condition = Field(alias="if")
    say: Wording
    voice: Wording | None = None
    """How the phone says it, where that differs."""

    @cached_property
    def localized(self) -> Localized:
        return self.say.said_as(self.voice)


class FieldVoice(_Strict):
    """How the phone asks a field, where that differs from the chat."""

    ask: Wording | None = None
    """The question as it is said: one short sentence, with nothing to tap, type or send in it."""
    help: Wording | None = None
    """Said at the second try, with an example."""
    label: Wording | None = None
    """The short name as it is said."""
    options: Mapping[OptionId, Wording] = Field(default_factory=dict)
    """Labels of options as they are said, where the written ones do not read well."""
    defer: Literal["keys", "link", "seat"] | None = None
    """For what cannot be spoken: keyed in, added later by link or chat, or completed by a seat."""


class TemplateVoice(_Strict):
    """How the phone says the head of a scenario, where that differs from the chat."""

    title: Wording | None = None
    opening: Wording | None = None


class _FieldBase(_Strict):
    id: FieldId
    label: Wording
    """Short name: in the summary and when correcting ("改电话")."""
    ask: Wording
    help: tuple[Wording, ...] = ()
    """Explanations that grow: the first after the first mistake, the last then stays."""
    example: Wording | None = None
    required: bool = True
    needed: bool = True
    """False: an official can act without it. Who told their matter in their own words is not asked for it before the
    filing; it is offered afterwards.
    """
    show_if: Condition | None = None
    prefill: Fact | None = None
    """The fact that answers this field beforehand, and that this field answers for the ticket."""
    why: Wording | None = None
    """Said to whoever asks what the answer is needed for; left out: a sentence for its type."""
    notes: tuple[Note, ...] = ()
    voice: FieldVoice = FieldVoice()

    @cached_property
    def localized_label(self) -> Localized:
        return self.label.said_as(self.voice.label)

    @cached_property
    def localized_ask(self) -> Localized:
        return self.ask.said_as(self.voice.ask)

    def label_of(self, option: Option) -> Localized:
        """What an option is called, and how that is said."""
        return option.label.said_as(self.voice.options.get(option.id))


class CuedField(_FieldBase):
    """A field whose value can stand beside words."""

    cues: Cues = Cues()
    """By which words a story that was not asked tells this field."""


class ChoiceField(_FieldBase):
    type: Literal["choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]


class MultiChoiceField(_FieldBase):
    type: Literal["multi_choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]


class BooleanField(_FieldBase):
    type: Literal["boolean"]
    yes: Phrases = Phrases()
    """What says yes to this question without the word: 冒烟 to "any danger?". `…` stands for anything between."""
    no: Phrases = Phrases()
    """... and no: 没问题 to "do they dispute it?"."""
    cues: YesNoCues = YesNoCues()


class TextField(CuedField):
    type: Literal["text"]
    min_length: Annotated[int, Field(ge=1)] = 1
    """Characters."""
    max_length: Annotated[int, Field(ge=1, le=4000)] = 2000
    """Characters."""


class NumberField(CuedField):
    type: Literal["number"]
    min: int | float | None = None
    max: int | float | None = None
    integer: bool = False


class MoneyField(CuedField):
    type: Literal["money"]
    min: int | float | None = None
    """Yuan."""
    max: int | float | None = None
    """Yuan."""


class DateField(CuedField):
    type: Literal["date"]
    past: bool = False
    """Must not lie after today."""
    future: bool = False
    """Must not lie before today."""


class PhoneField(_FieldBase):
    type: Literal["phone"]


class UsccField(_FieldBase):
    type: Literal["uscc"]


class DistrictField(CuedField):
    """A place in the city's own tree of districts."""

    type: Literal["district"]


class AddressField(CuedField):
    type: Literal["address"]


class LocationField(_FieldBase):
    type: Literal["location"]


class AttachmentField(_FieldBase):
    type: Literal["attachment"]
    accept: Annotated[tuple[Literal["photo", "file", "voice", "video"], ...], Field(min_length=1)] = (
        "photo",
        "file",
        "voice",
        "video",
    )
    max_files: Annotated[int, Field(ge=1, le=20)] = 9


TemplateField = (
    ChoiceField
    | MultiChoiceField
    | BooleanField
    | TextField
    | NumberField
    | MoneyField
    | DateField
    | PhoneField
    | UsccField
    | DistrictField
    | AddressField
    | LocationField
    | AttachmentField
)

FIELD_TYPES: Mapping[str, type[_FieldBase]] = {
    get_args(model.model_fields["type"].annotation)[0]: model for model in get_args(TemplateField)
}
"""The model of each type of field."""


class Use(_Strict):
    """Stands for the fields of a shared block of `_blocks.yaml`, at this place."""

    use: FieldId


def _tag(value: Any) -> Any:
    if isinstance(value, Mapping):
        return "use" if "use" in value else value.get("type")
    return "use" if isinstance(value, Use) else getattr(value, "type", None)


Entry = Annotated[
    Annotated[ChoiceField, Tag("choice")]
    | Annotated[MultiChoiceField, Tag("multi_choice")]
    | Annotated[BooleanField, Tag("boolean")]
    | Annotated[TextField, Tag("text")]
    | Annotated[NumberField, Tag("number")]
    | Annotated[MoneyField, Tag("money")]
    | Annotated[DateField, Tag("date")]
    | Annotated[PhoneField, Tag("phone")]
    | Annotated[UsccField, Tag("uscc")]
    | Annotated[DistrictField, Tag("district")]
    | Annotated[AddressField, Tag("address")]
    | Annotated[LocationField, Tag("location")]
    | Annotated[AttachmentField, Tag("attachment")]
    | Annotated[Use, Tag("use")],
    Discriminator(_tag),
]
"""A line of `fields`: a field, told by its type, or the use of a block."""


class Template(_Strict):
    """One scenario: what to ask so that a department can act at once."""

    id: ScenarioId
    version: Annotated[int, Field(ge=1)]
    category: Category
    title: Wording
    summary: Wording
    """One sentence: what belongs here."""
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    """With more than one, the person is asked first which it is (the field is then called `kind`)."""
    examples: Phrases
    """What people say when they mean this scenario."""
    subject: Wording
    """Title of the ticket; `{field}` stands for an answer as shown."""
    story: FieldId
    """The text field that tells what happened."""
    district: FieldId
    """The field that says where, for the duty list."""
    headline: FieldId | Literal[""] = ""
    """The text field that is the story in one short sentence; not asked where the story was told first."""
    hidden_reporter: bool = False
    """Whether the ticket hides who reported (举报)."""
    urgent_if: Condition | None = None
    opening: Wording | None = None
    """Said at the start, such as a utility's own hotline."""
    voice: TemplateVoice = TemplateVoice()
    fields: Annotated[tuple[Entry, ...], Field(min_length=1)]

    @cached_property
    def localized_title(self) -> Localized:
        return self.title.said_as(self.voice.title)


class Blocks(_Strict):
    """The shared blocks of `_blocks.yaml`."""

    blocks: Mapping[FieldId, Annotated[tuple[Entry, ...], Field(min_length=1)]]
    """The block `kind` asks for the kind of request, with an option for each."""
