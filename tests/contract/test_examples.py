"""The examples are complete, and true of real data where it is at hand."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from geointel.config import Partnership, check, load
from geointel.ingest.files import find

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("GEOINTEL_DATA", ROOT.parent / "shared" / "data"))
EXAMPLES = sorted((ROOT / "examples").glob("*/partnership.toml"))
MONTHS = 25


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.parent.name)
def example(request: pytest.FixtureRequest) -> Partnership:
    return load(request.param)


def test_there_are_two() -> None:
    assert [path.parent.name for path in EXAMPLES] == ["herefordshire-worcestershire", "pan-lancashire"]


def test_an_example_folder_holds_one_partnership_and_a_readme(example: Partnership) -> None:
    folder = example.path.parent
    assert folder.name == example.id
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == ["README.md", "partnership.toml"]
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert f"geointel build examples/{folder.name}/partnership.toml --data" in readme


def test_an_example_is_real_and_holds_no_secret(example: Partnership) -> None:
    assert not example.synthetic
    assert not example.secrets
    assert example.period is None
    assert all(edition.approval == "none" for edition in example.editions.values())


def test_areas_are_districts_and_both_partnerships(example: Partnership) -> None:
    districts, *groupings = example.area.levels
    assert [districts.id, *(level.id for level in groupings)] == ["lad", "csp", "cdp"]
    everyone = [{code for codes in level.members.values() for code in codes} for level in groupings]
    assert everyone[0] == everyone[1]
    assert districts.only is None or everyone[0] == set(districts.only)


def test_layers_are_those_of_this_version(example: Partnership) -> None:
    layers = {layer.id: layer for layer in example.layers}
    assert {layer.kind for layer in layers.values()} == {
        "count",
        "hotspot",
        "excess",
        "change",
        "rate",
        "density",
        "emerging",
        "cluster",
        "moran",
        "services",
        "need",
        "access",
        "gap",
    }
    assert layers["drug-hotspot"].categories == ("drugs", "all")
    assert layers["drug-excess"].categories == ("drugs",)
    assert (layers["emerging-hotspots"].categories, layers["emerging-hotspots"].windows) == (
        ("drugs", "all"),
        ("year",),
    )
    assert len(layers["incident-count"].categories) == 15


def test_layers_of_help_say_what_the_open_files_can(example: Partnership) -> None:
    layers = {layer.id: layer.options for layer in example.layers if layer.kind in {"need", "access", "gap"}}
    assert list(layers) == ["need", "treatment-access", "pharmacy-access", "treatment-gap"]
    told = {name: options.model_dump() for name, options in layers.items()}
    assert all((one["residents"], one["deprivation"]) == ("residents", "deprivation") for one in told.values())
    assert (told["need"]["estimate"], told["treatment-gap"]["estimate"]) == ("", "")  # so neither is called need
    assert all(told[name]["measure"] == "minutes" for name in list(layers)[1:])
    walk = told["pharmacy-access"]
    assert (walk["mode"], walk["standard"], walk["within"]) == ("walk", 20, 20)
    assert told["treatment-gap"]["help"] == "drug-treatment"


def test_the_readme_names_every_file(example: Partnership) -> None:
    readme = (example.path.parent / "README.md").read_text(encoding="utf-8")
    files = [name for source in example.sources for name in source.files]
    outlines = [getattr(source.options, "outlines", None) for source in example.sources]
    files += [one.file for one in outlines if one]
    files += [level.file for level in example.area.levels if level.file]
    assert len(files) >= 12
    assert [name for name in files if name.partition("*")[0] not in readme] == []


def test_every_role_can_open_its_editions(example: Partnership) -> None:
    assert set(example.editions) == {"open", "partner", "police"}
    assert example.roles["public"] == ("open",)
    assert {edition for role in example.roles.values() for edition in role} == set(example.editions)


def test_areas_are_those_of_the_outlines_in_this_repository(example: Partnership) -> None:
    path = ROOT / "data" / "boundaries" / f"{example.id}-districts.geojson"
    text = path.read_text(encoding="utf-8")
    codes = {code for codes in example.area.levels[2].members.values() for code in codes}
    assert text.count('"code":') == len(codes)
    assert all(f'"code":"{code}"' in text for code in codes)


def test_the_example_fits_the_real_data(example: Partnership) -> None:
    if not DATA.is_dir():
        pytest.skip(f"no real data at {DATA}; set GEOINTEL_DATA")
    assert check(example, DATA) == ()
    source = example.sources[0]
    assert len(find(source.id, source.files, DATA)) == MONTHS


def test_examples_are_configuration_and_nothing_else() -> None:
    for path in EXAMPLES:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        assert document["partnership"]["id"] == path.parent.name
        assert "../" not in str(document)
