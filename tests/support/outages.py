"""Trials that last for a given time by the real clock; only scripts/prove_reminders runs them, never the suite."""

import time
import urllib.request

from tests.support.proving import BEAT, WORKER, Finding, stage
from tests.support.servers import Postgres, Redis, SmtpSink, free_port


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
        finding.figures["recovered_s"] = round(on.wait(lambda: on.mails() >= units))
        on.conclude(finding, repeats=0)
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
