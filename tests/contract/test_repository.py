"""Habits of the repository: versions agree, nothing is too large, nothing names a machine or an address."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import geointel

ROOT = Path(__file__).parents[2]
LARGEST = 300_000
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
MACHINE = re.compile(r"(?<![\w.])/(?:root|home|Users|mnt|work)/[\w.-]+")
"""Folders of somebody's machine."""


def tracked() -> list[Path]:
    """Files that git knows; the test is skipped where there is no checkout."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is not a git checkout")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    paths = [ROOT / name for name in done.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.fixture(scope="module")
def check_files() -> Any:
    spec = importlib.util.spec_from_file_location("check_files", ROOT / "scripts" / "check_files.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_changelog_is_that_of_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1] == geointel.__version__


def test_the_version_stands_in_one_place() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in project
    assert not re.search(r"^version\s*=", project, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_python_lock_has_versions_and_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text
    named = re.findall(r"^([\w.\[\]-]+)==\S+", text, re.MULTILINE)
    assert named
    for entry in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        if entry.strip() and not entry.startswith("#"):
            assert re.match(r"[\w.\[\]-]+==\S+", entry), entry[:80]
            assert "--hash=sha256:" in entry, entry[:80]


def test_the_page_s_lock_has_no_address_of_a_download() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    lock = json.loads(text)
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert all(entry.get("integrity", "").startswith("sha512-") for entry in packages.values() if not entry.get("link"))


def test_nothing_tracked_is_large() -> None:
    large = {
        path.relative_to(ROOT).as_posix(): path.stat().st_size for path in tracked() if path.stat().st_size > LARGEST
    }
    assert not [name for name in large if not name.startswith("data/boundaries/")]


def test_commits_hold_no_large_file_and_no_key(check_files: Any) -> None:
    assert [p for path in tracked() for p in check_files.problems(path, path.relative_to(ROOT).as_posix())] == []


def test_nothing_tracked_names_a_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path != Path(__file__):
            found += [f"{path.relative_to(ROOT)}: {match}" for match in MACHINE.findall(text)]
    assert found == []


def test_a_large_file_and_a_key_are_found(check_files: Any, tmp_path: Path) -> None:
    large = tmp_path / "rows.csv"
    large.write_bytes(b"x" * 50_001)
    assert "50,001 bytes" in check_files.problems(large, "tests/rows.csv")[0]
    assert check_files.problems(large, "data/boundaries/rows.csv") == []
    key = tmp_path / "key"
    for kind in ("", "RSA ", "OPENSSH ", "EC "):
        key.write_text(f"-----BEGIN {kind}PRIVATE" + " KEY-----\n", encoding="utf-8")
        assert check_files.problems(key, "key") == ["key holds a private key"]
    key.write_text("-----BEGIN PUBLIC" + " KEY-----\n", encoding="utf-8")
    assert check_files.problems(key, "key") == []
    assert check_files.main([str(large)]) == 1
    assert check_files.main([str(key)]) == 0


def test_hooks_download_nothing_and_call_what_is_there() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    assert {hook["language"] for hook in hooks} == {"system"}
    names = {hook["id"] for hook in hooks}
    assert names == {"check-files", "codespell", "import-linter", "mypy", "nbstripout", "ruff-check", "ruff-format"}
    wanted = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for hook in hooks:
        program, *arguments = hook["entry"].split()
        assert program.startswith(".venv/bin/")
        tool = {"python": "requires-python", "lint-imports": "import-linter"}.get(
            Path(program).name, Path(program).name
        )
        assert tool in wanted
        assert all((ROOT / argument).is_file() for argument in arguments if argument.endswith(".py"))
