"""What CONTRIBUTING tells a developer to run works on a fresh clone: no secret set by hand, no database made first."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def manage(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """manage.py with nothing in the environment and an empty folder for data."""
    environment = {"PATH": os.environ["PATH"], "DUBAN_DATA_DIR": str(folder / "none")}
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "command",
    [["makemigrations", "--check", "--dry-run"], ["sqlmigrate", "tasks_app", "0001"]],
    ids=lambda words: words[0],
)
def test_a_developers_command_needs_no_secret_and_makes_nothing(tmp_path, command):
    done = manage(tmp_path, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_touches_data_says_which_secret_it_wants(tmp_path):
    done = manage(tmp_path, "migrate")
    assert done.returncode != 0
    assert "DUBAN_SECRET_KEY" in done.stderr
