"""What an enterprise has written and not sent is never dropped by a press that means something else."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.contract.client import ContactClient
from dialogs.drafts import DraftKeeper
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Gone, Incoming, Leaving, Person
from dialogs.sessions import MemorySessions
from tests.built_in import built_in_scenarios
from tests.dialogs.chats import MONDAY, Chat
from tests.dialogs.contact_twin import ASKED, CITY, DONE, OPEN, ContactTwin

WRITTEN = "泵房也停了"


@pytest.fixture
def twin() -> ContactTwin:
    return ContactTwin(phone=None)


@pytest.fixture
def chat(twin: ContactTwin) -> Chat:
    talk = EnterpriseTalk(
        lambda _: ContactClient(twin),
        MemorySessions(),
        built_in_scenarios(),
        CITY,
        ZoneInfo("Asia/Shanghai"),
        drafts=DraftKeeper(delay=0),
    )
    return Chat(talk, Person("telegram", "4711"))


@pytest.mark.parametrize("pressed", [f"grade:{DONE}:satisfied", f"solved:{DONE}:satisfied:yes", f"rate:{DONE}"])
async def test_a_grade_for_another_ticket_asks_first(chat: Chat, twin: ContactTwin, pressed: str) -> None:
    """The buttons of a notice that comes in the middle."""
    await chat.sends(f"add:{OPEN}")
    await chat.says(WRITTEN)
    await chat.sends(pressed)
    assert "还没有提交" in chat.text
    await chat.presses("继续")
    await chat.sends("done")
    [call] = twin.calls
    assert call["request"] == {"text": WRITTEN, "attachments": []}


async def test_a_rating_goes_on_by_its_own_buttons(chat: Chat, twin: ContactTwin) -> None:
    await chat.says("师傅来得很快")
    for pressed in (f"rate:{DONE}", f"grade:{DONE}:satisfied", f"solved:{DONE}:satisfied:yes"):
        await chat.sends(pressed)
    [call] = twin.calls
    assert call["request"]["comment"] == "师傅来得很快"


@pytest.mark.parametrize(
    ("begin", "asked"), [(f"withdraw:{OPEN}", "确定要撤回"), ("human", "电话"), (f"correct:{OPEN}:name", "")]
)
async def test_going_on_shows_again_what_is_asked(chat: Chat, begin: str, asked: str) -> None:
    await chat.sends(begin)
    await chat.says(WRITTEN)
    await chat.sends(f"add:{ASKED}")
    assert "还没有提交" in chat.text
    await chat.presses("继续")
    assert "用不上" not in chat.text
    assert asked in chat.text


async def test_words_to_a_rating_that_was_never_given_go_to_a_seat(chat: Chat, twin: ContactTwin) -> None:
    await chat.says(WRITTEN)
    await chat.sends(f"rate:{DONE}")
    gone = Incoming(chat.person, "gone", MONDAY + timedelta(minutes=9), Gone(Leaving.HUNG_UP))
    await chat.talk.handle(gone)
    [call] = twin.calls
    assert call["call"] == "POST /tickets"
    assert call["request"]["story"] == WRITTEN


@pytest.mark.parametrize("payload", ["", "other", "no-such-matter"])
async def test_starting_anew_asks_first(chat: Chat, twin: ContactTwin, payload: str) -> None:
    """`/start`, a link or a code scanned once more, in the middle of something."""
    await chat.sends(f"add:{OPEN}")
    await chat.says(WRITTEN)
    await chat.starts(payload)
    assert "还没有提交" in chat.text
    await chat.presses("继续")
    await chat.sends("done")
    assert [call["request"]["text"] for call in twin.calls] == [WRITTEN]


async def test_starting_anew_with_nothing_written_starts(chat: Chat) -> None:
    await chat.sends(f"add:{OPEN}")
    await chat.starts()
    assert "还没有提交" not in chat.text


async def test_a_button_of_the_form_below_asks_first(chat: Chat, twin: ContactTwin) -> None:
    await chat.starts("other")
    await chat.sends(f"add:{OPEN}")
    await chat.says(WRITTEN)
    await chat.presses("求助")
    assert "还没有提交" in chat.text
    await chat.presses("继续")
    await chat.sends("done")
    assert [call["request"]["text"] for call in twin.calls if "text" in call["request"]] == [WRITTEN]
