"""The 5th's reminder through real Redis, a real worker, two real beats and a real SMTP sink."""

import contextlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.servers import Kept, Missing, redis_server, smtp_sink, wait_until

ROOT = Path(__file__).parents[2]
# Three units have a liaison; of those that have none the coordinator hears.
TOLD = [f"{name}@example.test" for name in ("colleague", "coordinator", "liaison", "school")]
COUNT = """
import json
from tasks_app.models import Message
print(json.dumps(list(Message.objects.values_list("recipient__username", "channel", "status"))))
"""
AFTERWARDS = """
from tasks_app import clock
from tasks_app.models import User
from tasks_app.outbox.actions import enqueue
enqueue(recipient=User.objects.get(username="liaison"), key="afterwards", subject="afterwards", body="",
        path="/", topic="", at=clock.now())
"""
pytestmark = [pytest.mark.worker, pytest.mark.slow]


@pytest.fixture
def servers():
    try:
        with redis_server() as redis, smtp_sink() as sink:
            yield redis, sink
    except Missing as missing:
        if os.environ.get("DUBAN_TEST_REQUIRE_ALL") == "1":
            raise
        pytest.skip(f"没有 Redis，未测试真实队列：{missing}")


@pytest.fixture
def database_url(tmp_path):
    """A database of its own, which the worker and this test share."""
    url = os.environ.get("DUBAN_DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{tmp_path / 'worker.sqlite3'}"
        return
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        name = f"duban_worker_{os.getpid()}"
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{url.rpartition('/')[0]}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def environment(servers, database_url, tmp_path):
    redis, sink = servers
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DUBAN_SECRET_KEY": "a key for the worker test only, long enough for every check 0123456789",
        "DUBAN_EMBEDDED": "0",
        "DUBAN_DEMO": "0",
        "DUBAN_CLOCK_SHIFT_YEARS": "0",
        "DUBAN_DATABASE_URL": database_url,
        "DUBAN_DATA_DIR": str(tmp_path),
        "DUBAN_REDIS_URL": redis.url,
        "DUBAN_EMAIL_URL": sink.url,
        "DUBAN_EMAIL_FROM": "duban@example.test",
        "DUBAN_TICK_SECONDS": "1",
    }


@contextlib.contextmanager
def running(*command: str, environment):
    words = [sys.executable, "-m", "celery", "-A", "config", *command]
    kept = Kept(lambda: subprocess.Popen(words, cwd=ROOT, env=environment))
    try:
        yield
    finally:
        kept.end()


def python(code, environment):
    """Run code in Django's shell in a process of its own; its last line of output."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return (done.stdout.splitlines() or [""])[-1]


@pytest.mark.smoke
def test_one_reminder_each_though_two_beats_tick_and_redis_is_restarted(servers, environment, tmp_path):
    redis, sink = servers
    subprocess.run([sys.executable, "-m", "tests.jobs.present"], cwd=ROOT, env=environment, check=True)
    worker = ("worker", "--concurrency=2", "--loglevel=warning")
    beats = [("beat", "--schedule", str(tmp_path / f"beat{n}"), "--loglevel=warning") for n in (1, 2)]
    with (
        running(*worker, environment=environment),
        running(*beats[0], environment=environment),
        running(*beats[1], environment=environment),
    ):
        wait_until(lambda: len(sink.messages) >= len(TOLD), "the reminders")
        redis.restart()
        # What is written after the restart arrives, so ticks run again; they find nothing else to do.
        python(AFTERWARDS, environment)
        wait_until(lambda: "afterwards" in [message["Subject"] for message in sink.messages], "the mail afterwards")
        subprocess.run([sys.executable, "-m", "tests.support.settled"], cwd=ROOT, env=environment, check=True)

    reminders = [message for message in sink.messages if message["Subject"] != "afterwards"]
    assert sorted(message["To"] for message in reminders) == TOLD
    assert len({message["Message-ID"] for message in sink.messages}) == len(TOLD) + 1
    written = json.loads(python(COUNT, environment))
    assert Counter(status for *_rest, status in written) == {"sent": 10}
    assert Counter(channel for _who, channel, _status in written) == {"site": 5, "email": 5}
