"""What can be used is documented, what is documented is there, and generated files are as generated."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pytest
import typer

import geointel
from geointel import content
from geointel.cli.main import app
from geointel.config import load, schema
from geointel.layers.base import kinds as layer_kinds
from geointel.sources.base import kinds as source_kinds

from ..reasons import reasons_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def links(path: Path) -> list[str]:
    """Targets of a page's links, without those in code."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    return LINK.findall(re.sub(r"`[^`]*`", "", text))


def verbs() -> list[str]:
    return sorted(typer.main.get_command(app).commands)


def config_keys() -> list[tuple[str, str]]:
    """Every table and key of the partnership file."""
    document = schema()
    found = [("", key) for key in document["properties"]]
    for name, table in document["$defs"].items():
        found += [(name, key) for key in table["properties"]]
        for condition in table.get("allOf", []):
            found += [(name, key) for key in condition.get("then", {}).get("properties", {})]
    return sorted(found)


@pytest.fixture(scope="module")
def bless() -> Any:
    spec = importlib.util.spec_from_file_location("bless", ROOT / "scripts" / "bless.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_generated_files_are_as_generated(bless: Any) -> None:
    generated = bless.generated()
    names = {path.relative_to(ROOT).as_posix() for path in generated}
    assert names >= {"schemas/partnership.json", "schemas/openapi.json", "docs/configuration.md"}
    assert any(name.endswith(".pyspark.sql") for name in names)
    wrong = [path.name for path, text in generated.items() if path.read_text(encoding="utf-8") != text]
    assert wrong == [], "run `make bless` and look at the difference"


def test_marks_that_are_missing_are_refused(bless: Any) -> None:
    assert bless.between_marks(f"a\n{bless.BEGIN}\nold\n{bless.END}\nb\n", "new").count("old") == 0
    for page in ("no marks", f"{bless.BEGIN} {bless.BEGIN} {bless.END}"):
        with pytest.raises(ValueError, match="once each"):
            bless.between_marks(page, "new")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_every_page_is_linked_from_the_index(path: Path) -> None:
    index = DOCS / "README.md"
    named = {(DOCS / target.partition("#")[0]).resolve() for target in links(index)}
    assert path == index or path.resolve() in named


@pytest.mark.parametrize(
    "path",
    [*PAGES, *sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("examples/*/*.md"))],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_links_lead_somewhere(path: Path) -> None:
    for target in links(path):
        if not target.startswith(("https://", "#")):
            assert (path.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_a_page_has_one_title_and_whole_tables(path: Path) -> None:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    assert text.startswith("# ")
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        plain = re.sub(r"`[^`]*`", "x", table)
        assert len({line.count("|") for line in plain.splitlines()}) == 1, table[:120]


def test_files_that_pages_name_are_there() -> None:
    for path in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:docs|scripts|schemas|docker|notebooks|src|api|benchmarks|web)/[\w./-]*)`", text):
            assert (ROOT / name).exists(), f"{path.name} names {name}"


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_is_documented(verb: str) -> None:
    assert re.search(rf"`(?:geointel )?{verb}\b|^geointel {verb}\b", read("running.md"), re.MULTILINE)


def test_no_verb_is_invented() -> None:
    for path in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        text = path.read_text(encoding="utf-8")
        named = set(re.findall(r"`geointel ([a-z]+)\b", text)) | set(
            re.findall(r"^geointel ([a-z]+)\b", text, re.MULTILINE)
        )
        assert named <= set(verbs()), path.name


@pytest.mark.parametrize(("table", "key"), config_keys(), ids=lambda part: part or "top")
def test_every_key_is_documented(table: str, key: str) -> None:
    text = read("configuration.md")
    assert f"| `{key}` |" in text if table else re.search(rf"### `\[+{key}\b", text)


def test_the_smallest_file_is_a_partnership(tmp_path: Path) -> None:
    smallest = next(text for kind, text in FENCE.findall(read("configuration.md")) if kind == "toml")
    (tmp_path / "partnership.toml").write_text(smallest, encoding="utf-8")
    partnership = load(tmp_path / "partnership.toml")
    assert [layer.kind for layer in partnership.layers] == ["count", "hotspot", "excess"]
    assert list(partnership.editions) == ["open"]
    assert partnership.roles == {"public": ("open",)}


def test_every_example_of_toml_can_be_read() -> None:
    found = [text for path in PAGES for kind, text in FENCE.findall(path.read_text(encoding="utf-8")) if kind == "toml"]
    assert len(found) >= 2
    for text in found:
        tomllib.loads(text)


@pytest.mark.parametrize("kind", sorted(source_kinds()))
def test_every_source_has_a_page(kind: str) -> None:
    page = read(f"sources/{kind}.md")
    assert f'kind = "{kind}"' in page
    order = [page.index(f"| `{reason}` |") for reason in reasons_of(kind)]
    assert order == sorted(order)


@pytest.mark.parametrize("kind", sorted(layer_kinds()))
def test_every_layer_is_explained(kind: str) -> None:
    pages = read("methods.md") + read("methods-roads-and-signals.md")
    assert re.search(rf"^## {kind}$", pages, re.MULTILINE | re.IGNORECASE)
    assert f"| `{kind}` |" in read("snapshot-format.md")
    assert f"`{kind}`" in read("configuration.md")


def test_every_key_of_the_manifest_is_explained() -> None:
    manifest = json.loads((ROOT / "schemas" / "manifest.json").read_text(encoding="utf-8"))
    page = read("snapshot-format.md")
    for key in manifest["properties"]:
        assert f"`{key}`" in page


@pytest.mark.parametrize("name", geointel.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    assert re.search(rf"`{name}[(`]", read("library.md"))


def test_the_example_of_a_method_runs() -> None:
    code = [text for kind, text in FENCE.findall(read("library.md")) if kind == "python"][-1]
    cells = np.sort(np.array(h3.grid_disk(h3.latlng_to_cell(53.8, -3.0, 8), 5), dtype=np.int64))
    counts = np.random.default_rng(1).poisson(2.0, len(cells))
    names: dict[str, Any] = {"cells": cells, "counts": counts}
    exec(code, names)  # noqa: S102 - our own page
    assert names["q"].shape == cells.shape
    assert np.nanmin(names["q"]) > 0


def test_every_status_is_explained() -> None:
    for status in ("shown", "suppressed", "coarsened", "no-support", "no-data", "insufficient"):
        assert content.status_label(status)
        assert f"`{status}`" in read("snapshot-format.md")
        assert f"`{status}`" in read("methods.md")


def test_decisions_are_numbered_and_have_the_short_form() -> None:
    pages = sorted((DOCS / "adr").glob("*.md"))
    assert [path.name[:4] for path in pages] == [f"{number:04d}" for number in range(1, len(pages) + 1)]
    assert len(pages) >= 9
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_commands_that_are_described_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set()
    for path in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "README.md"]:
        named |= set(re.findall(r"`make ([a-z]+)`", path.read_text(encoding="utf-8")))
    assert {"setup", "demo", "test", "check", "bless", "bench", "web"} <= named <= targets
