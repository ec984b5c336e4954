"""The outbox's way to telephones: some notices are calls, the others short messages."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from backend.contract.client import BackendClient
from backend.contract.errors import BackendError
from backend.contract.models.calls import CallIn
from backend.contract.models.notices import FailedReason, NoticeOut
from backend.contract.notices import read
from backend.contract.phone import CHANNEL, number_of
from backend.contract.words import CallOutcome
from dialogs.delivery.delivery import UndeliverableError
from dialogs.notices import Notices
from dialogs.outputs import Say
from dialogs.wording import Wording
from ivr.call import MediaCall
from ivr.outbound.sms import Sms, SmsFailed
from ivr.sip.dialling import NotReached, Unreached
from ivr.talk.followup import Consent

log = logging.getLogger(__name__)

Dial = Callable[[str], Awaitable[MediaCall]]
FollowUp = Callable[[MediaCall, NoticeOut, asyncio.Future[Consent]], Awaitable[None]]
"""Talks to whoever took up the telephone; tells at once, by the future, whether the notice is being heard."""

_UNREACHED: Mapping[Unreached, FailedReason] = {
    Unreached.BUSY: "busy",
    Unreached.NO_ANSWER: "no_answer",
    Unreached.REFUSED: "no_answer",  # the call was declined, not the follow-up: nobody has said what it is about
    Unreached.FAILED: "temporary",
}
_DECIDED: Mapping[Consent, FailedReason] = {
    Consent.LATER: "no_answer",
    Consent.DECLINED: "declined",
    Consent.NOBODY: "no_answer",
}
_RETRY_SECONDS = 300
_OTHER_CALL_SECONDS = 120
"""Until a person is called who talks to us about something else."""


class PhoneDelivery:
    """Delivers notices of the channel `phone`: a call counts as delivered once the person wants to hear it."""

    def __init__(
        self,
        follow_up: FollowUp,
        client: BackendClient,
        notices: Notices,
        dial: Dial | None,
        sms: Sms | None,
        *,
        engaged: set[str] | None = None,
        now: Callable[[], datetime],
    ) -> None:
        """`dial`: None where no calls can be made; `sms`: None where there is no gateway; `engaged`: the numbers that
        ring or talk, shared with whoever takes calls.
        """
        self._follow_up = follow_up
        self._client = client
        self._notices = notices
        self._now = now
        self._dial = dial
        self._sms = sms
        self._calls: set[asyncio.Task[None]] = set()
        self._engaged = engaged if engaged is not None else set()

    @property
    def name(self) -> str:
        return CHANNEL

    def open_addresses(self) -> None:
        """Anybody can be reached; the backend hands out calls in the policy's hours only."""
        return

    async def deliver(self, notice: NoticeOut) -> None:
        """Raises UndeliverableError."""
        number = number_of(CHANNEL, notice.address)
        if number is None:
            raise UndeliverableError("unsupported")
        if read(notice.template, notice.args).called:
            await self._call(notice, number)
        else:
            await self._write(notice, number)

    async def stop(self) -> None:
        """Wait for the calls under way."""
        if self._calls:
            await asyncio.wait(self._calls)

    async def _write(self, notice: NoticeOut, number: str) -> None:
        if self._sms is None:
            raise UndeliverableError("unsupported")
        wording = Wording(notice.language)
        said = [output for output in self._notices.outputs(notice, self._now()) if isinstance(output, Say)]
        text = "\n".join(wording.text(one.text) for one in said)
        try:
            await self._sms.send(number, text, notice.key, notice.language)
        except SmsFailed as error:
            log.warning("a short message was not taken", extra={"notice": notice.id, "why": str(error)})
            raise UndeliverableError("temporary" if error.retry else "refused", _RETRY_SECONDS) from error

    async def _call(self, notice: NoticeOut, number: str) -> None:
        if self._dial is None:
            raise UndeliverableError("unsupported")
        if number in self._engaged:
            raise UndeliverableError("temporary", _OTHER_CALL_SECONDS)
        self._engaged.add(number)
        try:
            call = await self._reached(notice, number)
        except BaseException:
            self._engaged.discard(number)
            raise
        decided: asyncio.Future[Consent] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._talk(call, notice, decided), name=f"follow-up {notice.id}")
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        task.add_done_callback(lambda _: self._engaged.discard(number))
        consent = await asyncio.shield(decided)  # the talk goes on, and tells it, though nobody waits for it any more
        if consent is not Consent.YES:
            raise UndeliverableError(_DECIDED[consent], _RETRY_SECONDS)

    async def _reached(self, notice: NoticeOut, number: str) -> MediaCall:
        assert self._dial is not None
        try:
            return await self._dial(number)
        except NotReached as error:
            log.info("nobody was reached", extra={"notice": notice.id, "why": error.reason})
            raise UndeliverableError(_UNREACHED[error.reason], _RETRY_SECONDS) from error
        except ValueError as error:
            raise UndeliverableError("gone") from error

    async def _talk(self, call: MediaCall, notice: NoticeOut, decided: asyncio.Future[Consent]) -> None:
        began = time.monotonic()
        try:
            await self._follow_up(call, notice, decided)
        except Exception:
            log.exception("a follow-up call failed", extra={"notice": notice.id, "call": call.id})
        finally:
            await call.hangup()
            if not decided.done():
                decided.set_result(Consent.NOBODY)
        if decided.result() is Consent.YES and notice.ticket:
            await self._record(notice, notice.ticket, round(time.monotonic() - began))

    async def _record(self, notice: NoticeOut, ticket: str, seconds: int) -> None:
        request = CallIn(outcome=CallOutcome.ANSWERED, notice=notice.id, seconds=seconds)
        try:
            await self._client.record_call(ticket, request, key=f"call-{notice.id}-{notice.attempts}")
        except BackendError as error:
            log.warning("a call was not recorded", extra={"notice": notice.id, "code": error.code})
