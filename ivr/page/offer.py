"""What a browser offers, checked before any of it is believed."""

from __future__ import annotations

from dataclasses import dataclass

from aiortc.sdp import SessionDescription

_ADDRESSES = ("a=candidate:", "a=end-of-candidates")


class BadOffer(ValueError):
    """The session description is none of a call from our page."""


@dataclass(frozen=True)
class Offer:
    sdp: str
    """Without the browser's addresses: it comes to ours, and nobody can make this machine send to an address he names.
    The answers go to where the browser's own checks come from (RFC 8445, peer-reflexive candidates), which also works
    where browsers hide their addresses behind mDNS names.
    """
    speaks: bool
    """Whether audio will come; without a microphone one listens and presses keys."""


def read_offer(sdp: str) -> Offer:
    """Raises BadOffer."""
    lines = [line for line in sdp.splitlines() if not line.startswith(_ADDRESSES)]
    text = "\r\n".join([*lines, ""])
    try:
        description = SessionDescription.parse(text)
    except (ValueError, AssertionError, IndexError, KeyError, AttributeError) as error:
        raise BadOffer("no session description") from error
    if [media.kind for media in description.media] != ["audio", "application"]:
        raise BadOffer("not one line of audio and one of data")
    bundles = [group.items for group in description.group if group.semantic == "BUNDLE"]
    if bundles != [[media.rtp.muxId for media in description.media]]:
        raise BadOffer("audio and data do not share a transport")
    direction = description.media[0].direction
    if direction not in ("sendrecv", "recvonly"):
        raise BadOffer("it does not listen")
    return Offer(text, speaks=direction == "sendrecv")
