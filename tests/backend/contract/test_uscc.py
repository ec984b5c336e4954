"""One rule for credit codes, on both sides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from stdnum.cn.uscc import calc_check_digit

from backend.contract import uscc
from backend.contract.models.contacts import ContactIn, EnterpriseIn
from dialogs.fields import Understood, Uscc
from tests.backend.city import Backend

FRONTS = ["A1445200MA4W1234X", "N2445200MA4W1234X", "Y1445200MA4W1234X", "91445200MA4W1234X"]
"""A body of the People's Congress, a rural collective, one abroad, and a company: all registering authorities."""


def _whole(front: str) -> str:
    return front + calc_check_digit(front)


@pytest.mark.parametrize("front", FRONTS)
async def test_what_the_form_takes_the_backend_keeps(backend: Backend, front: str) -> None:
    code = _whole(front)
    typed = Uscc().parse(code, datetime.now(UTC))
    assert isinstance(typed, Understood)
    request = ContactIn(enterprise=EnterpriseIn(uscc=str(typed.value)))
    kept = await backend.client.acting_as("web:1").update_contact(request, key=backend.key())
    assert kept.enterprise is not None
    assert kept.enterprise.uscc == code


@pytest.mark.parametrize("front", FRONTS)
def test_one_wrong_character_anywhere_is_refused_on_both_sides(front: str) -> None:
    code = _whole(front)
    for index in range(len(code)):
        for other in uscc.ALPHABET:
            wrong = code[:index] + other + code[index + 1 :]
            refused = not isinstance(Uscc().parse(wrong, datetime.now(UTC)), Understood)
            assert refused == (not uscc.is_valid(wrong)) == (other != code[index])


@pytest.mark.parametrize("code", ["", "9" * 18, "91445200MA4W1234XG\n", "91445200ma4w1234xg", "９1445200MA4W1234XG"])
def test_what_is_no_code_at_all(code: str) -> None:
    assert not uscc.is_valid(code)
