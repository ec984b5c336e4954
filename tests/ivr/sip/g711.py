"""G.711, A-law and µ-law, written from the recommendation."""

from array import array

A_LAW, MU_LAW = 8, 0
"""Payload types of RFC 3551."""
QUIET = {A_LAW: 0xD5, MU_LAW: 0xFF}


def _expand_a(code: int) -> int:
    code ^= 0x55
    segment, step = (code >> 4) & 7, code & 15
    size = (step * 2 + 1) << 3 if segment == 0 else (step * 2 + 33) << (segment + 2)
    return size if code & 0x80 else -size


def _expand_mu(code: int) -> int:
    code = ~code & 0xFF
    size = (((code & 15) * 2 + 33) << ((code >> 4) & 7) + 2) - 132
    return -size if code & 0x80 else size


LINEAR = {A_LAW: [_expand_a(code) for code in range(256)], MU_LAW: [_expand_mu(code) for code in range(256)]}
"""What each code means, 16 bits."""
_CODES = {
    law: bytes(min(range(256), key=lambda code: abs(table[code] - sample)) for sample in range(-32768, 32768, 64))
    for law, table in LINEAR.items()
}


def encode(pcm: bytes, law: int = A_LAW) -> bytes:
    codes = _CODES[law]
    return bytes(codes[(sample + 32768) >> 6] for sample in array("h", pcm))


def decode(codes: bytes, law: int = A_LAW) -> bytes:
    table = LINEAR[law]
    return array("h", (table[code] for code in codes)).tobytes()
