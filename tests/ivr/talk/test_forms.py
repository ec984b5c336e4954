"""Every scenario can be told by telephone: by voice, by keys alone, and in English."""

import pytest

from dialogs.commands import Verb, command
from dialogs.events import Person, Press
from dialogs.templates.loader import BUILT_IN
from ivr.talk.conversation import Conversation
from tests.ivr.talk.conftest import Exchange
from tests.ivr.talk.robots import RobotLine

SCENARIOS = sorted(path.stem for path in BUILT_IN.glob("[a-z]*.yaml"))


@pytest.mark.parametrize("way", ["voice", "keys", "English"])
async def test_every_scenario_is_filed_whole(exchange: Exchange, way: str) -> None:
    for scenario in SCENARIOS:
        line = RobotLine(hears=way == "voice")
        person = Person("phone", line.call.caller or "")
        talk = Conversation(line, person, exchange.hotline.deps)  # type: ignore[arg-type]
        if way == "English":
            await talk.handle(Press(command(Verb.LANGUAGE, "en")))
        await talk.lead(Press(command(Verb.BEGIN, scenario)))
        said = "\n".join(line.said)
        ticket = await exchange.newest()
        assert ticket.scenario == scenario, said
        assert not ticket.callback, said
        assert ticket.attachments, said  # what was told in free words
        if way == "English":
            assert not [sign for sign in said if "\u4e00" <= sign <= "\u9fff"], said
