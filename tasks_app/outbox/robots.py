"""The protocols of chat-group robots: address, signature, message, answer. Pure.

企业微信: the key in the address is all. 钉钉: `timestamp` (ms) and `sign` = base64(HMAC-SHA256(secret,
"timestamp\\nsecret")) join the address. 飞书: `timestamp` (s) and `sign` = base64(HMAC-SHA256(
"timestamp\\nsecret", "")) join the words.
"""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tasks_app.outbox.choices import RobotKind

# 企业微信 refuses more than 4096 bytes.
MOST_BYTES = 4000


def call(
    *, kind: str, address: str, secret: str, subject: str, body: str, url: str, at: dt.datetime
) -> tuple[str, dict[str, Any]]:
    """The address to post to and the JSON to post, signed for the moment `at` where there is a secret."""
    words = _cut(f"{subject}\n{body}\n{url}")
    if kind == RobotKind.WECOM:
        return address, {"msgtype": "text", "text": {"content": words}}
    if kind == RobotKind.DINGTALK:
        if secret:
            stamp = str(int(at.timestamp() * 1000))
            sign = _mac(key=secret, words=f"{stamp}\n{secret}")
            address += ("&" if "?" in address else "?") + urlencode({"timestamp": stamp, "sign": sign})
        return address, {"msgtype": "text", "text": {"content": words}}
    payload: dict[str, Any] = {"msg_type": "text", "content": {"text": words}}
    if secret:
        stamp = str(int(at.timestamp()))
        payload |= {"timestamp": stamp, "sign": _mac(key=f"{stamp}\n{secret}", words="")}
    return address, payload


def was_taken(answer: Mapping[str, Any]) -> bool:
    """Whether a robot's answer says that it took the message: they refuse with status 200, too."""
    return (
        next((answer[name] for name in ("errcode", "code", "StatusCode", "status_code") if name in answer), None) == 0
    )


def _mac(*, key: str, words: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()).decode()


def _cut(words: str) -> str:
    return words.encode()[:MOST_BYTES].decode(errors="ignore")
