"""What a person could not say, or did not get to: the seat sees at once what is missing."""

from dialogs.events import Gone, Leaving
from tests.backend.city import new_ticket
from tests.dialogs.conftest import Town
from tests.dialogs.test_leaving import CALLER, HALF, Caller


def left(field: str, label: str, shown: str) -> dict[str, object]:
    return {"field": field, "label": {"zh": label, "en": field}, "value": None, "shown": {"zh": shown, "en": "(later)"}}


async def test_a_seat_sees_first_what_it_has_to_ask(town: Town) -> None:
    answers = [
        {**left("since", "从哪天开始", "11月1日"), "value": "2026-11-01"},
        left("enterprise_name", "企业名称", "（待坐席核对）"),
        left("contact_name", "怎么称呼", "（待坐席核对）"),
        left("photo", "照片", "（待本人网上补充）"),
    ]
    ticket = new_ticket(scenario="other", unclear=True, answers=answers)
    receipt = await town.backend.client.acting_as("phone:+8613800138000").file_ticket(ticket, key=town.backend.key())
    seat = town.staff("seat-1")
    await seat.sends(f"ticket:{receipt.number}")
    before, _, after = seat.text.partition("❗ 企业名称、怎么称呼（待坐席核对）\n❗ 照片（待本人网上补充）")
    assert ticket.story not in before
    assert ticket.story in after
    assert "企业名称：" not in seat.text
    assert "从哪天开始：11月1日" in after


async def test_of_a_talk_that_broke_off_the_seat_sees_what_was_not_said(town: Town) -> None:
    caller = Caller(town)
    await caller.does(*HALF, Gone(Leaving.HUNG_UP))
    [ticket] = (await town.backend.client.acting_as(CALLER.key).list_tickets()).items
    seat = town.staff("seat-1")
    await seat.sends(f"ticket:{ticket.number}")
    [missing] = [line for line in seat.text.splitlines() if line.startswith("❗")]
    assert missing.endswith("（待坐席核对）")
    labels = set(missing.removeprefix("❗ ").removesuffix("（待坐席核对）").split("、"))
    assert {"企业名称", "联系人"} <= labels
    assert "联系电话" not in labels  # the number that called is known
