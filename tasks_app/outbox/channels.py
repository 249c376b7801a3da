"""The channels by which messages leave the system. Only `outbox.actions` uses them."""

import datetime as dt
import json
import smtplib
import urllib.error
import urllib.request
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from tasks_app.outbox import robots
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import Message

# Time limit for a server that accepts the connection and then sends nothing.
SECONDS = 10
MOST_ANSWER_BYTES = 64 * 1024


class NotTaken(Exception):
    """The other side answered, and does not take this message; `permanent`: it never will."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Doors:
    """The ways out, for one batch: the mail connection is opened at need and kept for all of it.

    `send` raises NotTaken when this one message was refused, and whatever else (OSError mostly) when
    the channel itself is out of order.
    """

    def __init__(self) -> None:
        self._mail: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, message: Message, *, address: str, at: dt.datetime) -> None:
        """Hand a message to its channel; on the site a message is delivered by being marked sent."""
        if message.channel == Channel.EMAIL:
            self._send_mail(message, address)
        elif message.channel == Channel.SMS:
            _send_text(message, address)
        elif message.channel == Channel.ROBOT:
            _tell_robot(message, at)

    def _send_mail(self, message: Message, address: str) -> None:
        if not address:
            raise NotTaken("no address", permanent=True)
        letter = EmailMultiAlternatives(
            subject=message.subject.replace("\n", " "),
            body=message.mail_body,
            to=[address],
            headers={"Message-ID": message.mail_id, "Auto-Submitted": "auto-generated"},
        )
        letter.attach_alternative(render_to_string("outbox/mail.html", {"message": message}), "text/html")
        try:
            if self._mail is None:
                self._mail = get_connection()
                self._mail.open()
            self._mail.send_messages([letter])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise NotTaken(f"SMTP {codes}", permanent=all(code >= 500 for code in codes)) from error
        except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
            raise NotTaken(f"SMTP {error.smtp_code}", permanent=error.smtp_code >= 500) from error
        except Exception:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        if self._mail is not None:
            mail, self._mail = self._mail, None
            mail.close()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A configured gateway answers directly; a redirect is a fault or an attack."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _post(address: str, body: bytes, content_type: str) -> bytes:
    if urlsplit(address).scheme not in ("http", "https"):
        raise NotTaken("address is not http(s)", permanent=True)
    request = urllib.request.Request(address, data=body, headers={"Content-Type": content_type})  # noqa: S310
    # No proxy from the environment: these addresses are internal, or already given in the form that reaches them.
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return answer.read(MOST_ANSWER_BYTES)
    except urllib.error.HTTPError as error:
        # It answered, so the channel works; it only refuses this message (or this robot).
        raise NotTaken(f"HTTP {error.code}", permanent=False) from error


def _tell_robot(message: Message, at: dt.datetime) -> None:
    robot = message.robot
    if robot is None or not robot.active:
        raise NotTaken("robot is switched off", permanent=True)
    address, payload = robots.call(
        kind=robot.kind,
        address=robot.address,
        secret=robot.secret,
        subject=message.subject,
        body=message.body,
        url=message.url,
        at=at,
    )
    answer = json.loads(_post(address, json.dumps(payload).encode(), "application/json; charset=utf-8"))
    if not robots.was_taken(answer):
        raise NotTaken(f"robot answered {answer.get('errcode', answer.get('code'))}", permanent=False)


def _send_text(message: Message, number: str) -> None:
    """Fill the gateway's templates: {number} and {text}, quoted for where they stand."""
    if not settings.SMS_URL or not number:
        raise NotTaken("no gateway or no number", permanent=True)
    text = f"{message.subject} {message.url}"
    address = _fill(settings.SMS_URL, number, text, quote)
    if settings.SMS_BODY.lstrip().startswith('{"'):
        body, kind = _fill(settings.SMS_BODY, number, text, lambda s: json.dumps(s)[1:-1]), "application/json"
    else:
        body, kind = _fill(settings.SMS_BODY, number, text, quote), "application/x-www-form-urlencoded"
    answer = _post(address, body.encode(), kind).decode(errors="replace")
    if settings.SMS_OK and settings.SMS_OK not in answer:
        raise NotTaken("gateway's answer lacks the word of success", permanent=False)


def _fill(template: str, number: str, text: str, escape: Any) -> str:
    return template.replace("{number}", escape(number)).replace("{text}", escape(text))
