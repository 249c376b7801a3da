"""Real servers for the suite: PostgreSQL, Redis and an SMTP sink, each on a private port, gone afterwards.

Standard library only at import, because scripts/test uses it before anything is installed.
Every server comes as a context manager. What is not installed raises `Missing` with the Debian package's name.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

# When to give up waiting, even on the slowest machine; otherwise waiting ends as soon as the server is ready.
GIVE_UP_AFTER_SECONDS = 180


class Missing(RuntimeError):
    """A server's program is not on this machine; `package` is the Debian package that brings it."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(f"{program} is not installed (Debian package {package})")
        self.package = package


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(
    ready: Callable[[], bool],
    what: str,
    process: subprocess.Popen[bytes] | None = None,
    *,
    seconds: float = GIVE_UP_AFTER_SECONDS,
) -> float:
    """Poll until `ready()`; the seconds that it took.

    RuntimeError when the process has died meanwhile, or nothing came for very long. The only place of the suite
    that may sleep: what a test waits for is a fact, never an amount of time.
    """
    began = time.monotonic()
    while not ready():
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{what} stopped at once, exit code {process.returncode}")
        if time.monotonic() - began > seconds:
            raise RuntimeError(f"{what}: waited for {seconds:.0f} seconds in vain")
        time.sleep(0.05)
    return time.monotonic() - began


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to end, insist after half a minute."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Kept:
    """A process that is started again whenever it ends by itself, as docker-compose and systemd do with ours.

    Celery's worker needs it: where Redis goes away again while the worker connects anew, Kombu 5.7 raises what the
    worker does not expect, and it ends.
    """

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._start, self._over = start, threading.Event()
        self.process = start()
        self.restarts = 0
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def _keep(self) -> None:
        while not self._over.wait(0.2):
            if self.process.poll() is not None:
                self.process = self._start()
                self.restarts += 1

    def end(self, how: Callable[[subprocess.Popen[bytes]], None] = stop) -> None:
        """End it for good."""
        self._over.set()
        self._keeper.join()
        how(self.process)


# ---------------------------------------------------------------------------- PostgreSQL


def find_postgres() -> Path:
    """The folder that holds initdb and postgres: Debian keeps it off the PATH."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name)):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise Missing("PostgreSQL", "postgresql")


@dataclass
class Postgres:
    """A running cluster. `url` is what DUBAN_DATABASE_URL takes."""

    port: int

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"


@contextlib.contextmanager
def postgres_server() -> Iterator[Postgres]:
    """An empty cluster on a private port that trusts 127.0.0.1; durability off, for it lives minutes."""
    programs = find_postgres()
    server = Postgres(free_port())
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="duban-pg-"))
    data = folder / "data"
    if as_owner:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]
    options = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1"]
    serve = [programs / "postgres", "-D", data, "-p", str(server.port), "-k", folder]
    for option in options:
        serve += ["-c", option]
    # Started in the folder: root's own working folder may be closed to the postgres user.
    process = None
    try:
        made = subprocess.run(
            [*as_owner, *initdb, "--locale=C.UTF-8"], cwd=folder, capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stdout}{made.stderr}")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([*as_owner, *serve], cwd=folder, stdout=log, stderr=log)
        ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(server.port)]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL", process)
        yield server
    finally:
        if process is not None:
            _stop_postgres(process, data)
        shutil.rmtree(folder, ignore_errors=True)


def _stop_postgres(process: subprocess.Popen[bytes], data: Path) -> None:
    """SIGINT to the postmaster itself ("fast": does not wait for clients that linger).

    Under runuser `process` is only the wrapper; the real id is the first line of postmaster.pid.
    """
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), 2)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        stop(process)


# ---------------------------------------------------------------------------- Redis


@dataclass
class Redis:
    """A running redis-server without persistence: `restart()` forgets everything, as a crash would."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, cwd=tempfile.gettempdir(), stdout=subprocess.DEVNULL)
        wait_until(self._answers, "redis-server", self.process)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process)
            self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextlib.contextmanager
def redis_server() -> Iterator[Redis]:
    """A real Redis on a private port."""
    if not shutil.which("redis-server"):
        raise Missing("redis-server", "redis-server")
    server = Redis(free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


# ---------------------------------------------------------------------------- SMTP


@dataclass
class SmtpSink:
    """What a mail server was sent. `url` is what DUBAN_EMAIL_URL takes."""

    port: int
    messages: list[Message] = field(default_factory=list)
    # Recipient → reply line, such as "550 no such mailbox": mail to these is refused with it.
    refusals: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def recipients(self) -> list[str]:
        """Envelope recipients of all messages, in the order of arrival."""
        return [name for message in self.messages for name in message["X-Envelope-To"].split(", ")]


@contextlib.contextmanager
def smtp_sink() -> Iterator[SmtpSink]:
    """A real SMTP server in a thread that keeps every message; the envelope goes into X-Envelope-To."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Message as MessageHandler

    sink = SmtpSink(free_port())

    class Keep(MessageHandler):  # type: ignore[misc]
        async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]
            if address in sink.refusals:
                return sink.refusals[address]
            envelope.rcpt_tos.append(address)
            return "250 OK"

        def handle_message(self, message: Message) -> None:
            # aiosmtpd writes the envelope into X-RcptTo; one name of our own for it.
            message["X-Envelope-To"] = message["X-RcptTo"]
            sink.messages.append(message)

    controller = Controller(Keep(), hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
