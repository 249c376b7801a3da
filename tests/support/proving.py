"""The reminders' robustness, tried on real PostgreSQL, Redis, Celery workers and an SMTP sink.

Each trial builds its own database, starts processes, breaks something, waits and returns a `Finding`.
`scripts/prove_reminders` runs them large; tests/jobs/test_proofs.py small.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.support.servers import Postgres, Redis, SmtpSink, find_postgres, free_port

ROOT = Path(__file__).parents[2]
PROCESSES = 2
BEAT = ("beat", "--loglevel=error")
WORKER = ("worker", f"--concurrency={PROCESSES}", "--loglevel=error", "--without-gossip", "--without-mingle")


@dataclass
class Finding:
    """What a trial came to. `wrong` is empty when everything held."""

    name: str
    figures: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def expect(self, fact: bool, otherwise: str) -> None:
        if not fact:
            self.wrong.append(otherwise)


class Stage:
    """One trial's database, servers and processes."""

    def __init__(
        self, postgres: Postgres, redis: Redis, sink: SmtpSink, *, units: int, days: int, seconds: int
    ) -> None:
        self.postgres, self.redis, self.sink, self.units = postgres, redis, sink, units
        self.folder = Path(tempfile.mkdtemp(prefix="duban-proof-"))
        self.running: list[subprocess.Popen[bytes]] = []
        self.database = f"proof_{random.randrange(10**9)}"
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.database}")
            # As in production: what PostgreSQL has confirmed survives its crash.
            connection.execute(f"ALTER DATABASE {self.database} SET synchronous_commit TO on")
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DUBAN_SECRET_KEY": "a key for the proofs only, long enough for every check 0123456789",
            "DUBAN_EMBEDDED": "0",
            "DUBAN_DEMO": "0",
            "DUBAN_CLOCK_SHIFT_YEARS": "0",
            "DUBAN_DATABASE_URL": f"{postgres.url.rpartition('/')[0]}/{self.database}",
            "DUBAN_DATA_DIR": str(self.folder),
            "DUBAN_REDIS_URL": redis.url,
            "DUBAN_EMAIL_URL": sink.url,
            "DUBAN_EMAIL_FROM": "duban@example.test",
            "DUBAN_TICK_SECONDS": "2",
        }
        sink.messages.clear()
        self.python("tests.support.crowd", str(units), str(days), str(seconds))

    def python(self, module: str, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module, *words], cwd=ROOT, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return done.stdout

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """A Celery process (or another module) in a session of its own, so that it dies with its children."""
        if command[0] == "beat":
            command = (*command, "--schedule", str(self.folder / f"beat{len(self.running)}"))
        module = ["gunicorn"] if command[0] == "gunicorn" else ["celery", "-A", "config", command[0]]
        # Pages without collected static files.
        environment = {**self.environment, "DUBAN_DEBUG": "1"} if command[0] == "gunicorn" else self.environment
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *module, *command[1:]], cwd=ROOT, env=environment,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.running.remove(process)

    def mails(self) -> int:
        """How many different mails have arrived."""
        return len({message["Message-ID"] for message in list(self.sink.messages)})

    def wait(self, ready: Callable[[], bool], seconds: float) -> float:
        """Seconds until `ready()`, or `seconds` when it never was."""
        began = time.monotonic()
        while not ready() and time.monotonic() - began < seconds:
            time.sleep(0.2)
        return time.monotonic() - began

    def conclude(self, finding: Finding, *, repeats: int) -> Finding:
        """Hold the outcome against: nobody lost, the site exactly once, repeated mails within bounds."""
        self.wait(lambda: self.mails() >= self.units, 200)
        time.sleep(5)
        outcome = json.loads(self.python("tests.support.outcome").splitlines()[-1])
        ids = Counter(message["Message-ID"] for message in self.sink.messages)
        people = {message["X-Envelope-To"]: message["Message-ID"] for message in self.sink.messages}
        doubled = sum(ids.values()) - len(ids)
        finding.figures |= {
            "units": self.units,
            "mails": sum(ids.values()),
            "lost": self.units - len(people),
            "repeats": doubled,
            "site": outcome["people_told"],
            "site_most": outcome["most_told"],
        }
        finding.expect(len(people) == self.units, f"{self.units - len(people)} people got no mail")
        finding.expect(len(ids) == self.units, f"{len(ids)} Message-IDs for {self.units} reminders")
        finding.expect(doubled <= repeats, f"{doubled} mails repeated, {repeats} allowed")
        finding.expect(outcome["people_told"] == self.units, "somebody has nothing on the site")
        finding.expect(outcome["most_told"] == 1, "somebody has it twice on the site")
        sent = outcome["reminders"].get("sent", 0)
        finding.expect(sent == self.units, f"the ledger says {sent} were sent")
        return finding

    def close(self) -> None:
        for process in list(self.running):
            self.kill(process)
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def stage(
    servers: tuple[Postgres, Redis, SmtpSink], *, units: int, days: int = 0, seconds: int = -60
) -> Iterator[Stage]:
    made = Stage(*servers, units=units, days=days, seconds=seconds)
    try:
        yield made
    finally:
        made.close()


