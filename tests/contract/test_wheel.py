"""The wheel holds the page, both packages and nothing called ``api``; so does one made from the sdist."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "src" / "geointel" / "viewer" / "assets" / "index.html"


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("build_wheel", ROOT / "scripts" / "build_wheel.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not PAGE.is_file(), reason="the page is not built: run `make web`")
def test_sdist_and_wheel_are_whole(script: Any, tmp_path: Path) -> None:
    sdist, wheel = script.build(tmp_path, wheel_only=False)
    assert script.problems_of_sdist(sdist) == []
    assert script.problems_of_wheel(wheel) == []
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry_points = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    assert "geointel = geointel.cli:main" in entry_points
    assert not [name for name in names if "__pycache__" in name or "node_modules" in name or "/tests/" in name]


def make(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return path


def test_a_wheel_without_the_page_is_refused(script: Any, tmp_path: Path) -> None:
    whole = [*script.NEEDED, "geointel/viewer/assets/map-assets/index.js", "geointel-1.dist-info/METADATA"]
    assert script.problems_of_wheel(make(tmp_path / "a.whl", whole)) == []
    assert script.problems_of_wheel(make(tmp_path / "b.whl", [name for name in whole if name != script.PAGE])) == [
        "geointel/viewer/assets/index.html is missing"
    ]
    no_script = [name for name in whole if not name.endswith(".js")]
    assert "holds no script" in script.problems_of_wheel(make(tmp_path / "c.whl", no_script))[0]


def test_a_wheel_with_a_module_called_api_is_refused(script: Any, tmp_path: Path) -> None:
    names = [*script.NEEDED, "geointel/viewer/assets/map-assets/index.js", "api/geointel_api/app.py"]
    assert script.problems_of_wheel(make(tmp_path / "a.whl", names)) == ["api does not belong at the top"]
