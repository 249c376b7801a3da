"""./scripts/run keeps its promises: sets up once, serves, keeps the data, stops cleanly."""

import datetime as dt
import importlib.machinery
import importlib.util
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.servers import free_port, stop, wait_until

ROOT = Path(__file__).resolve().parent.parent
OPEN = "首页已可打开"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    loader = importlib.machinery.SourceFileLoader("run_script", str(ROOT / "scripts" / "run"))
    spec = importlib.util.spec_from_loader("run_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("today", "years"),
    [
        ((2024, 7, 15), 0),
        ((2025, 7, 14), 0),
        ((2025, 7, 15), 1),
        ((2026, 11, 21), 2),
        ((2027, 1, 1), 2),
        ((2027, 7, 14), 2),
        ((2028, 2, 29), 3),
    ],
)
def test_demo_always_lives_in_the_year_from_july_2024(
    script: ModuleType, today: tuple[int, int, int], years: int
) -> None:
    assert script.clock_shift_years(dt.date(*today)) == years


def test_environment_file_is_closed_to_others_and_keeps_its_key(script: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "var" / "duban.env"
    script.write_environment(file, shift=2, overwrite_shift=False)
    first = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    script.write_environment(file, shift=3, overwrite_shift=False)
    assert file.read_text() == first
    script.write_environment(file, shift=0, overwrite_shift=True)
    assert file.read_text() == first.replace("SHIFT_YEARS=2", "SHIFT_YEARS=0")


def test_what_the_owner_added_to_the_environment_file_stays(script: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "duban.env"
    file.write_text("DUBAN_EMAIL_URL=smtp://mail.example.org:25\n")
    script.write_environment(file, shift=2, overwrite_shift=True)
    assert "DUBAN_EMAIL_URL=smtp://mail.example.org:25\n" in file.read_text()


def test_real_clock_without_reset_is_refused_in_chinese() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/run", "--real-clock"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "--real-clock 须与 --reset 合用" in done.stderr


def test_taken_port_is_named_before_anything_is_deleted(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "duban.sqlite3").write_text("kept")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "scripts/run", "--reset", "--port", port],
            cwd=ROOT,
            env={**os.environ, "DUBAN_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"127.0.0.1:{port} 无法监听" in done.stderr
    assert (tmp_path / "duban.sqlite3").exists()


@contextmanager
def started(data: Path, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """scripts/run, once it has said that its first page can be opened. It speaks into `log`."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DUBAN_", "DJANGO_"))}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "scripts/run", "--port", str(port)],
            cwd=ROOT,
            env={**environment, "DUBAN_DATA_DIR": str(data)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: OPEN in log.read_text(encoding="utf-8"), "scripts/run", process, seconds=600)
        yield process
    finally:
        if process.poll() is None:
            stop(process)


@pytest.mark.slow
def test_two_starts_serve_keep_the_data_and_stop_cleanly_on_ctrl_c(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    said = []
    for start in ("first", "second"):
        log = tmp_path / f"{start}.log"
        with started(data, port, log) as process:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as page:
                assert page.status == 200
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
        said.append(log.read_text(encoding="utf-8"))
        assert process.returncode == 0, said[-1]
        assert "Traceback" not in said[-1]
        assert f"http://127.0.0.1:{port}/" in said[-1]
    first, second = said
    assert "演示数据已生成" in first
    # The second start sets nothing up: that is what makes it quick.
    assert "演示数据已在，保持不变" in second
    assert "演示数据已生成" not in second
    assert "正在安装依赖" not in second
    assert (data / "duban.sqlite3").exists()
