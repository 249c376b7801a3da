"""docker-compose.yml, the Dockerfile and docs/deploy.md describe an installation that can exist.

There is no Docker engine where the suite runs, so the files are checked for shape, and the very commands and health
checks of the compose file are run natively against a real PostgreSQL and a real Redis.
"""

import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command, get_commands

from tests.support.offenders import every, listed
from tests.support.servers import Missing, free_port, postgres_server, redis_server, stop, wait_until

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]
LONG_RUNNING = [name for name in SERVICES if name != "migrate"]
DEPLOY_DOC = (ROOT / "docs" / "deploy.md").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
BIN = Path(sys.executable).parent
# Read by docker compose and by scripts/healthy, not by the settings.
NOT_SETTINGS = {"DUBAN_DATABASE_PASSWORD", "DUBAN_HTTP_BIND", "DUBAN_PORT", "DUBAN_BEAT_STATE"}


def variables(text: str) -> set[str]:
    return set(re.findall(r"DUBAN_[A-Z_]*[A-Z]", text))


SETTINGS_VARIABLES = variables((ROOT / "config" / "settings.py").read_text())


def test_compose_file_has_the_services_of_the_installation() -> None:
    assert set(SERVICES) == {"migrate", "web", "worker", "beat", "postgres", "redis"}
    assert set(COMPOSE["volumes"]) == {"postgres", "beat", "media"}


def test_long_running_services_are_watched_and_restarted() -> None:
    with every("see docker-compose.yml") as at:
        for name in LONG_RUNNING:
            with at(name):
                assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
                assert SERVICES[name]["restart"] == "unless-stopped"


def test_services_run_without_root_on_a_read_only_file_system() -> None:
    with every("see docker-compose.yml") as at:
        for name, service in SERVICES.items():
            with at(name):
                assert service["user"] not in {"", "0", "0:0", "root"}
                assert service["read_only"] is True
                assert service["cap_drop"] == ["ALL"]
                assert "no-new-privileges:true" in service["security_opt"]


def test_image_runs_without_root_and_installs_by_hash() -> None:
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["duban"]
    assert "--require-hashes -r requirements/run.txt" in DOCKERFILE


def test_secrets_come_from_the_environment_and_are_demanded() -> None:
    with every("see docker-compose.yml") as at:
        for name in OURS:
            with at(name):
                environment = SERVICES[name]["environment"]
                for key in ("DUBAN_SECRET_KEY", "DUBAN_ALLOWED_HOSTS", "DUBAN_BASE_URL", "DUBAN_EMAIL_URL"):
                    assert re.fullmatch(r"\$\{" + key + r":\?.+\}", environment[key]), key
                assert "${DUBAN_DATABASE_PASSWORD:?" in environment["DUBAN_DATABASE_URL"]
    assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${DUBAN_DATABASE_PASSWORD:?")


def test_only_web_is_reachable_and_only_from_this_machine_by_default() -> None:
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["web"]
    assert SERVICES["web"]["ports"] == ["${DUBAN_HTTP_BIND:-127.0.0.1:8000}:8000"]


def test_web_waits_for_the_migrations() -> None:
    assert SERVICES["web"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_program_of_each_service_is_installed() -> None:
    missing = [f"{name}: {program}" for name in OURS if not (BIN / (program := SERVICES[name]["command"][0])).exists()]
    assert not missing, listed("not in the virtual environment", missing)


def test_manage_commands_named_in_the_deployment_files_exist() -> None:
    texts = [DEPLOY_DOC, DOCKERFILE, " ".join(SERVICES["migrate"]["command"]), (ROOT / "scripts" / "run").read_text()]
    named = {word for text in texts for word in re.findall(r"manage\.py[\"', ]+([a-z_]+)", text)}
    assert {"migrate", "collectstatic", "createsuperuser", "load_lists"} <= named
    assert named <= set(get_commands())
    assert {"load_lists", "seed_demo", "serve"} <= set(get_commands())


def test_scripts_named_in_the_deployment_files_exist_and_are_executable() -> None:
    texts = DEPLOY_DOC + DOCKERFILE + (ROOT / "docker-compose.yml").read_text()
    for script in set(re.findall(r"\bscripts/[a-z_]+", texts)):
        assert os.access(ROOT / script, os.X_OK), script


def test_every_variable_of_the_compose_file_is_known_to_the_settings() -> None:
    assert set(SERVICES["web"]["environment"]) <= SETTINGS_VARIABLES
    assert variables((ROOT / "docker-compose.yml").read_text()) <= SETTINGS_VARIABLES | NOT_SETTINGS


def test_every_variable_is_documented_and_none_that_does_not_exist() -> None:
    table = set(re.findall(r"^\| `(DUBAN_\w+)`", DEPLOY_DOC, re.MULTILINE))
    assert table == SETTINGS_VARIABLES
    assert variables(DEPLOY_DOC) <= SETTINGS_VARIABLES | NOT_SETTINGS


def test_processes_by_hand_are_those_of_the_compose_file() -> None:
    for name in ("worker", "beat"):
        for word in SERVICES[name]["command"]:
            assert word.split("=")[0] in DEPLOY_DOC, word


@pytest.mark.slow
def test_static_files_can_be_collected_for_production(tmp_path: Path, settings: Any) -> None:
    """Fails on a stylesheet that names a file which does not exist."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    call_command("collectstatic", "--noinput", verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


# ---------------------------------------------------------------------------- the same processes natively


def native_environment(*, database: str, redis: str, data: Path, port: int) -> dict[str, str]:
    """The environment of the compose file with real values, as production has it: nothing embedded, no demo."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DUBAN_", "DJANGO_"))}
    ours = {
        "DUBAN_SECRET_KEY": "for this test only, long enough for every check: 0123456789 abcdef",
        "DUBAN_DATABASE_URL": database,
        "DUBAN_REDIS_URL": redis,
        "DUBAN_ALLOWED_HOSTS": "duban.example.org",
        "DUBAN_BASE_URL": "https://duban.example.org",
        "DUBAN_CSRF_TRUSTED_ORIGINS": "https://duban.example.org",
        "DUBAN_EMAIL_URL": "smtp://127.0.0.1:1",
        "DUBAN_EMAIL_FROM": "duban@example.org",
        "DUBAN_HTTPS": "1",
        "DUBAN_DATA_DIR": str(data),
    }
    assert set(ours) == set(SERVICES["web"]["environment"])
    return {**kept, **ours, "DUBAN_PORT": str(port), "DUBAN_BEAT_STATE": str(data / "celerybeat-schedule")}