def worker_killed(servers: tuple[Postgres, Redis, SmtpSink], *, units: int, kills: int) -> Finding:
    """SIGKILL at random moments, while mails are under way; a new worker each time."""
    finding = Finding(f"worker killed {kills} times")
    chance = random.Random()
    with stage(servers, units=units) as on:
        on.start(*BEAT)
        began = time.monotonic()
        for _ in range(kills):
            worker = on.start(*WORKER)
            before = on.mails()
            # Let it get to work, then strike in the middle.
            on.wait(lambda: on.mails() > before, 15)  # noqa: B023 - asked before the next round
            time.sleep(chance.uniform(0, 1.5))
            finding.figures["killed_at_work"] = finding.figures.get("killed_at_work", 0) + (on.mails() < units)
            on.kill(worker)
        on.start(*WORKER)
        on.conclude(finding, repeats=kills * PROCESSES)
        finding.figures["seconds"] = round(time.monotonic() - began)
    return finding


def redis_flushed(servers: tuple[Postgres, Redis, SmtpSink], *, units: int, times: int) -> Finding:
    finding = Finding(f"Redis flushed {times} times")
    with stage(servers, units=units) as on:
        on.start(*BEAT)
        on.start(*WORKER)
        for number in range(1, times + 1):
            on.wait(lambda: on.mails() >= units * number // (times + 2), 60)  # noqa: B023 - asked before the next round
            on.redis.restart()
        began = time.monotonic()
        on.wait(lambda: on.mails() >= units, 180)
        finding.figures["recovered_s"] = round(time.monotonic() - began)
        finding.expect(finding.figures["recovered_s"] <= 120, "recovery took more than two minutes")
        on.conclude(finding, repeats=0)
    return finding


def redis_down(servers: tuple[Postgres, Redis, SmtpSink], *, units: int, seconds: int) -> Finding:
    """Down when the step falls due: pages work, and everything goes out after."""
    finding = Finding(f"Redis down for {seconds} s at the moment")
    with stage(servers, units=units, seconds=15) as on:
        port = free_port()
        on.start("gunicorn", "config.wsgi", "--worker-class=gthread", "--threads=2", f"--bind=127.0.0.1:{port}")
        on.start(*BEAT)
        on.start(*WORKER)
        time.sleep(8)
        on.redis.stop()
        pages = 0
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=10) as page:
                pages += page.status == 200
            time.sleep(2)
        finding.figures["pages_served_meanwhile"] = pages
        finding.figures["mails_meanwhile"] = on.mails()
        on.redis.start()
        finding.figures["recovered_s"] = round(on.wait(lambda: on.mails() >= units, 180))
        on.conclude(finding, repeats=0)
    return finding


def postgres_restarted(servers: tuple[Postgres, Redis, SmtpSink], *, units: int) -> Finding:
    """Immediate restart, which is a crash to PostgreSQL, in the middle of a batch."""
    finding = Finding("PostgreSQL restarted mid-batch")
    with stage(servers, units=units) as on:
        on.start(*BEAT)
        on.start(*WORKER)
        on.wait(lambda: on.mails() >= units // 3, 90)
        finding.figures["mails_before"] = on.mails()
        with psycopg.connect(on.postgres.url) as connection:
            ((folder,),) = connection.execute("SHOW data_directory").fetchall()
        as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        restart = [*as_owner, str(find_postgres() / "pg_ctl"), "restart", "-m", "immediate", "-w", "-D", folder]
        subprocess.run(
            [*restart, "-l", f"{folder}/restart.log"], cwd="/", check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        finding.figures["recovered_s"] = round(on.wait(lambda: on.mails() >= units, 180))
        on.conclude(finding, repeats=PROCESSES)
    return finding


def three_beats(servers: tuple[Postgres, Redis, SmtpSink], *, units: int) -> Finding:
    """Three beats and two workers; one beat is killed in the second in which the step falls due."""
    finding = Finding("three beats, one killed at the boundary")
    seconds = 15
    with stage(servers, units=units, seconds=seconds) as on:
        due = time.monotonic() + seconds - 2
        beats = [on.start(*BEAT) for _ in range(3)]
        for _ in range(2):
            on.start(*WORKER)
        time.sleep(max(0, due - time.monotonic()))
        finding.expect(on.mails() == 0, "something went out before its moment")
        time.sleep(2)
        on.kill(beats[0])
        on.conclude(finding, repeats=0)
    return finding


def down_for_days(servers: tuple[Postgres, Redis, SmtpSink], *, units: int) -> Finding:
    """Nothing ran for three days across the due day; then three beats and two workers start at once."""
    finding = Finding("all down for three days across the due day")
    with stage(servers, units=units, days=3, seconds=0) as on:
        for command in (BEAT, BEAT, BEAT, WORKER, WORKER):
            on.start(*command)
        on.conclude(finding, repeats=0)
    return finding


def table(findings: list[Finding]) -> str:
    """The findings as text, one line each and what was wrong below."""
    lines = []
    for found in findings:
        figures = "  ".join(f"{name}={value}" for name, value in found.figures.items())
        lines.append(f"{'ok    ' if not found.wrong else 'FAILED'} {found.name:45} {figures}")
        lines += [f"         {wrong}" for wrong in found.wrong]
    return "\n".join(lines)
