"""Short messages over HTTP: what the gateway is sent, and what its answers mean."""

import re
from dataclasses import replace

import aiohttp
import pytest

from ivr.outbound.sms import Sms, SmsFailed, SmsSettings
from tests.ivr.calls.gateway import TOKEN, gateway

TO = "+8613800138000"


async def test_the_gateway_gets_number_text_and_key() -> None:
    async with gateway() as office, aiohttp.ClientSession() as session:
        await Sms(session, office.settings).send(TO, "已收到您的诉求。", "261123000017.1.received", "zh_CN")
    [body], [headers] = office.taken, office.headers
    key = headers["Idempotency-Key"]
    assert body == {"to": TO, "text": "已收到您的诉求。", "key": key, "language": "zh_CN"}
    assert headers["Authorization"] == f"Bearer {TOKEN}"


async def test_a_key_is_the_same_at_every_try_and_tells_neither_number_nor_ticket() -> None:
    notice = f"261123000017.1.received.phone.{TO}"
    async with gateway() as office, aiohttp.ClientSession() as session:
        for one in (notice, notice, notice.replace("000017", "000018")):
            await Sms(session, office.settings).send(TO, "text", one)
        other = replace(office.settings, secret="of-another-city")
        await Sms(session, other).send(TO, "text", notice)
    first, again, of_another, elsewhere = [headers["Idempotency-Key"] for headers in office.headers]
    assert first == again
    assert len({first, of_another, elsewhere}) == 3
    for key in (first, of_another, elsewhere):
        assert re.fullmatch("[0-9a-f]{32}", key)


async def test_a_gateway_without_a_token_is_shown_none() -> None:
    async with gateway() as office, aiohttp.ClientSession() as session:
        await Sms(session, SmsSettings(office.url, "", "secret")).send(TO, "text", "key")
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


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_message_is_never_posted_elsewhere(status: int) -> None:
    """A GET after a redirect is no message, and a POST after one tells the code to somebody else."""
    async with gateway() as office, gateway() as elsewhere, aiohttp.ClientSession() as session:
        office.refusals, office.leads_to = [status], elsewhere.url
        with pytest.raises(SmsFailed, match=str(status)) as failed:
            await Sms(session, office.settings).send(TO, "text", "key")
    assert failed.value.retry
    assert not elsewhere.headers
    assert not office.taken
