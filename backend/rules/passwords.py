"""Passwords that anybody would try: the commonest, patterns of keys, and ones that hold the account's name.

NIST SP 800-63B, 5.1.1.2: eight characters at least, none of the common ones, and no other rule of composition.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

LEAST = 8
"""Characters."""

_COMMON = frozenset(
    """
    password passw0rd p@ssw0rd p@ssword qwerty qwertyuiop qazwsx qazwsxedc 1qaz2wsx 1qaz2wsx3edc zaq12wsx asdfgh
    asdfghjkl zxcvbn zxcvbnm iloveyou letmein welcome admin administrator root superman
    batman dragon monkey football baseball
    sunshine princess master shadow michael jordan trustno1 whatever starwars computer internet samsung google abc abcd
    abcdef abcdefg aabbcc abcabc test guest user login changeme default secret hello freedom killer hunter pokemon
    woaini woaiwojia woaini1314 5201314 1314520 5211314 woshishui woshini nihao nihaoma xiaoming zhangsan lisi wangwu
    wocao caonima tiankong zhongguo china beijing shanghai guangzhou shenzhen aini iloveu taobao tencent weixin alibaba
    huawei xiaomi liuyang wanglei zhangwei liwei wangwei zhanghao lining wangjing mima wodemima gongzuo zhengwu zhengfu
    jiesu hotline shizhang fuwu qiye rexian dearbook
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
"""The letters of the commonest, by what leaked lists of Chinese and English sites share; ends of digits are cut off."""
_ROWS = ("01234567890", "09876543210", "qwertyuiop", "poiuytrewq", "asdfghjkl", "lkjhgfdsa", "zxcvbnm", "mnbvcxz")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_RUNS = (*_ROWS, _ALPHABET, _ALPHABET[::-1])
_LEET = str.maketrans("@0$1!3", "aosiie")


def is_common(password: str, username: str = "", hotlines: Collection[str] = ()) -> bool:
    """Whether a list or a pattern that attackers try first holds it, or it holds the account's name or a number by
    which people know the `hotlines`.
    """
    plain = unicodedata.normalize("NFKC", password).casefold()
    kept = re.sub(r"[\W_]", "", plain)
    return len(password) < LEAST or _personal(kept, username.casefold(), hotlines) or _listed(plain) or _patterned(kept)


def _personal(kept: str, username: str, hotlines: Collection[str]) -> bool:
    name = re.sub(r"[\W_]", "", username)
    return (len(name) >= 4 and name in kept) or any(number in kept for number in hotlines)


def _listed(plain: str) -> bool:
    """Itself, or with the digits and marks that people put before and behind: woaini1314, a123456, Admin@2026."""
    forms = {plain, plain.translate(_LEET)}
    cores = {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", form) for form in forms}
    return bool((forms | cores) & _COMMON) or any(len(core) <= 3 and len(plain) < 16 for core in cores)


def _patterned(kept: str) -> bool:
    """One piece again and again, or runs of keys and of the alphabet that hold all but a few characters."""
    if re.fullmatch(r"(.{1,4})\1+", kept) or len(set(kept)) <= 3:
        return True
    left = kept
    for run in _RUNS:
        for size in range(min(len(run), len(left)), 3, -1):
            for start in range(len(run) - size + 1):
                left = left.replace(run[start : start + size], "")
    return len(left) <= 3
