"""Short messages over HTTP: what the gateway is sent, and what its answers mean."""

import aiohttp
import pytest

from ivr.outbound.sms import Sms, SmsFailed, SmsSettings
from tests.ivr.calls.gateway import TOKEN, gateway

TO = "+8613800138000"


async def test_the_gateway_gets_number_text_and_key() -> None:
    async with gateway() as office, aiohttp.ClientSession() as session:
        await Sms(session, office.settings).send(TO, "已收到您的诉求。", "261123000017.1.received", "zh_CN")
    assert office.taken == [
        {"to": TO, "text": "已收到您的诉求。", "key": "261123000017.1.received", "language": "zh_CN"}
    ]
    [headers] = office.headers
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Idempotency-Key"] == "261123000017.1.received"


async def test_a_gateway_without_a_token_is_shown_none() -> None:
    async with gateway() as office, aiohttp.ClientSession() as session:
        await Sms(session, SmsSettings(office.url, "")).send(TO, "text", "key")
    assert "Authorization" not in office.headers[0]


@pytest.mark.parametrize(("status", "retry"), [(400, False), (422, False), (429, True), (500, True), (503, True)])
async def test_a_refusal_says_whether_to_try_again(status: int, retry: bool) -> None:
    async with gateway() as office, aiohttp.ClientSession() as session:
        office.refusals = [status]
        with pytest.raises(SmsFailed, match=str(status)) as failed:
            await Sms(session, office.settings).send(TO, "text", "key")
    assert failed.value.retry is retry
    assert not office.taken


async def test_a_gateway_that_is_away_is_tried_again() -> None:
    async with gateway() as office:
        settings = office.settings
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SmsFailed) as failed:
            await Sms(session, settings).send(TO, "text", "key")
    assert failed.value.retry
    assert TO not in str(failed.value)
