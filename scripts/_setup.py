"""What scripts/run and scripts/test share: Python, the virtual environment, Debian's packages.

Standard library only: it runs on a fresh clone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


class SetupFailed(Exception):
    """The machine lacks something; the text says what, and what to do next."""


def say(text: str = "") -> None:
    print(text, flush=True)


def may_install() -> bool:
    """Whether we run as root on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> bool:
    """Install Debian packages without questions; False when apt could not."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode == 0


def use_new_enough_python() -> None:
    """Carry on under a Python that is new enough: this one, or a newer one from the PATH."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(OLDEST[1] + 4, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606
    have = ".".join(map(str, sys.version_info[:3]))
    raise SetupFailed(f"需要 Python 3.11 或更高版本，本机是 {have}。请安装后重试，例如：apt-get install python3.11")


def _has_ensurepip() -> bool:
    return subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0


def make_venv() -> None:
    """Make .venv unless a working one is there; a half-made one, or one copied from elsewhere, is replaced."""
    if VENV.is_symlink():
        # Replacing it would empty the folder that the link points to.
        raise SetupFailed(".venv 是一个链接。请删除该链接后重试，脚本会在这里新建虚拟环境。")
    # The programs in .venv/bin name the folder they were installed in.
    moved = any(not stamp.read_text().endswith(f" {VENV}\n") for stamp in VENV.glob("duban-*.stamp"))
    works = PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0
    if works and not moved:
        return
    if not _has_ensurepip() and may_install():
        say("本机 Python 缺少 venv 组件，正在安装 python3-venv …")
        apt_install("python3-venv")
    if not _has_ensurepip():
        raise SetupFailed("本机 Python 缺少 venv 组件。请以管理员身份运行 apt-get install python3-venv 后重试。")
    say("正在创建虚拟环境 .venv …")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def install(lock: str) -> None:
    """Make .venv hold what requirements/<lock>.txt pins, by hash. Does nothing when the lock has not changed.

    dev.txt contains run.txt, so that installing it settles both.
    """
    make_venv()
    settled = ["dev", "run"] if lock == "dev" else [lock]
    marks = {VENV / f"duban-{name}.stamp": _mark(ROOT / "requirements" / f"{name}.txt") for name in settled}
    stamp = VENV / f"duban-{lock}.stamp"
    if stamp.exists() and stamp.read_text() == marks[stamp]:
        return
    say("正在安装依赖（按哈希校验，首次约需半分钟）…")
    file = ROOT / "requirements" / f"{lock}.txt"
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--no-input", "--require-hashes", "-r", str(file)]
    if subprocess.run(command, check=False).returncode:
        raise SetupFailed("依赖安装失败，原因见上。请检查网络或 pip 的软件源设置后重试；已完成的部分会保留。")
    for path, mark in marks.items():
        path.write_text(mark)


def _mark(path: Path) -> str:
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()} {VENV}\n"
