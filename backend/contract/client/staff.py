"""The staff's part of the API client: who they are, their accounts in messengers, their log-ins."""

from __future__ import annotations

from urllib.parse import quote

from backend.contract.client.transport import Resource
from backend.contract.models.log_ins import FailedLogInPage, LogInList
from backend.contract.models.messengers import BindIn, BindingCodeOut
from backend.contract.models.staff import StaffOut


class Staff(Resource):
    async def view_staff(self) -> StaffOut:
        return await self._get(StaffOut, "/staff/me")

    async def make_binding_code(self) -> BindingCodeOut:
        return await self._ask(BindingCodeOut, "POST", "/staff/binding-codes")

    async def bind(self, request: BindIn, *, key: str) -> StaffOut:
        """Bind the account acted for to the owner of the code."""
        return await self._ask(StaffOut, "POST", "/staff/bindings", request, key=key)

    async def list_log_ins(self) -> LogInList:
        return await self._get(LogInList, "/staff/me/log-ins")

    async def end_log_in(self, log_in: str, *, key: str) -> None:
        await self._tell("DELETE", f"/staff/me/log-ins/{quote(log_in, safe='')}", key=key)

    async def end_other_log_ins(self, *, key: str) -> None:
        await self._tell("DELETE", "/staff/me/log-ins", key=key)

    async def list_failed_log_ins(self, *, cursor: str | None = None, limit: int = 50) -> FailedLogInPage:
        """For auditors; that they read it is logged."""
        return await self._get(FailedLogInPage, "/failed-log-ins", cursor=cursor, limit=limit)
