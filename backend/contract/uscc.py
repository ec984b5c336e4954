"""Which unified social credit codes 统一社会信用代码 there can be: one rule for who asks for one and who keeps it."""

from __future__ import annotations

import re

from stdnum.cn.uscc import calc_check_digit

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015 leaves out I, O, S, V and Z."""
PATTERN = r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
"""Registering authority, which may be a letter (A, N and Y register too), kind of body, region in digits, organisation,
check character."""


def is_valid(code: str) -> bool:
    """Whether its form and its check character are right.

    Not `stdnum.cn.uscc.validate`: that wants digits in the first two places too.
    """
    return re.fullmatch(PATTERN, code, re.ASCII) is not None and calc_check_digit(code[:-1]) == code[-1]
