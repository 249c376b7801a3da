"""What test_apart.py lets run in a process of its own."""

import os
import signal
from typing import Any


def echoed(content: bytes, *, words: list[Any]) -> dict[str, Any]:
    return {"words": words, "content": content.decode()}


def doubled(content: bytes) -> bytes:
    return content * 2


def raising(content: bytes) -> None:
    raise RuntimeError("a library's own error")


def ending(content: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def swallowing(content: bytes) -> None:
    """Ends as if all were well, but says nothing."""
    os._exit(0)


def allocating(content: bytes, *, megabytes: int) -> int:
    return len(bytearray(megabytes * 1024 * 1024)) // 1024 // 1024


def turning(content: bytes) -> None:
    while True:
        pass


def waiting(content: bytes) -> None:
    signal.pause()


def environment(content: bytes) -> list[str]:
    return list(os.environ)
