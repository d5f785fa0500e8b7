from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pydantic
import pytest

from geointel.config import Kinds, Partnership, load
from geointel.errors import ConfigError, Fault
from geointel.layers.base import LayerKind
from geointel.sources.base import EventKind, FigureKind

if TYPE_CHECKING:
    from pathlib import Path

Load = Callable[[str], Partnership]
Faults = Callable[[str], dict[str, Fault]]


class RateOptions(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    per: int = 1000
    denominator: str = "residents"


def source_kind(name: str, *, public: bool, categories: dict[str, str]) -> EventKind:
    return EventKind(
        kind=name,
        title=name,
        public=public,
        snapped=True,
        licence="",
        attribution="",
        caveats=(),
        month_of=lambda _: None,
        is_member=lambda _: True,
        read=lambda rows: rows,
        required=(("Month",), ("Longitude", "Easting")),
        categories=categories,
    )


def layer_kind(name: str, **more: object) -> LayerKind:
    def compute(*_: object) -> object:
        raise NotImplementedError

    fields = {"title": name, "question": "?", "unit": "", "compute": compute, "refuses": {}}
    return LayerKind(kind=name, **(fields | more))


@pytest.fixture
def kinds() -> Kinds:
    """A small world: an open and a closed kind of source; three kinds of layer, one with options."""
    return Kinds(
        sources={
            "police-uk-street": source_kind(
                "police-uk-street", public=True, categories={"drugs": "Drugs", "burglary": "Burglary"}
            ),
            "incidents": source_kind("incidents", public=False, categories={"needles": "Needles"}),
            "figures": FigureKind(
                kind="figures",
                title="",
                public=False,
                licence="",
                attribution="",
                caveats=(),
                is_member=bool,
                read=lambda rows: rows,
            ),
        },
        layers={
            "count": layer_kind("count"),
            "hotspot": layer_kind("hotspot"),
            "excess": layer_kind("excess", refuses={"all": "There is no excess of everything."}),
            "rate": layer_kind("rate", options=RateOptions),
        },
    )


BASE = """
[partnership]
id = "borough"
name = "Borough partnership"
[[area.level]]
id = "lad"
file = "lad.geojson"
code = "code"
name = "name"
[[source]]
id = "police"
kind = "police-uk-street"
files = "police/*.csv"
"""


@pytest.fixture
def base() -> str:
    """The least that a partnership file can say."""
    return BASE


@pytest.fixture
def read(tmp_path: Path, kinds: Kinds) -> Load:
    def _read(text: str) -> Partnership:
        path = tmp_path / "partnership.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, kinds=kinds)

    return _read


@pytest.fixture
def faults(read: Load) -> Faults:
    """The faults of a text, by key path; two at one key fail the test that asks."""

    def _faults(text: str) -> dict[str, Fault]:
        with pytest.raises(ConfigError) as caught:
            read(text)
        found = {fault.key: fault for fault in caught.value.faults}
        assert len(found) == len(caught.value.faults), caught.value
        assert all(fault.message and fault.remedy for fault in found.values()), caught.value
        return found

    return _faults
