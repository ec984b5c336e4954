"""Digest authentication (RFC 2617, MD5) as a registrar asks for it and checks it."""

import hashlib
import re
from dataclasses import dataclass

NONCE = "f84f1cec41e6cbe5aea9c8e88d359"


@dataclass(frozen=True)
class Account:
    user: str
    password: str
    realm: str = "city"

    @property
    def challenge(self) -> str:
        return f'Digest realm="{self.realm}", nonce="{NONCE}", algorithm=MD5, qop="auth"'

    def proved(self, method: str, header: str) -> bool:
        """Whether an Authorization header was made by one who knows the password."""
        given = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', header)}
        if (given.get("username"), given.get("nonce"), given.get("realm")) != (self.user, NONCE, self.realm):
            return False
        secret = _hash(f"{self.user}:{self.realm}:{self.password}")
        asked = _hash(f"{method}:{given['uri']}")
        proof = _hash(":".join([secret, NONCE, given["nc"], given["cnonce"], given["qop"], asked]))
        return bool(proof == given["response"])


def _hash(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
