"""Mail servers that misbehave, and the trial that sends through them: in simulated time, over real sockets."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg

from tests.support.proving import Finding
from tests.support.servers import Postgres, free_port, smtp_sink

ROOT = Path(__file__).parents[2]


class BadServer:
    """Accepts connections and `hang`s, or `drip`s its greeting a byte a second."""

    def __init__(self, manner: str) -> None:
        self.manner, self.port = manner, free_port()
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _peer = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._speak, args=(connection,), daemon=True).start()

    def _speak(self, connection: socket.socket) -> None:
        try:
            for _ in range(600):
                if self.manner == "drip":
                    connection.sendall(b"2")
                time.sleep(1)
        except OSError:
            return

    def close(self) -> None:
        self.listener.close()


def trial(postgres: Postgres) -> Finding:
    """Each fault for an hour of simulated time, then a server that works: everybody but the poison address has it."""
    finding = Finding("SMTP refusing, 4xx, 5xx, hanging, dripping, poison")
    for manner in ("refuse", "451", "554", "hang", "drip", "poison"):
        figures, wrong = _fault(postgres, manner)
        finding.figures[manner] = figures
        finding.wrong += [f"{manner}: {words}" for words in wrong]
    return finding


def _fault(postgres: Postgres, manner: str) -> tuple[str, list[str]]:
    name = f"smtp_{manner}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    with smtp_sink() as sink, tempfile.TemporaryDirectory() as folder:
        poison = "crowd3@example.test"
        server = BadServer(manner) if manner in ("hang", "drip") else None
        port = server.port if server else free_port() if manner == "refuse" else sink.port
        if manner in ("451", "554"):
            sink.refusals.update({f"crowd{n}@example.test": f"{manner} not now" for n in range(30)})
        if manner == "poison":
            sink.refusals[poison] = "550 no such mailbox"
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "config.settings",
            "DUBAN_SECRET_KEY": "a key for the proofs only, long enough for every check 0123456789",
            "DUBAN_EMBEDDED": "0", "DUBAN_DEMO": "0", "DUBAN_CLOCK_SHIFT_YEARS": "0", "DUBAN_DATA_DIR": folder,
            "DUBAN_DATABASE_URL": f"{postgres.url.rpartition('/')[0]}/{name}",
            "DUBAN_EMAIL_FROM": "duban@example.test",
        }  # fmt: skip

        def run(*words: str, port: int = port) -> str:
            done = subprocess.run(
                [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False,
                env={**environment, "DUBAN_EMAIL_URL": f"smtp://127.0.0.1:{port}"},
            )  # fmt: skip
            if done.returncode:
                raise RuntimeError(done.stderr[-2000:])
            return done.stdout

        run("tests.support.crowd", "30", "0", "-60")
        began = time.monotonic()
        broken = json.loads(run("tests.support.outbox_at", "0", "2").splitlines()[-1])
        seconds = time.monotonic() - began
        if manner != "poison":
            sink.refusals.clear()
        healed = json.loads(run("tests.support.outbox_at", "70", "75", "80", "200", port=sink.port).splitlines()[-1])
        if server:
            server.close()
        wrong = _judge(manner, broken, healed, seconds, len(sink.messages))
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    return f"{seconds:.0f}s/{healed['email']}", wrong


def _judge(manner: str, broken: dict, healed: dict, seconds: float, arrived: int) -> list[str]:
    everybody = 29 if manner == "poison" else 30
    facts = {
        "the site has to be served whatever the mail server does": broken["site"] == {"sent": 30},
        "a server that works reaches everybody": healed["email"].get("sent") == everybody == arrived,
        "two runs may take a minute at most": seconds < 75,
    }
    if manner == "poison":
        facts["the others do not wait for the poison address"] = broken["email"].get("sent") == 29
        facts["the poison address ends as a dead letter"] = healed["email"].get("failed") == 1
    return [words for words, held in facts.items() if not held]
