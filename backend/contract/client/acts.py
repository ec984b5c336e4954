"""The acts' part of the API client: what staff do with tickets and assignments."""

from __future__ import annotations

from backend.contract.acts.act import Act, AnswerT, RequestT
from backend.contract.client.transport import Call, Resource
from backend.contract.models.staff import ColleagueList


class Acts(Resource):
    async def do(self, act: Act[RequestT, AnswerT], subject: str | int, request: RequestT, *, key: str) -> AnswerT:
        """Do it with a ticket by its number, or with an assignment by its id."""
        return act.read(await self.transport.exchange(Call("POST", act.address(subject), request, key)))

    async def list_takers(self, assignment: int) -> ColleagueList:
        return await self._get(ColleagueList, f"/assignments/{assignment}/takers")
