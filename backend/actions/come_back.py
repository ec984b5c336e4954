"""A person who had shut us out is there again: they are told once what they missed, if it is still of use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.contract.notices import KINDS
from backend.contract.notices.to_enterprise import Completed, QuestionAsked, RatingReminder
from backend.storage import identities, notices
from backend.storage.notices import Missed
from backend.work.context import Context


async def come_back(context: Context, channel: str, external_id: str) -> None:
    """Harmless to repeat, and for who never was away. Needs a transaction."""
    contact_id = await identities.reachable_again(channel, external_id)
    if contact_id is None:
        return  # staff have their page
    if told := _of_use(await notices.missed(contact_id, channel, external_id)):
        await notices.send_again(told, context.now)
        context.wakes.add(channel)


def _of_use(missed: Sequence[Missed]) -> list[int]:
    """In order; of the answers to one ticket the last, which asks for the rating too, so that no reminder is needed."""
    latest = {one.ticket_id: one.id for one in missed if one.template == Completed.template}
    return [one.id for one in missed if _is_of_use(one, latest)]


def _is_of_use(one: Missed, answers: Mapping[int, int]) -> bool:
    kind = KINDS.get(one.template)
    if kind is None or one.state not in kind.of_use_in:
        return False
    if kind is Completed:
        return answers[one.ticket_id] == one.id
    if kind is RatingReminder:
        return one.ticket_id not in answers
    return kind is not QuestionAsked or one.asks
