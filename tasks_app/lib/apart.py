"""Call a function on the bytes of an untrusted file in a separate process with limits on memory and time.

Libraries allocate what a file tells them to. Here only the child process dies of it: the caller is told, and goes on
serving everybody else. `subprocess`, because the workers of Celery may have no children by `multiprocessing`; almost no
environment is passed on, so that no secret is within reach of the file.

The function is named as "package.module:function" and must not import Django, which would take ten times as long as
reading a list. It is called as function(content, **said) and answers bytes, or what JSON can hold.
"""

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

MEGABYTE = 1024 * 1024
# The largest list that is taken (readers.limits) needs a third of the memory and a tenth of the time.
MEMORY = 1024 * MEGABYTE
CPU_SECONDS = 60
# A process may be slow on a busy machine, but the caller must not wait for ever.
WALL_SECONDS = 120
MAX_ANSWER = 128 * MEGABYTE
# Each may take MEMORY: as many as there are threads would take the machine's.
AT_ONCE = 2

# Environment variables that an interpreter may need to start.
_PASSED = ("PATH", "LD_LIBRARY_PATH")
_ROOT = Path(__file__).parents[2]
_log = logging.getLogger(__name__)
_places = threading.BoundedSemaphore(AT_ONCE)


class Died(Exception):
    """There is no answer: the child was out of memory or time, broken by the file, or could not even begin."""


def run(function: str, content: bytes, **said: Any) -> Any:
    """The answer of `function`. Raises Died when the child ended without one, whatever the cause; the log has the
    details.

    No more than AT_ONCE children of one process run at a time; the others wait for their turn, within a limit.
    """
    limits = {"memory": MEMORY, "cpu": CPU_SECONDS, "answer": MAX_ANSWER}
    head = json.dumps({"function": function, "said": said, "limits": limits}).encode()
    if not _places.acquire(timeout=WALL_SECONDS):
        _log.warning("%s waited %s s for its turn", function, WALL_SECONDS)
        raise Died(function)
    try:
        done = _child(head + b"\n" + content)
    except subprocess.TimeoutExpired as late:
        _log.warning("%s took more than %s s and was ended", function, WALL_SECONDS)
        raise Died(function) from late
    except OSError as refused:
        _log.warning("%s could not begin: %s", function, refused)
        raise Died(function) from refused
    finally:
        _places.release()
    if done.returncode or not done.stdout:
        said_last = done.stderr[-2000:].decode("utf-8", "replace").strip()
        _log.warning("%s ended with %s: %s", function, done.returncode, said_last)
        raise Died(function)
    kind, answer = done.stdout[:1], done.stdout[1:]
    return answer if kind == b"B" else json.loads(answer)


def _child(told: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tasks_app.lib.apart_child"],
        input=told,
        capture_output=True,
        timeout=WALL_SECONDS,
        check=False,
        cwd=_ROOT,
        env={"PYTHONUTF8": "1"} | {name: os.environ[name] for name in _PASSED if name in os.environ},
    )
