"""The servers that the suite runs on do what the tests expect of them."""

import smtplib
import subprocess
import sys
import urllib.parse
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
import redis

from tests.support.servers import Kept, postgres_server, redis_server, smtp_sink, wait_until

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_postgres_answers_and_is_gone_afterwards() -> None:
    with postgres_server() as server:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("select '督办'").fetchone() == ("督办",)
        port = urllib.parse.urlsplit(server.url).port
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgres://postgres@127.0.0.1:{port}/postgres", connect_timeout=2)


@pytest.mark.worker
def test_restarted_redis_has_forgotten_everything() -> None:
    with redis_server() as server:
        client = redis.Redis.from_url(server.url)
        client.set("doorbell", "1")
        server.restart()
        assert client.get("doorbell") is None


def test_smtp_sink_keeps_what_it_was_sent_and_refuses_on_request() -> None:
    with smtp_sink() as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        mail = EmailMessage()
        mail["Subject"] = "请于5日前报送"
        mail["From"], mail["To"] = "duban@example.org", "a@example.org"
        mail.set_content("督办台账")
        client.send_message(mail)
        sink.refusals["b@example.org"] = "550 no such mailbox"
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("duban@example.org", ["b@example.org"], "Subject: x\n\nx")
        assert sink.recipients() == ["a@example.org"]


def test_what_is_kept_is_started_again_until_it_is_ended() -> None:
    kept = Kept(lambda: subprocess.Popen(["sleep", "3600"]))
    first = kept.process
    first.kill()
    wait_until(lambda: kept.restarts == 1, "the second start")
    kept.end()
    assert kept.process is not first
    assert kept.process.poll() is not None


def test_who_waits_is_told_that_the_process_has_died_or_that_nothing_came() -> None:
    with subprocess.Popen(["false"]) as process, pytest.raises(RuntimeError, match="exit code 1"):
        wait_until(lambda: False, "the server", process)
    with pytest.raises(RuntimeError, match="the server: waited for 0 seconds in vain"):
        wait_until(lambda: False, "the server", seconds=0)
    assert wait_until(lambda: True, "the server") >= 0


def test_servers_module_needs_nothing_installed() -> None:
    """scripts/test imports it before the virtual environment exists; -S leaves site-packages out."""
    subprocess.run([sys.executable, "-S", "-c", "import tests.support.servers"], cwd=ROOT, check=True)
