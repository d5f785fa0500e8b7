"""Outcomes stand at the places of their incidents, so they are no more public than these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geointel.config import load
from geointel.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """
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
public = {police}
[[source]]
id = "outcomes"
kind = "police-uk-outcomes"
files = "outcomes/*.csv"
public = {outcomes}
[edition.police]
policy = {{ method = "none" }}
"""


def written(folder: Path, **public: bool) -> Path:
    path = folder / "partnership.toml"
    path.write_text(TEXT.format(**{name: str(value).lower() for name, value in public.items()}), encoding="utf-8")
    return path


@pytest.mark.parametrize(("police", "outcomes"), [(True, True), (True, False), (False, False)])
def test_outcomes_may_be_as_public_as_their_incidents(tmp_path: Path, police: bool, outcomes: bool) -> None:
    found = load(written(tmp_path, police=police, outcomes=outcomes))
    assert [source.public for source in found.sources] == [police, outcomes]


def test_public_outcomes_of_records_that_are_not_public_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, police=False, outcomes=True))
    (fault,) = caught.value.faults
    assert fault.key == "source[1].public"
    assert "'police', which is not public" in fault.message
