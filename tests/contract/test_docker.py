"""The image and its composition, as far as they can be checked without an engine."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from geointel.cli.main import app
from geointel_api.app import create_api
from geointel_api.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "docker" / "Dockerfile"
COMPOSE = ROOT / "docker" / "compose.yaml"
SERVICE_KEYS = {
    "build", "cap_drop", "command", "environment", "healthcheck", "image", "init", "mem_limit", "network_mode",
    "pids_limit", "ports", "profiles", "read_only", "restart", "security_opt", "tmpfs", "user", "volumes",
}  # fmt: skip
"""Keys of a service in the Compose Specification, as far as they are used here."""
VOLUME_KEYS = {"type", "source", "target", "read_only", "bind"}


@dataclass
class Stage:
    """One stage of the Dockerfile: its base image and its instructions."""

    name: str
    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        return [rest for word, rest in self.steps if word == instruction]


def read_stages(text: str) -> dict[str, Stage]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    stages: dict[str, Stage] = {}
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, keyword, name = rest.split()
            assert keyword == "AS"
            stages[name] = Stage(name, base)
        else:
            assert stages, f"{line} stands before FROM"
            stages[next(reversed(stages))].steps.append((word, " ".join(rest.split())))
    return stages


@pytest.fixture(scope="module")
def stages() -> dict[str, Stage]:
    return read_stages(DOCKERFILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return document


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path out of the image: the last rule that matches decides."""
    out = False
    for rule in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not rule or rule.startswith("#"):
            continue
        pattern = rule.removeprefix("!")
        parents = [path, *[str(parent) for parent in Path(path).parents if str(parent) != "."]]
        if pattern.startswith("**/"):
            matches = pattern.removeprefix("**/") in Path(path).parts
        else:
            matches = pattern == "*" or pattern in parents
        if matches:
            out = not rule.startswith("!")
    return out


def test_page_then_wheel_then_what_runs(stages: dict[str, Stage]) -> None:
    assert list(stages) == ["page", "wheel", "run"]


def test_base_images_have_a_version_and_no_address(stages: dict[str, Stage]) -> None:
    for stage in stages.values():
        name, _, tag = stage.base.partition(":")
        assert "/" not in name
        assert re.fullmatch(r"\d+(\.\d+)*-slim", tag), stage.base
    assert stages["wheel"].base == stages["run"].base


def test_versions_are_those_that_are_supported(stages: dict[str, Stage]) -> None:
    python = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))[1]
    assert stages["run"].base == f"python:{python}-slim"
    node = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))["engines"]["node"]
    oldest = int(re.search(r"\d+", node)[0])
    assert int(re.search(r"node:(\d+)", stages["page"].base)[1]) >= oldest


def test_what_is_copied_is_there(stages: dict[str, Stage]) -> None:
    copied = 0
    for stage in stages.values():
        assert not stage.all("ADD")
        for rest in stage.all("COPY"):
            words = shlex.split(rest)
            if words[0].startswith("--from="):
                assert words[0].removeprefix("--from=") in stages
                continue
            for source in words[:-1]:
                copied += 1
                assert (ROOT / source).exists(), source
                assert not ignored(source.rstrip("/")), f".dockerignore keeps {source} out"
    assert copied > 8


@pytest.mark.parametrize(
    "path",
    [".git/config", ".venv/bin/python", "demo/police/a.csv", "snapshots/current", "examples/a/partnership.toml",
     ".env", "web/node_modules/a/index.js", "src/geointel/viewer/assets/index.html", "tests/x.py"],
)  # fmt: skip
def test_what_has_no_business_in_an_image_stays_out(path: str) -> None:
    assert ignored(path)


def test_downloads_are_checked_against_the_lock(stages: dict[str, Stage]) -> None:
    for run in stages["wheel"].all("RUN") + stages["run"].all("RUN"):
        for command in run.split("&&"):
            if "pip download" in command:
                assert "--require-hashes" in command
                assert "requirements/dev.lock" in command
            if "pip install" in command:
                assert "--no-index" in command
    assert any("npm ci --ignore-scripts" in run for run in stages["page"].all("RUN"))


def test_it_runs_without_root(stages: dict[str, Stage]) -> None:
    last = stages["run"]
    words = [word for word, _ in last.steps]
    assert last.all("USER") == ["10001:10001"]
    assert "RUN" not in words[words.index("USER") :]


def test_it_serves_what_the_command_line_knows(stages: dict[str, Stage]) -> None:
    last = stages["run"]
    command = json.loads(last.all("CMD")[0])
    assert command == ["geointel", "serve", "/data/snapshots", "--host", "0.0.0.0"]  # noqa: S104 - in a container
    context = parse(command)
    assert last.all("EXPOSE") == [str(context["port"])]


def test_its_health_is_that_of_the_service(stages: dict[str, Stage]) -> None:
    options, _, command = stages["run"].all("HEALTHCHECK")[0].partition("CMD ")
    program = json.loads(command)
    assert program[:2] == ["python", "-c"]
    compile(program[2], "HEALTHCHECK", "exec")
    address = re.search(r"http://127\.0\.0\.1:8000(/[a-z/]+)", program[2])[1]
    assert address in create_api().openapi()["paths"]
    assert {"--interval=30s", "--timeout=5s", "--start-period=60s", "--retries=3"} == set(options.split())


def test_settings_are_settings(stages: dict[str, Stage], compose: dict[str, Any]) -> None:
    known = {f"GEOINTEL_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"(GEOINTEL_[A-Z_]+)=", " ".join(stages["run"].all("ENV"))))
    for service in compose["services"].values():
        named |= set(service.get("environment", {}))
    assert named
    assert named <= known


def parse(command: list[str]) -> dict[str, Any]:
    """What the command line makes of a command; it refuses what it does not know."""
    group = typer.main.get_command(app)
    verb = group.commands[command[1]]
    found: dict[str, Any] = verb.make_context(command[1], command[2:]).params
    return found


def test_the_composition_has_a_map_and_a_build(compose: dict[str, Any]) -> None:
    assert set(compose) == {"name", "services"}
    assert set(compose["services"]) == {"map", "build"}
    for service in compose["services"].values():
        assert set(service) <= SERVICE_KEYS
        assert (COMPOSE.parent / service["build"]["context"]).resolve() == ROOT
        assert (ROOT / service["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("name", ["map", "build"])
def test_services_may_do_little(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert all(mount.startswith("/tmp:size=") and "noexec" in mount for mount in service["tmpfs"])  # noqa: S108
    assert service["mem_limit"]
    assert service["pids_limit"]


def test_the_map_reads_snapshots_and_nothing_else(compose: dict[str, Any]) -> None:
    service = compose["services"]["map"]
    (volume,) = service["volumes"]
    assert set(volume) <= VOLUME_KEYS
    assert volume["read_only"] is True
    assert volume["target"] == "/data/snapshots"
    assert volume["source"].endswith("/snapshots")
    assert volume["bind"] == {"create_host_path": False}
    assert all(port.startswith("127.0.0.1:") and port.endswith(":8000") for port in service["ports"])


def test_the_build_has_no_network_and_a_command_that_works(compose: dict[str, Any]) -> None:
    service = compose["services"]["build"]
    assert service["network_mode"] == "none"
    assert service["profiles"] == ["build"]
    (volume,) = service["volumes"]
    assert volume["target"] == "/data"
    assert "read_only" not in volume
    assert parse(service["command"])["out"] == Path("/data/snapshots")


HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed")
def test_the_linter_finds_nothing() -> None:
    done = subprocess.run([str(HADOLINT), str(DOCKERFILE)], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == ""
    assert done.returncode == 0
