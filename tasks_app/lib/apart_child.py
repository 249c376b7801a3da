"""The other side of `apart`: limits itself, reads what it is to do, does it, answers. `python -m`, never imported."""

import json
import resource
import sys
from importlib import import_module


def main() -> None:
    """Unless it answers, the process always exits with a code other than 0."""
    head = json.loads(sys.stdin.buffer.readline())
    limits = head["limits"]
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    # The system kills the process at the soft limit; no core dump, which would be as large as the memory.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    module, name = head["function"].split(":")
    answer = getattr(import_module(module), name)(sys.stdin.buffer.read(), **head["said"])
    told = b"B" + answer if isinstance(answer, bytes) else b"J" + json.dumps(answer, ensure_ascii=False).encode()
    if len(told) > limits["answer"]:
        raise SystemExit(f"an answer of {len(told)} bytes")
    sys.stdout.buffer.write(told)


if __name__ == "__main__":
    main()
