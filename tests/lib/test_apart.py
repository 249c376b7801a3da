"""A function in a process of its own: what it answers, and what becomes of those that never answer."""

import subprocess
import sys
import threading

import pytest

from tasks_app.lib import apart

HERE = "tests.lib.apart_functions"


def test_it_answers_data_or_bytes():
    assert apart.run(f"{HERE}:echoed", "甲\n乙".encode(), words=["一", 2]) == {"words": ["一", 2], "content": "甲\n乙"}
    assert apart.run(f"{HERE}:doubled", b"\x00\nJ") == b"\x00\nJ\x00\nJ"


@pytest.mark.parametrize("function", ["raising", "ending", "swallowing"])
def test_whatever_ends_the_child_is_one_answer(function):
    with pytest.raises(apart.Died):
        apart.run(f"{HERE}:{function}", b"")


def test_memory_time_and_the_answer_are_limited(monkeypatch):
    monkeypatch.setattr(apart, "MEMORY", 300 * apart.MEGABYTE)
    assert apart.run(f"{HERE}:allocating", b"", megabytes=50) == 50
    with pytest.raises(apart.Died):
        apart.run(f"{HERE}:allocating", b"", megabytes=301)
    monkeypatch.setattr(apart, "CPU_SECONDS", 1)
    with pytest.raises(apart.Died):
        apart.run(f"{HERE}:turning", b"")
    monkeypatch.setattr(apart, "MAX_ANSWER", 5)
    assert apart.run(f"{HERE}:doubled", b"ab") == b"abab"
    with pytest.raises(apart.Died):
        apart.run(f"{HERE}:doubled", b"abc")


def test_a_child_that_waits_is_ended(monkeypatch):
    monkeypatch.setattr(apart, "WALL_SECONDS", 1)
    with pytest.raises(apart.Died):
        apart.run(f"{HERE}:waiting", b"")


def test_only_so_many_children_run_at_once(monkeypatch):
    """Who would be one more waits for a place, gives up in the end, and takes the place once it is free."""
    assert apart.AT_ONCE == 2
    begun, may_end, started = threading.Semaphore(0), threading.Event(), []

    def child(told):
        started.append(told)
        begun.release()
        may_end.wait()
        return subprocess.CompletedProcess([], 0, b"J1", b"")

    monkeypatch.setattr(apart, "_child", child)
    both = [threading.Thread(target=apart.run, args=(f"{HERE}:doubled", b"")) for _ in range(apart.AT_ONCE)]
    try:
        for thread in both:
            thread.start()
        for _thread in both:
            assert begun.acquire(timeout=60)
        monkeypatch.setattr(apart, "WALL_SECONDS", 0.01)
        with pytest.raises(apart.Died):
            apart.run(f"{HERE}:doubled", b"")
        assert len(started) == 2
    finally:
        may_end.set()
        for thread in both:
            thread.join()
    assert apart.run(f"{HERE}:doubled", b"") == 1


def test_a_child_that_cannot_begin_has_died_and_keeps_no_place(monkeypatch):
    def refused(*_args, **_how):
        raise BlockingIOError("Resource temporarily unavailable")

    with monkeypatch.context() as full:
        full.setattr(subprocess, "Popen", refused)
        for _time in range(apart.AT_ONCE + 1):
            with pytest.raises(apart.Died):
                apart.run(f"{HERE}:doubled", b"ab")
    assert apart.run(f"{HERE}:doubled", b"ab") == b"abab"


def test_no_secret_of_the_environment_is_in_the_child(monkeypatch):
    monkeypatch.setenv("DUBAN_SECRET_KEY", "geheim")
    assert set(apart.run(f"{HERE}:environment", b"")) <= {"PATH", "LD_LIBRARY_PATH", "PYTHONUTF8", "LC_CTYPE"}


@pytest.mark.parametrize(
    "module",
    ["tasks_app.intake.readers.guarded", "tasks_app.intake.readers.word", "tasks_app.intake.readers.workbook",
     "tasks_app.intake.annotating", "tasks_app.workbook.opening"],
)  # fmt: skip
def test_what_runs_apart_loads_no_django(module):
    """It would take ten times as long as a small file."""
    told = "import sys, {0}; print([name for name in sys.modules if name.partition('.')[0] in {{'django', 'celery'}}])"
    done = subprocess.run([sys.executable, "-c", told.format(module)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
