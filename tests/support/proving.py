"""The reminders' robustness, tried on real PostgreSQL, Redis, Celery workers and an SMTP sink.

Each trial builds its own database, starts processes, breaks something, waits and returns a `Finding`.
`scripts/prove_reminders` runs them large, with those of outages.py; tests/jobs/test_proofs.py small.
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
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.support.servers import (
    GIVE_UP_AFTER_SECONDS,
    Kept,
    Postgres,
    Redis,
    SmtpSink,
    find_postgres,
    wait_until,
)

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
        self.running: list[Kept] = []
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

    def start(self, *command: str) -> Kept:
        """A Celery process (or another module) in a session of its own, so that it dies with its children."""
        if command[0] == "beat":
            command = (*command, "--schedule", str(self.folder / f"beat{len(self.running)}"))
        module = ["gunicorn"] if command[0] == "gunicorn" else ["celery", "-A", "config", command[0]]
        # Pages without collected static files.
        environment = {**self.environment, "DUBAN_DEBUG": "1"} if command[0] == "gunicorn" else self.environment

        def process() -> subprocess.Popen[bytes]:
            with (self.folder / "log").open("ab") as log:
                return subprocess.Popen(
                    [sys.executable, "-m", *module, *command[1:]], cwd=ROOT, env=environment,
                    stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip

        self.running.append(Kept(process))
        return self.running[-1]

    def kill(self, kept: Kept) -> None:
        kept.end(_kill)
        self.running.remove(kept)

    def end_leases(self) -> None:
        """As if the time had passed for which a worker holds the messages it is sending."""
        with psycopg.connect(f"{self.postgres.url.rpartition('/')[0]}/{self.database}") as connection:
            connection.execute("UPDATE tasks_app_message SET leased_until = now() WHERE leased_until IS NOT NULL")

    def mails(self) -> int:
        """How many different mails have arrived."""
        return len({message["Message-ID"] for message in list(self.sink.messages)})

    def wait(self, ready: Callable[[], bool], seconds: float = GIVE_UP_AFTER_SECONDS) -> float:
        """Seconds until `ready()`, or `seconds` when it never was: the trial then goes on and finds what is missing."""
        try:
            return wait_until(ready, "a trial", seconds=seconds)
        except RuntimeError:
            return seconds

    def conclude(self, finding: Finding, *, repeats: int) -> Finding:
        """Check the outcome: nobody lost, on the site exactly once, repeated mails within bounds."""
        self.wait(lambda: self.mails() >= self.units)
        # Anything still to be sent would be sent in the following rounds.
        finding.expect("settled" in self.python("tests.support.settled"), "messages were left waiting")
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
            "restarted": sum(kept.restarts for kept in self.running),
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
        for kept in list(self.running):
            self.kill(kept)
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def stage(
    servers: tuple[Postgres, Redis, SmtpSink], *, units: int, days: int = 0, seconds: int = -60
) -> Iterator[Stage]:
    made = Stage(*servers, units=units, days=days, seconds=seconds)
    try:
        yield made
    finally:
        made.close()


def worker_killed(
    servers: tuple[Postgres, Redis, SmtpSink], *, units: int, kills: int, patient: bool = True
) -> Finding:
    """SIGKILL after a random number of mails, while others are under way; a new worker each time.

    Who is not patient has the leases of the dead run out at once, instead of after a minute and a half.
    """
    finding = Finding(f"worker killed {kills} times")
    chance = random.Random()
    finding.figures["killed_at_work"] = 0
    with stage(servers, units=units) as on:
        on.start(*BEAT)
        for _ in range(kills):
            worker = on.start(*WORKER)
            # Let it start working, then kill it in the middle.
            enough = on.mails() + chance.randint(1, units // (kills + 1))
            on.wait(lambda: on.mails() >= enough)  # noqa: B023 - asked before the next round
            finding.figures["killed_at_work"] += on.mails() < units
            on.kill(worker)
            if not patient:
                on.end_leases()
        on.start(*WORKER)
        on.conclude(finding, repeats=kills * PROCESSES)
    return finding


def redis_flushed(
    servers: tuple[Postgres, Redis, SmtpSink], *, units: int, times: int, within: float = GIVE_UP_AFTER_SECONDS
) -> Finding:
    finding = Finding(f"Redis flushed {times} times")
    with stage(servers, units=units) as on:
        on.start(*BEAT)
        on.start(*WORKER)
        for number in range(1, times + 1):
            on.wait(lambda: on.mails() >= units * number // (times + 2))  # noqa: B023 - asked before the next round
            on.redis.restart()
        finding.figures["recovered_s"] = round(on.wait(lambda: on.mails() >= units))
        finding.expect(finding.figures["recovered_s"] <= within, f"recovery took more than {within:.0f} seconds")
        on.conclude(finding, repeats=0)
    return finding


def postgres_restarted(servers: tuple[Postgres, Redis, SmtpSink], *, units: int) -> Finding:
    """Immediate restart, which is a crash to PostgreSQL, in the middle of a batch."""
    finding = Finding("PostgreSQL restarted mid-batch")
    with stage(servers, units=units) as on:
        on.start(*BEAT)
        on.start(*WORKER)
        on.wait(lambda: on.mails() >= units // 3)
        finding.figures["mails_before"] = on.mails()
        with psycopg.connect(on.postgres.url) as connection:
            ((folder,),) = connection.execute("SHOW data_directory").fetchall()
        as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        restart = [*as_owner, str(find_postgres() / "pg_ctl"), "restart", "-m", "immediate", "-w", "-D", folder]
        subprocess.run(
            [*restart, "-l", f"{folder}/restart.log"], cwd="/", check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        finding.figures["recovered_s"] = round(on.wait(lambda: on.mails() >= units))
        on.conclude(finding, repeats=PROCESSES)
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
