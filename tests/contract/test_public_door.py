"""One public door: its names are listed here, word for word, and importing it costs next to nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import geointel

DOOR = {
    "ConfigError",
    "GeointelError",
    "SnapshotEdition",
    "SnapshotError",
    "SnapshotLayer",
    "SourceError",
    "__version__",
    "build_snapshot",
    "grid",
    "hotspots",
    "load_partnership",
    "open_snapshot",
    "write_demo",
    "write_html",
}
HEAVY = {"duckdb", "fastapi", "geopandas", "ibis", "numpy", "pandas", "pyarrow", "pydeck", "rasterio", "scipy"}


def test_the_door_is_exact() -> None:
    assert set(geointel.__all__) == DOOR
    assert len(geointel.__all__) == len(DOOR)
    assert dir(geointel) == sorted(DOOR)


@pytest.mark.parametrize("name", sorted(DOOR))
def test_every_name_opens(name: str) -> None:
    assert getattr(geointel, name) is not None


def test_names_are_what_they_say() -> None:
    assert callable(geointel.build_snapshot)
    assert callable(geointel.load_partnership)
    assert callable(geointel.open_snapshot)
    assert issubclass(geointel.ConfigError, geointel.GeointelError)
    assert callable(geointel.grid.neighbours)
    assert callable(geointel.hotspots.gi_star)


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'secrets'"):
        geointel.secrets  # noqa: B018


def test_importing_it_is_light() -> None:
    program = "import sys, geointel; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert not HEAVY & set(done.stdout.split())
