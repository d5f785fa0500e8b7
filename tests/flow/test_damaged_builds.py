"""Whole builds of a partnership with a damaged file: the published snapshot is replaced whole, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from geointel import snapshot
from geointel.build import build
from geointel.config import load
from geointel.demo import write_demo
from geointel.errors import GeointelError

from .damaged import cut
from .mutations import mutated, mutated_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.config import Partnership

pytestmark = pytest.mark.slow

SEEDS = 20
SOURCES = ("police", "naloxone", "postcodes", "services", "practices", "residents-grid", "deprivation")


@dataclass(frozen=True)
class Published:
    """A partnership that has published, its files, and every byte of the snapshot."""

    partnership: Partnership
    data: Path
    out: Path
    files: tuple[Path, ...]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    data = write_demo(tmp_path_factory.mktemp("builds") / "demo", scale="town", seed=3, months=3).directory
    whole = load(data / "partnership.toml")
    sources = tuple(source for source in whole.sources if source.id in SOURCES)
    partnership = replace(whole, sources=sources, layers=())
    files = tuple(sorted(path for source in sources for name in source.files for path in data.glob(name)))
    for path in files:
        if "postcodes" not in path.parts:
            path.write_bytes(cut(path))
    build(partnership, data=data, out=data / "out")
    return Published(partnership, data, data / "out", files)


def every_byte(out: Path) -> dict[str, bytes]:
    folder = out / snapshot.current_id(out)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_damaged_file_never_harms_what_is_published(published: Published, seed: int) -> None:
    out, before = published.out, snapshot.current_id(published.out)
    content = every_byte(out)
    path = published.files[seed % len(published.files)]
    whole = path.read_bytes()
    damage, spoilt = (mutated if path.suffix == ".csv" else mutated_bytes)(whole, seed)
    path.write_bytes(spoilt)
    try:
        report = build(published.partnership, data=published.data, out=out)
    except GeointelError as error:
        assert (bool(error.message), bool(error.remedy)) == (True, True), damage  # noqa: PT017 - it may succeed too
        assert snapshot.current_id(out) == before, damage
        assert every_byte(out) == content, damage
    else:
        assert snapshot.current_id(out) == report.snapshot, damage
        assert all(source.read == source.mapped + sum(source.unmapped.values()) for source in report.sources), damage
    finally:
        path.write_bytes(whole)
    assert snapshot.verify(out / snapshot.current_id(out)) == (), damage
    assert not any((out.parent / f"{out.name}.work" / "scratch").glob("*")), damage
