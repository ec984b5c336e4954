"""Programs that the kernel runs on what arrives at a socket: classic BPF, which needs no privilege. Linux only.

Seen on Linux 6.18, with and without privileges: a group's program (SO_ATTACH_REUSEPORT_CBPF) chooses among the sockets
of one port for UDP and TCP alike; a socket's own filter (SO_ATTACH_FILTER) drops for UDP. For TCP such a filter needs
CAP_NET_ADMIN there, so nothing here relies on one.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Sequence
from typing import Final

from ivr.audiosocket.settings import Network

_SO_ATTACH_FILTER: Final = 26
_SO_DETACH_FILTER: Final = 27
_SO_ATTACH_REUSEPORT_CBPF: Final = 51
_LOAD_WORD, _LOAD_BYTE, _AND, _IF_EQUAL, _JUMP, _RETURN = 0x20, 0x30, 0x54, 0x15, 0x05, 0x06
_NETWORK_HEADER: Final = 0xFFF00000
"""SKF_NET_OFF: where the IP header begins, seen from a filter."""
_WHOLE_PACKET, _NOTHING = 0xFFFF, 0

MOST_NETWORKS: Final = 200
"""More do not fit into a program."""

_Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand; as `struct sock_filter`."""


def drop_all(udp: socket.socket) -> None:
    """Nothing gets in from now on; what waits to be read stays."""
    _attach(udp, _SO_ATTACH_FILTER, [(_RETURN, 0, 0, _NOTHING)])


def drop_others(udp: socket.socket, networks: Sequence[Network]) -> None:
    """Only what comes from these networks gets in."""
    _attach(udp, _SO_ATTACH_FILTER, _by_source(networks, _WHOLE_PACKET, _NOTHING))


def drop_none(udp: socket.socket) -> None:
    """Everything gets in again."""
    udp.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)


def choose(member: socket.socket, networks: Sequence[Network], listed: int, others: int) -> None:
    """Whatever comes from the networks goes to one, all else to the other of the sockets that share `member`'s port,
    counted from 0 in the order in which they were bound or, for TCP, began to listen.
    """
    _attach(member, _SO_ATTACH_REUSEPORT_CBPF, _by_source(networks, listed, others))


def _by_source(networks: Sequence[Network], listed: int, others: int) -> list[_Instruction]:
    """Returns `listed` for packets from the networks, and `others` for the rest."""
    version_4 = [rule for network in networks if network.version == 4 for rule in _rule(network, 12, listed)]
    version_6 = [rule for network in networks if network.version == 6 for rule in _rule(network, 8, listed)]
    return [
        (_LOAD_BYTE, 0, 0, _NETWORK_HEADER),
        (_AND, 0, 0, 0xF0),
        (_IF_EQUAL, 1, 0, 0x40),
        (_JUMP, 0, 0, len(version_4) + 1),
        *version_4,
        (_RETURN, 0, 0, others),
        *version_6,
        (_RETURN, 0, 0, others),
    ]


def _rule(network: Network, offset: int, listed: int) -> list[_Instruction]:
    """Compares the source address word by word; what does not match goes on behind the rule."""
    address, mask = network.network_address.packed, network.netmask.packed
    words = [
        (at, want, bits) for at, (want, bits) in enumerate(zip(_words(address), _words(mask), strict=True)) if bits
    ]
    rule: list[_Instruction] = []
    for place, (at, want, bits) in enumerate(words):
        behind = (len(words) - 1 - place) * 3 + 1
        rule += [
            (_LOAD_WORD, 0, 0, _NETWORK_HEADER + offset + 4 * at),
            (_AND, 0, 0, bits),
            (_IF_EQUAL, 0, behind, want),
        ]
    return [*rule, (_RETURN, 0, 0, listed)]


def _words(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"!{len(packed) // 4}I", packed)


def _attach(target: socket.socket, option: int, rules: Sequence[_Instruction]) -> None:
    packed = ctypes.create_string_buffer(b"".join(struct.pack("@HBBI", *rule) for rule in rules))
    target.setsockopt(socket.SOL_SOCKET, option, struct.pack("@HP", len(rules), ctypes.addressof(packed)))
