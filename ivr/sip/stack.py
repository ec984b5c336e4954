"""The SIP stack's configuration and accounts, from our settings."""

from __future__ import annotations

import socket
from typing import Final

from baresip import Account, Config

from ivr.sip.orders import WorkerSettings
from ivr.sip.settings import Srtp, Trunk

_NAME: Final = "hotline"
_HEADERS: Final = ("To", "From", "P-Asserted-Identity")
_CODECS: Final = ("pcma", "pcmu")
_SRTP: Final = {Srtp.OFF: (), Srtp.OPTIONAL: ("mediaenc=srtp",), Srtp.REQUIRED: ("mediaenc=srtp-mand",)}


def config(settings: WorkerSettings) -> Config:
    sip = settings.sip
    lines = [
        f"sip_listen {_written(sip.host)}:{settings.port}",
        f"sip_transports {','.join(transports(settings))}",
        f"rtp_ports {sip.rtp_ports[0]}-{sip.rtp_ports[1]}",
        "audio_jitter_buffer_type adaptive",
        "audio_jitter_buffer_ms 20-160",
        *_tls(settings),
    ]
    return Config(
        # The stack looks for its addresses itself, but not on the loopback interface.
        net_interface=sip.host if _local(sip.host) else None,
        expose_headers=_HEADERS,
        max_concurrent_calls=sip.max_calls,
        rtp_timeout=sip.rtp_timeout,
        extra_config_text="\n".join(lines) + "\n",
    )


def incoming(settings: WorkerSettings) -> str:
    """Takes calls to any number by any transport."""
    # An account with a transport takes calls by that alone, and the library always writes one.
    return _apart(settings, catchall=True).aor().replace(";transport=udp", "", 1)


def registering(settings: WorkerSettings) -> Account | None:
    """Registers at the trunk, where that is wanted of this worker, and takes the calls to its contact."""
    trunk = settings.sip.trunk
    if trunk is None or not settings.registers:
        return None
    return _at_trunk(trunk, trunk.user, settings, expiry=trunk.expiry)


def outgoing(settings: WorkerSettings) -> Account:
    """Calls out, under the number to show."""
    trunk = settings.sip.trunk
    if trunk is None:
        return _apart(settings, catchall=False)
    return _at_trunk(trunk, trunk.shown or trunk.user or _NAME, settings, expiry=0)


def transports(settings: WorkerSettings) -> tuple[str, ...]:
    """What the stack listens for."""
    trunk = settings.sip.trunk
    return tuple(dict.fromkeys((*settings.sip.transports, *((trunk.transport,) if trunk is not None else ()))))


def places(settings: WorkerSettings) -> dict[str, tuple[int, socket.SocketKind]]:
    """Port and kind of socket for each of those; it is the stack that puts TLS on the port after the other two's."""
    every = {
        "udp": (settings.port, socket.SOCK_DGRAM),
        "tcp": (settings.port, socket.SOCK_STREAM),
        "tls": (settings.port + 1, socket.SOCK_STREAM),
    }
    return {transport: every[transport] for transport in transports(settings)}


def _apart(settings: WorkerSettings, *, catchall: bool) -> Account:
    """Of no registrar."""
    return Account(
        user=_NAME,
        domain=_written(settings.sip.host),
        password="",
        reg_interval=0,
        audio_codecs=_CODECS,
        extra_params=(*_params(settings), *(("catchall=yes",) if catchall else ())),
    )


def _at_trunk(trunk: Trunk, user: str, settings: WorkerSettings, expiry: int) -> Account:
    proxy = trunk.proxy or None
    if proxy is not None and trunk.transport != "udp":
        proxy = f"{proxy};transport={trunk.transport}"
    return Account(
        user=user,
        domain=trunk.domain,
        password=trunk.password,
        auth_user=trunk.auth_user or trunk.user or None,
        registrar=proxy,
        reg_interval=expiry,
        transport=trunk.transport,
        audio_codecs=_CODECS,
        extra_params=_params(settings),
    )


def _params(settings: WorkerSettings) -> tuple[str, ...]:
    # Without the first the stack re-INVITEs right after answering, and some peers abort then.
    return ("video_codecs=none", *_SRTP[settings.sip.srtp])


def _written(host: str) -> str:
    """As it is in a SIP address."""
    return f"[{host}]" if ":" in host else host


def _local(host: str) -> bool:
    return host == "::1" or host.startswith("127.")


def _tls(settings: WorkerSettings) -> list[str]:
    tls = settings.sip.tls
    if tls is None:
        return []
    return [
        f"sip_certificate {settings.certificate}",
        f"sip_verify_server {'yes' if tls.verify else 'no'}",
        f"sip_verify_client {'yes' if tls.verify_clients else 'no'}",
        *([f"sip_cafile {tls.ca}"] if tls.ca is not None else []),
    ]
