"""The log-ins' part of the API client: passwords, second factors, sessions of the staff page.

What a password or a code is asked for is not tried again: a try may be counted, and a code is taken once.
"""

from __future__ import annotations

from backend.contract.client.transport import Resource
from backend.contract.models.log_ins import LogIn, LogInCodeIn, PasswordIn, SessionOut
from backend.contract.models.second_factor import CodeIn, EnrolIn, RecoveryCodesOut, SecondFactorOut, SecretOut
from backend.contract.models.staff import StaffOut

_SECOND_FACTOR = "/staff/me/second-factor"


class LogIns(Resource):
    async def log_in(self, request: LogIn) -> SessionOut:
        """Name and password for a session's token. Raises CodeNeeded."""
        return await self._ask(SessionOut, "POST", "/staff/sessions", request, repeat=False)

    async def finish_log_in(self, request: LogInCodeIn) -> SessionOut:
        """The second step after CodeNeeded."""
        return await self._ask(SessionOut, "POST", "/staff/sessions/second-step", request, repeat=False)

    async def check_log_in(self) -> StaffOut:
        """Whether a staff session still holds, without keeping it open."""
        return await self._get(StaffOut, "/staff/sessions/current")

    async def log_out(self, *, key: str) -> None:
        await self._tell("DELETE", "/staff/sessions/current", key=key)

    async def change_password(self, request: PasswordIn) -> None:
        await self._tell("PUT", "/staff/me/password", request, repeat=False)

    async def view_second_factor(self) -> SecondFactorOut:
        return await self._get(SecondFactorOut, _SECOND_FACTOR)

    async def enrol(self, request: EnrolIn) -> SecretOut:
        return await self._ask(SecretOut, "POST", _SECOND_FACTOR, request, repeat=False)

    async def confirm_second_factor(self, request: CodeIn) -> RecoveryCodesOut:
        return await self._ask(RecoveryCodesOut, "POST", f"{_SECOND_FACTOR}/confirm", request, repeat=False)

    async def turn_off_second_factor(self, request: CodeIn) -> None:
        await self._tell("POST", f"{_SECOND_FACTOR}/off", request, repeat=False)
