"""The authenticator app of a member of staff: enrolled, asked for at each log-in, recovered from, turned off.

TOTP as in RFC 6238 with what every app can do: SHA-1, 6 digits, half minutes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
import secrets
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

import pyotp

from backend import models
from backend.actions import accounts, sessions
from backend.contract.errors import BadCode, Forbidden, WrongPassword, WrongState
from backend.contract.faults import NamedFault, OperatorError
from backend.contract.message import Message
from backend.contract.models.second_factor import CodeIn, EnrolIn, RecoveryCodesOut, SecondFactorOut, SecretOut
from backend.database import transaction
from backend.rules.actor import SYSTEM, Actor, ActorKind
from backend.storage import access_log, second_factors
from backend.work import password_hashes
from backend.work.context import Context

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_log = logging.getLogger(__name__)

_STEP = 30
"""Seconds for which a code holds."""
_SLACK = 1
"""Steps that the clock of a telephone may be off, either way."""
_RECOVERY_CODES = 8
_RECOVERY_LENGTH = 10
"""Characters of base32: 50 random bits."""
_ISSUER = "jiesu"


async def view(context: Context, actor: Actor) -> SecondFactorOut:
    own = _own_page(actor)
    return SecondFactorOut(
        on=await second_factors.is_on(own),
        required=context.policy.log_ins.needs_second_factor(actor.roles),
        recovery_codes=await second_factors.recovery_codes_left(own),
    )


async def enrol(context: Context, actor: Actor, request: EnrolIn) -> SecretOut:
    """A new secret for one's app; it counts once a code of it was right. One begun before is forgotten.

    Raises WrongPassword, or WrongState when there is an app already: that one has to be turned off first, by its code.
    """
    known = await models.Staff.get(id=_own_page(actor))
    if not await password_hashes.matches(known.password_hash, request.password):
        raise WrongPassword
    secret = pyotp.random_base32()
    if not await second_factors.begin(known.id, _seal(context, known.id, secret)):
        raise WrongState("There is an authenticator app already; turn it off first.")
    return SecretOut(secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=known.username, issuer_name=_ISSUER))


async def confirm(context: Context, actor: Actor, request: CodeIn) -> RecoveryCodesOut:
    """From now on each log-in asks for a code. Raises BadCode, or WrongState when nothing is to be confirmed."""
    own = _own_page(actor)
    async with transaction():
        begun = await second_factors.find(own, confirmed=False)
        if begun is None:
            raise WrongState("Begin with a new secret.")
        if not await _take_code(context, begun, request.code):
            raise BadCode
        codes = [_recovery_code() for _ in range(_RECOVERY_CODES)]
        await second_factors.confirm(own, context.now, [_digest(context, own, code) for code in codes])
        await sessions.end_other_sessions(own, actor.log_in)
        await access_log.note(context.now, actor, "second factor on")
    return RecoveryCodesOut(codes=codes)


async def turn_off(context: Context, actor: Actor, request: CodeIn) -> None:
    """Raises BadCode, or Forbidden when the policy asks for it."""
    own = _own_page(actor)
    if context.policy.log_ins.needs_second_factor(actor.roles):
        raise Forbidden("Your role needs an authenticator app.")
    async with transaction():
        if not await take(context, own, request.code):
            raise BadCode
        await second_factors.forget(own)
        await access_log.note(context.now, actor, "second factor off")


async def take(context: Context, staff_id: int, code: str) -> bool:
    """Whether this is a code of the person's app or a recovery code; it is used up. For within a transaction."""
    found = await second_factors.find(staff_id)
    if found is None:
        return False
    if await _take_code(context, found, code):
        return True
    return await second_factors.take_recovery_code(staff_id, _digest(context, staff_id, code))


async def reset(username: str, now: datetime) -> None:
    """For who lost app and recovery codes: forgotten, sessions and bound messengers end (the lost phone may hold
    both), the auditor sees it. Raises OperatorError."""
    async with transaction():
        known = await accounts.account(username)
        if not await second_factors.is_begun(known.id):
            raise OperatorError(NamedFault(username, Message("account.no_app")))
        await second_factors.forget(known.id)
        await accounts.shut_out(known)
        await access_log.note(now, SYSTEM, "second factor reset", reason=username)


async def _take_code(context: Context, factor: models.SecondFactor, code: str) -> bool:
    digits = _plain(code)
    secret = _open(context, factor)
    if secret is None or not re.fullmatch(r"[0-9]{6}", digits, re.ASCII):
        return False
    codes, step = pyotp.TOTP(secret, interval=_STEP), int(context.now.timestamp()) // _STEP
    for near in range(step - _SLACK, step + _SLACK + 1):
        if hmac.compare_digest(codes.generate_otp(near), digits):
            return await second_factors.take_step(factor.staff_id, near)
    return False


def _recovery_code() -> str:
    code = base64.b32encode(secrets.token_bytes(10)).decode().lower()[:_RECOVERY_LENGTH]
    return f"{code[:5]}-{code[5:]}"


def _digest(context: Context, staff_id: int, code: str) -> str:
    """Keyed, and of this person's alone."""
    return hmac.new(context.secret, f"recovery:{staff_id}:{_plain(code)}".encode(), hashlib.sha256).hexdigest()


def _plain(code: str) -> str:
    """As people copy it: spaces, hyphens, capitals and full-width digits do not matter."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code)).lower()


def _seal(context: Context, staff_id: int, secret: str) -> str:
    nonce = secrets.token_bytes(12)
    return base64.b64encode(nonce + _cipher(context).encrypt(nonce, secret.encode(), b"%d" % staff_id)).decode()


def _open(context: Context, factor: models.SecondFactor) -> str | None:
    """None when SECRET_KEY has changed since: the app then has to be reset."""
    from cryptography.exceptions import InvalidTag

    sealed = base64.b64decode(factor.sealed)
    try:
        return _cipher(context).decrypt(sealed[:12], sealed[12:], b"%d" % factor.staff_id).decode()
    except InvalidTag:
        _log.warning("the secret of an authenticator app cannot be opened", extra={"staff": factor.staff_id})
        return None


def _cipher(context: Context) -> AESGCM:
    # Loaded when it is first needed: 6 MB of a backend's memory.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hmac.digest(context.secret, b"second factor", hashlib.sha256))


def _own_page(actor: Actor) -> int:
    """Of who is logged in with the password; a bound messenger is not enough to change what lets one in."""
    if actor.kind is not ActorKind.STAFF or actor.id is None or actor.identity_id is not None:
        raise Forbidden("This is done on the staff page.")
    return actor.id
