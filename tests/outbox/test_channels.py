"""The other ways out: robots signed as their makers ask, text messages by any gateway, switches, dead letters."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail

from tasks_app.audit.models import Event
from tasks_app.lib.errors import Refused
from tasks_app.outbox import robots
from tasks_app.outbox.actions import deliver_waiting, enqueue, resend, save_preference, save_robot, send_test
from tasks_app.outbox.choices import Channel, Delivery, RobotKind
from tasks_app.outbox.models import ChannelPreference, Message
from tasks_app.outbox.queries import dead_letters
from tests.factories import beijing

AT = beijing("2024-08-05 09:00")


@pytest.fixture
def gateway():
    """A server that keeps what is posted to it; `answer` is what it says."""

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.posts.append((self.path, body))
            status, words = server.answer
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Keep)
    server.posts, server.answer = [], (200, b'{"errcode": 0}')
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def robot(world, gateway, settings):
    settings.ROBOT_HOSTS = ["127.0.0.1"]

    def make(kind: str, secret: str = ""):
        return save_robot(
            robot=None, name="工作群", kind=kind, address=f"{gateway.url}/hook?key=k", secret=secret, active=True,
            by=world.people["coordinator"], at=AT,
        )  # fmt: skip

    return make


def call(kind: str, secret: str = "s3") -> tuple[str, dict]:
    return robots.call(kind=kind, address="http://r/h?k=1", secret=secret, subject="标题", body="正文", url="u", at=AT)


def test_dingtalk_signs_the_address_with_the_time_in_milliseconds():
    address, payload = call(RobotKind.DINGTALK)
    asked = parse_qs(urlsplit(address).query)
    stamp = str(int(AT.timestamp() * 1000))
    mac = hmac.new(b"s3", f"{stamp}\ns3".encode(), hashlib.sha256).digest()
    assert asked == {"k": ["1"], "timestamp": [stamp], "sign": [base64.b64encode(mac).decode()]}
    assert payload["text"]["content"] == "标题\n正文\nu"


def test_feishu_signs_the_words_with_the_time_in_seconds():
    address, payload = call(RobotKind.FEISHU)
    stamp = str(int(AT.timestamp()))
    mac = hmac.new(f"{stamp}\ns3".encode(), b"", hashlib.sha256).digest()
    assert address == "http://r/h?k=1"
    assert (payload["timestamp"], payload["sign"]) == (stamp, base64.b64encode(mac).decode())


def test_wecom_needs_no_signature_and_gets_no_more_than_it_takes():
    address, payload = robots.call(
        kind=RobotKind.WECOM, address="http://r", secret="", subject="标", body="长" * 3000, url="u", at=AT
    )
    assert address == "http://r"
    assert len(payload["text"]["content"].encode()) <= 4096


@pytest.mark.parametrize("kind", RobotKind.values)
def test_a_test_message_reaches_the_group(world, gateway, robot, kind):
    gateway.answer = (200, b'{"code": 0}' if kind == RobotKind.FEISHU else b'{"errcode": 0}')
    send_test(robot=robot(kind, "s3"), channel=Channel.ROBOT, by=world.people["coordinator"], at=AT)
    assert deliver_waiting(at=AT) == 1
    ((_path, body),) = gateway.posts
    assert "测试" in json.dumps(json.loads(body), ensure_ascii=False)


@pytest.mark.parametrize("answer", [(200, b'{"errcode": 310000}'), (200, b"{}"), (404, b""), (302, b""), (200, b"<p>")])
def test_a_robot_that_does_not_take_it_is_tried_again(world, gateway, robot, answer):
    gateway.answer = answer
    message = send_test(robot=robot(RobotKind.DINGTALK), channel=Channel.ROBOT, by=world.people["coordinator"], at=AT)
    assert deliver_waiting(at=AT) == 0
    message.refresh_from_db()
    assert (message.status, message.attempts) == (Delivery.WAITING, 1)
    assert "key=k" not in message.last_error


def test_a_robot_elsewhere_than_the_installation_names_is_refused(world, settings):
    settings.ROBOT_HOSTS = ["robots.city.test"]
    for address in ("http://169.254.169.254/", "file:///etc/passwd", "http://robots.city.test@evil.test/"):
        with pytest.raises(Refused):
            save_robot(
                robot=None, name="x", kind=RobotKind.WECOM, address=address, secret="", active=True,
                by=world.people["administrator"], at=AT,
            )  # fmt: skip


def test_the_log_knows_neither_address_nor_secret_of_a_robot(robot):
    robot(RobotKind.FEISHU, "s3cret")
    event = Event.objects.get(verb="outbox.save_robot")
    assert "s3cret" not in json.dumps(event.after)
    assert "hook" not in json.dumps(event.after)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("to={number}&msg={text}", lambda got: parse_qs(got.decode())["to"] == ["13900000000"]),
        ('{"to": "{number}", "msg": "{text}"}', lambda got: json.loads(got)["to"] == "13900000000"),
    ],
)
def test_a_text_message_goes_through_any_gateway(world, gateway, settings, body, expected):
    settings.SMS_URL, settings.SMS_BODY, settings.SMS_OK = f"{gateway.url}/sms", body, "accepted"
    gateway.answer = (200, b"accepted")
    person = world.people["liaison"]
    save_preference(user=person, channel=Channel.SMS, enabled=True, address="13900000000", by=person, at=AT)
    enqueue(recipient=person, key="k", subject='带"引号"的&标题', body="b", path="/", topic="", at=AT)
    assert deliver_waiting(at=AT) == 3
    ((_path, got),) = gateway.posts
    assert expected(got)


def test_a_person_can_switch_off_mail_but_not_the_site(world):
    person = world.people["liaison"]
    save_preference(user=person, channel=Channel.EMAIL, enabled=False, by=person, at=AT)
    assert enqueue(recipient=person, key="k", subject="s", body="b", path="/", topic="", at=AT) == 1
    with pytest.raises(Refused, match="不能关闭"):
        save_preference(user=person, channel=Channel.SITE, enabled=False, by=person, at=AT)
    with pytest.raises(Refused, match="手机号码"):
        save_preference(user=person, channel=Channel.SMS, enabled=True, address="abc", by=person, at=AT)


def test_a_mail_comes_plain_and_as_html_with_the_same_link(world, settings):
    enqueue(recipient=world.people["liaison"], key="k", subject="请<报送>", body="一\n二", path="/x/", topic="", at=AT)
    deliver_waiting(at=AT)
    (letter,) = mail.outbox
    ((html, kind),) = letter.alternatives
    assert kind == "text/html"
    assert "请&lt;报送&gt;" in html
    assert f"{settings.BASE_URL}/x/" in html


def test_a_dead_letter_is_seen_and_sent_again_with_the_same_id(world):
    person = world.people["liaison"]
    enqueue(recipient=person, key="k", subject="s", body="b", path="/", topic="", at=AT)
    dead = Message.objects.get(channel=Channel.EMAIL)
    Message.objects.filter(pk=dead.pk).update(status=Delivery.FAILED, attempts=20, last_error="x")
    assert list(dead_letters()) == [dead]
    resend(message=dead, by=world.people["administrator"], at=AT)
    deliver_waiting(at=AT)
    assert mail.outbox[0].extra_headers["Message-ID"] == dead.mail_id
    with pytest.raises(Refused, match="无须重发"):
        resend(message=dead, by=world.people["administrator"], at=AT)


def test_of_dead_letters_the_newest_stands_first(world):
    for key in ("a", "b", "c"):
        enqueue(recipient=world.people["liaison"], key=key, subject=key, body="b", path="/", topic="", at=AT)
    Message.objects.filter(channel=Channel.EMAIL).update(status=Delivery.FAILED)
    assert [letter.subject for letter in dead_letters()] == ["c", "b", "a"]


@pytest.mark.parametrize("address", ["file:///etc/hostname", "ftp://sms.example.test/{number}"])
def test_a_gateway_that_is_no_web_address_is_never_opened(world, settings, address):
    settings.SMS_URL, settings.SMS_BODY, settings.SMS_OK = address, "", ""
    person = world.people["liaison"]
    save_preference(user=person, channel=Channel.SMS, enabled=True, address="13900000000", by=person, at=AT)
    enqueue(recipient=person, key="k", subject="s", body="b", path="/", topic="", at=AT)
    deliver_waiting(at=AT)
    message = Message.objects.get(channel=Channel.SMS)
    assert message.status != Delivery.SENT
    assert "address is not http(s)" in message.last_error


def test_a_text_message_without_a_number_is_not_handed_to_the_gateway(world, gateway, settings):
    settings.SMS_URL, settings.SMS_BODY = f"{gateway.url}/sms", "to={number}"
    person = world.people["liaison"]
    save_preference(user=person, channel=Channel.SMS, enabled=True, address="13900000000", by=person, at=AT)
    enqueue(recipient=person, key="k", subject="s", body="b", path="/", topic="", at=AT)
    ChannelPreference.objects.update(address="")
    deliver_waiting(at=AT)
    assert Message.objects.get(channel=Channel.SMS).status != Delivery.SENT
    assert gateway.posts == []
