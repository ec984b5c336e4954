"""The time of a piece of work is that of its turn, for all it writes."""

from datetime import datetime, timedelta

import pytest

from backend import models
from backend.actions.add_material import add_material
from backend.actions.contacts import contact_actor
from backend.contract.acts import ANSWER_INTERIM, ASK, REPLY, SIGN
from backend.contract.acts.answer_interim import InterimIn
from backend.contract.acts.ask import AskIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.models.contact_requests import AdditionIn, AnswerQuestionIn, RateIn
from backend.contract.words import Grade
from backend.database import transaction
from tests.backend.city import MONDAY, Backend, Clock, new_ticket


async def test_who_waited_for_another_did_not_act_before_that_one(backend: Backend) -> None:
    person = backend.client.acting_as("telegram:1")
    number = (await person.file_ticket(new_ticket(), key=backend.key())).number
    asked_first = await backend.context()
    backend.clock.move(seconds=3)
    await person.add_material(number, AdditionIn(text="后来，先写完"), key=backend.key())
    async with transaction():
        actor = await contact_actor(asked_first, "telegram", "1")
        await add_material(asked_first, actor, number, AdditionIn(text="先来，等了三秒"))
    times = [one.at for one in (await person.list_events(number)).items]
    assert times == sorted(times)
    assert times[-1] == MONDAY + timedelta(seconds=3)


async def test_what_an_act_leaves_has_the_time_of_its_event(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a clock that goes on whenever it is looked at, as a real one does."""
    person, unit = backend.client.acting_as("telegram:1"), backend.staff("power-1")
    number = (await person.file_ticket(new_ticket(), key=backend.key())).number
    part = (await unit.view_ticket(number)).assignments[0].id
    looks = iter(range(10**6))

    def ticking(_clock: Clock) -> datetime:
        return MONDAY + timedelta(milliseconds=next(looks))

    monkeypatch.setattr(Clock, "__call__", ticking)
    version = (await unit.view_ticket(number)).version
    version = (await unit.do(SIGN, part, SignIn(version=version), key=backend.key())).version
    asked = await unit.do(ASK, part, AskIn(version=version, text="开关跳了没有？"), key=backend.key())
    await person.answer_question(asked.questions[0].id, AnswerQuestionIn(text="没有"), key=backend.key())
    version = (await unit.view_ticket(number)).version
    told = await unit.do(ANSWER_INTERIM, part, InterimIn(version=version, text="在路上"), key=backend.key())
    version = told.version
    await unit.do(REPLY, part, ReplyIn(version=version, text="好了"), key=backend.key())
    await person.rate(number, RateIn(grade=Grade.SATISFIED, solved=True), key=backend.key())

    at = {one.kind: one.at for one in (await unit.list_events(number)).items}
    row, question = await models.Assignment.get(id=part), await models.Question.get(assignment_id=part)
    rating = await models.Rating.get(ticket__number=number)
    assert (row.signed_at, row.interim_at, row.replied_at) == (at["signed"], at["interim"], at["replied"])
    assert (question.asked_at, question.answered_at) == (at["asked"], at["answered"])
    assert rating.at == at["rated"]
