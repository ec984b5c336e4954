"""Encrypted calls: SIP over TLS and speech by SRTP with Debian's baresip, and what is refused for want of them."""

import asyncio
import ssl
import subprocess
from ipaddress import ip_network
from pathlib import Path

import pytest

from dialogs.wording import Wording
from ivr.audio import tone
from ivr.call import EndReason
from ivr.sip.dialling import NotReached
from ivr.sip.failed import WorkersFailed
from ivr.sip.settings import SipSettings, Srtp, Tls, Trunk
from ivr.sip.workers import SipWorkers
from tests.ivr.contract import CALLER, PATIENCE, Events
from tests.ivr.desk import Desk
from tests.ivr.sip.desk import dialled, workers
from tests.ivr.sip.phone import Habits, Phone, free_port
from tests.ivr.softphone import needs_baresip, softphone

CRYPTO = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """A certificate for this machine, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return Tls(certificate, key, ca=certificate)


@pytest.fixture
def port() -> int:
    return free_port()


@needs_baresip
async def test_baresip_talks_encrypted(tls: Tls, port: int) -> None:
    desk = Desk()
    async with (
        workers(desk, port, transports=("tls",), tls=tls, srtp=Srtp.REQUIRED),
        softphone(
            "13912345678",
            says=tone(700, 20),
            account=";mediaenc=srtp-mand",
            transport="tls",
            config=f"sip_cafile {tls.certificate}\n",
        ) as phone,
    ):
        await phone.dial(port + 1, transport="tls")
        call = await desk.call()
        events = Events(call)
        assert call.caller == CALLER
        call.play(bytes(320) * 5)
        await events.hears(20)
        await phone.press("7")
        await events.presses("7")
        await phone.hang_up()
        assert await events.ended() is EndReason.HANGUP
        assert events.digits == "7"


async def test_speech_in_the_clear_is_refused_where_it_must_be_encrypted(tls: Tls, port: int) -> None:
    desk = Desk()
    async with workers(desk, port, transports=("udp", "tls"), tls=tls, srtp=Srtp.REQUIRED):
        with pytest.raises(ConnectionRefusedError) as refused:
            await Phone.dial(port, CALLER)
        assert refused.value.args == (488,)
        assert not desk.calls


@pytest.mark.parametrize("crypto", ["", CRYPTO])
async def test_where_it_may_be_encrypted_both_are_taken(tls: Tls, port: int, crypto: str) -> None:
    desk = Desk()
    secured = ssl.create_default_context(cafile=str(tls.certificate))
    habits = Habits(transport="tls", secured=secured, crypto=crypto)
    async with (
        workers(desk, port, transports=("tls",), tls=tls, srtp=Srtp.OPTIONAL),
        dialled(port + 1, habits) as phone,
    ):
        call = await desk.call()
        call.play(tone(440, 0.4))
        await call.drained()
        async with asyncio.timeout(PATIENCE):
            while len(phone.packets) < 20:  # noqa: ASYNC110 - packets come in
                await asyncio.sleep(0.02)
        assert ("RTP/SAVP" in phone.sdp) == bool(crypto)
        encrypted = {len(packet) for _, packet in phone.packets if packet[1] & 0x7F == 8} == {12 + 160 + 10}
        assert encrypted == bool(crypto)


async def test_a_trunk_is_reached_by_tls_only_if_its_certificate_holds(tmp_path: Path, tls: Tls, port: int) -> None:
    """Two of ours call each other."""
    desk, other = Desk(), free_port()
    trunk = Trunk(f"127.0.0.1:{other + 1}", transport="tls")
    strict = Tls(tls.certificate, tls.key, ca=None)
    async with workers(desk, other, transports=("tls",), tls=tls):
        async with workers(Desk(), port, tls=tls, trunk=trunk) as running:
            call = await running.dial(CALLER)
            await desk.call()
            await call.hangup()
        async with workers(Desk(), port, tls=strict, trunk=trunk) as running:
            with pytest.raises(NotReached):
                await running.dial(CALLER, ring_seconds=10)
        assert not desk.calls


async def test_strangers_are_cut_off_before_they_are_shown_a_certificate(tls: Tls, port: int) -> None:
    desk = Desk()
    secured = ssl.create_default_context(cafile=str(tls.certificate))
    async with workers(desk, port, transports=("tls",), tls=tls, allowed=(ip_network("127.0.0.2/32"),)):
        with pytest.raises(OSError):
            await Phone.dial(port + 1, CALLER, habits=Habits(transport="tls", secured=secured))
        async with dialled(port + 1, Habits(host="127.0.0.2", transport="tls", secured=secured)):
            await desk.call()


async def test_a_certificate_that_cannot_be_read_is_an_error(tmp_path: Path, tls: Tls, port: int) -> None:
    missing = Tls(tmp_path / "none.pem", tls.key)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(WorkersFailed) as told:
            await SipWorkers(SipSettings(port=port, transports=("tls",), tls=missing), Desk()).start()
    assert Wording("en").faults(told.value)[0].startswith(f"{tmp_path}/none.pem cannot be read (there is no such file")
    assert (
        Wording("zh_CN")
        .faults(told.value)[0]
        .startswith(f"读不了 {tmp_path}/none.pem（文件或文件夹不存在）；请核对 SIP_TLS_")
    )
