"""What is taken for an offer, and what is not."""

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection

from ivr.page.offer import BadOffer, read_offer


@pytest.fixture
async def offer() -> str:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("audio", "sendrecv")
    connection.createDataChannel("call")
    await connection.setLocalDescription(await connection.createOffer())
    sdp = str(connection.localDescription.sdp)
    await connection.close()
    return sdp


def test_no_address_of_the_browser_is_kept(offer: str) -> None:
    assert "a=candidate" in offer
    read = read_offer(offer.replace("a=candidate", "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\na=candidate"))
    assert "candidate" not in read.sdp
    assert "10.0.0.1" not in read.sdp
    assert read.speaks


def test_one_may_only_listen(offer: str) -> None:
    assert not read_offer(offer.replace("a=sendrecv", "a=recvonly", 1)).speaks


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda _: "",
        lambda _: "v=0\r\n",
        lambda sdp: sdp.replace("m=audio", "m=video"),
        lambda sdp: sdp[: sdp.index("m=application")],
        lambda sdp: sdp + sdp[sdp.index("m=application") :],
        lambda sdp: sdp.replace("a=group:BUNDLE 0 1\r\n", ""),
        lambda sdp: sdp.replace("a=sendrecv", "a=sendonly", 1),
        lambda sdp: sdp.replace("a=rtpmap:8 ", "a=rtpmap:x "),
        lambda sdp: sdp.replace("m=audio ", "m=audio x"),
        lambda sdp: sdp.replace("a=fingerprint:sha-256 ", "a=fingerprint:"),
    ],
)
def test_what_is_no_call_is_refused(offer: str, spoiled: object) -> None:
    assert callable(spoiled)
    with pytest.raises(BadOffer):
        read_offer(spoiled(offer))
