"""The notebooks run from top to bottom on a small demonstration, without a network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def find() -> list[Path]:
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def run(notebook: Any, folder: Path) -> Any:
    """The notebook with its outputs, run from ``folder`` in a kernel of its own."""
    client = nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}})
    return client.execute()


def texts(notebook: Any) -> list[str]:
    """Everything that the notebook printed or showed, as text and as HTML."""
    found: list[str] = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            found.append(output.get("text", ""))
            found += [text for kind, text in output.get("data", {}).items() if kind in {"text/plain", "text/html"}]
    return found


def test_there_are_notebooks() -> None:
    assert [path.name for path in find()] == ["01_tour.ipynb"]


@pytest.mark.parametrize("path", find(), ids=lambda path: path.stem)
def test_outputs_are_stripped(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a kernel that leaves nothing in the home folder."""
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    monkeypatch.delenv("GEOINTEL_SNAPSHOTS", raising=False)
    return monkeypatch


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the kernel's client
def test_the_tour_runs_and_makes_its_own_demonstration(tmp_path: Path, kernel: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    told = texts(run(nbformat.read(NOTEBOOKS / "01_tour.ipynb", as_version=4), folder))
    everything = "\n".join(told)
    snapshot = (tmp_path / "demo" / "snapshots" / "current").read_text().strip()
    assert snapshot in everything
    assert "Made-up data: yes" in everything
    assert "Demonstration data." in everything
    maps = [text for text in told if text.startswith("<iframe srcdoc=")]
    assert len(maps) == 2
    assert all("H3HexagonLayer" in page and "Demonstration data." in page for page in maps)
    assert re.search(r"hotspots\.html: [45]\.\d MB", everything)
    assert (tmp_path / "demo" / "hotspots.html").stat().st_size > 4_000_000
    assert (tmp_path / "demo" / "hotspots.gpkg").is_file()

    kernel.setenv("GEOINTEL_SNAPSHOTS", str(tmp_path / "demo" / "snapshots"))
    opening = nbformat.read(NOTEBOOKS / "01_tour.ipynb", as_version=4)
    opening.cells = [cell for cell in opening.cells if cell.cell_type == "code"][:1]
    elsewhere = tmp_path / "elsewhere" / "notebooks"
    elsewhere.mkdir(parents=True)
    assert snapshot in "\n".join(texts(run(opening, elsewhere)))
    assert not (tmp_path / "elsewhere" / "demo").exists()
