"""Texts that end or tell something hold something that can be seen, in every request of the API."""

import inspect
import typing
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from backend.contract import models
from backend.contract.acts.look import LookIn
from backend.contract.models.base import Request
from backend.contract.models.contact_requests import AdditionIn, RateIn, WithdrawIn
from backend.contract.visible import visible

UNSEEN = (
    "\u200b",
    "\u0301",
    "\u2800",
    "\u3164",
    "\uffa0",
    "\u115f\u1160",
    "\u00a0",
    " \n\t",
    "\ufeff\u2060\u00ad",
    "\ufe0f",
)
FREE = {("FieldAnswer", "shown"), ("Place", "label"), ("FieldAnswer", "value")}
"""What a form holds and how a place is called: nothing is ended or told by these alone."""
SECRET = {
    *(
        ("LogIn", "password"),
        ("LogIn", "device"),
        ("PasswordIn", "old"),
        ("PasswordIn", "new"),
        ("EnrolIn", "password"),
    ),
    *(("CodeIn", "code"), ("LogInCodeIn", "code"), ("LogInCodeIn", "ticket"), ("LogInCodeIn", "device")),
}


@pytest.mark.parametrize("text", UNSEEN)
def test_what_nobody_sees_counts_as_nothing(text: str) -> None:
    assert visible(text) == 0
    assert visible(f"{text}已修{text}好{text}") == 3


def test_letters_signs_and_pictures_are_seen() -> None:
    assert [visible(text) for text in ("是", "OK", "。", "👍", "é", "e\u0301", "—", "བོད་")] == [1, 2, 1, 1, 1, 1, 1, 3]


def _fields() -> list[tuple[str, str, Any]]:
    modules = [import_module(f"{models.__name__}.{module.name}") for module in iter_modules(models.__path__)]
    classes = {one for module in modules for _, one in inspect.getmembers(module, inspect.isclass)}
    requests = sorted((one for one in classes if issubclass(one, Request)), key=lambda one: one.__name__)
    return [
        (one.__name__, name, typing.get_type_hints(one, include_extras=True)[name])
        for one in requests
        for name in one.model_fields
    ]


def _takes(hint: Any, text: str) -> Any:
    try:
        return TypeAdapter(hint).validate_python(text)
    except (ValidationError, TypeError):
        return None


def test_no_text_of_any_request_can_be_blank() -> None:
    """A new field that takes words is held to it, whoever adds it."""
    taken = [
        (model, name)
        for model, name, hint in _fields()
        if (model, name) not in FREE | SECRET
        and not (isinstance(hint, type) and issubclass(hint, BaseModel))
        and any(_takes(hint, text) for text in UNSEEN)
    ]
    assert taken == []
    assert len([1 for _, _, hint in _fields() if _takes(hint, "已修好，谢谢")]) > 25


@pytest.mark.parametrize("text", UNSEEN)
def test_words_that_may_be_left_out_are_left_out_when_nobody_sees_them(text: str) -> None:
    assert AdditionIn(text=text).text == ""
    assert WithdrawIn(reason=text).reason == ""
    assert LookIn(reason=text).reason == ""
    assert RateIn.model_validate({"grade": "satisfied", "solved": True, "comment": text}).comment == ""