def native_command(command: list[str], *, data: Path, port: int) -> list[str]:
    """A command of the compose file with this machine's paths and port; loud when a part is not where we thought."""
    swaps = {"--bind=0.0.0.0:8000": f"--bind=127.0.0.1:{port}", "--schedule=/data/": f"--schedule={data}/"}
    words = [str(BIN / command[0]), *command[1:]]
    for old, new in swaps.items():
        words = [word.replace(old, new) for word in words]
    assert not any("/data/" in word and str(data) not in word for word in words)
    return words


@contextmanager
def running(name: str, environment: dict[str, str], data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = native_command(SERVICES[name]["command"], data=data, port=port)
    with (data / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        stop(process)


@pytest.mark.worker
@pytest.mark.slow
def test_processes_of_the_compose_file_start_and_pass_their_health_checks(tmp_path: Path) -> None:
    with ExitStack() as stack:
        try:
            database = stack.enter_context(postgres_server())
            redis = stack.enter_context(redis_server())
        except Missing as error:
            if os.environ.get("DUBAN_TEST_REQUIRE_ALL") == "1":
                raise
            pytest.skip(str(error))
        port = free_port()
        environment = native_environment(database=database.url, redis=redis.url, data=tmp_path, port=port)
        migrate = native_command(SERVICES["migrate"]["command"], data=tmp_path, port=port)
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True, capture_output=True)
        processes = {
            name: stack.enter_context(running(name, environment, tmp_path, port)) for name in ("web", "worker", "beat")
        }
        for name, process in processes.items():
            assert SERVICES[name]["healthcheck"]["test"][1] == "python"
            check = [sys.executable, *SERVICES[name]["healthcheck"]["test"][2:]]

            def healthy(check: list[str] = check) -> bool:
                done = subprocess.run(check, cwd=ROOT, env=environment, capture_output=True, check=False)
                return done.returncode == 0

            try:
                wait_until(healthy, name, process)
            except RuntimeError as error:
                pytest.fail(f"{error}\n{(tmp_path / f'{name}.log').read_text()[-2000:]}")


@pytest.mark.parametrize("name", ["web", "beat"])
def test_health_check_of_a_process_that_is_down_says_so(name: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody answers there
        environment = {
            **os.environ,
            "DUBAN_PORT": str(taken.getsockname()[1]),
            "DUBAN_BEAT_STATE": str(tmp_path / "none"),
        }
        done = subprocess.run(
            [sys.executable, "scripts/healthy", name],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert name in done.stderr


# ---------------------------------------------------------------------------- the lock


def canonical(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


@pytest.mark.parametrize(("lock", "groups"), [("run", ["run"]), ("dev", ["run", "dev"])])
def test_lock_pins_every_declared_package_by_hash_and_names_no_host(lock: str, groups: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = {"run": project["project"]["dependencies"], "dev": project["dependency-groups"]["dev"]}
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    pinned = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert {canonical(name) for group in groups for name in declared[group]} <= {canonical(entry) for entry in pinned}
    assert all("--hash=sha256:" in entry and "==" in entry for entry in pinned)
    assert "://" not in text
    assert "--index" not in text


def test_what_is_tested_is_what_runs() -> None:
    """dev.txt pins the very versions of run.txt."""
    run, dev = (
        set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))
        for name in ("run", "dev")
    )
    assert run <= dev
