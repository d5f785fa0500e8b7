"""The tree of errors, and what each becomes at the command line."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
import typer

from geointel import errors
from geointel.cli.console import exit_codes
from geointel.errors import ConfigError, Fault, GeointelError, NotInThisVersionError, QuestionError, SchemaError

TREE = {
    "ConfigError": "GeointelError",
    "NotInThisVersionError": "GeointelError",
    "SourceError": "GeointelError",
    "FetchError": "SourceError",
    "SchemaError": "SourceError",
    "GridError": "GeointelError",
    "EngineError": "GeointelError",
    "MethodError": "GeointelError",
    "QuestionError": "GeointelError",
    "DisclosureError": "GeointelError",
    "SnapshotError": "GeointelError",
    "SnapshotNotFoundError": "SnapshotError",
    "SnapshotCorruptError": "SnapshotError",
}
CLASSES = {
    name: found
    for name, found in vars(errors).items()
    if inspect.isclass(found) and issubclass(found, GeointelError) and found.__module__ == errors.__name__
}
WRONG_USE = {"ConfigError", "NotInThisVersionError"}


def made(name: str) -> GeointelError:
    """An error of that class with a message and a remedy."""
    if name == "ConfigError":
        return ConfigError(Path("p.toml"), [Fault("grid.leaf", "It happened.", "Do this.")])
    if name == "SchemaError":
        return SchemaError("It happened.", file="a.csv", remedy="Do this.")
    if name == "QuestionError":
        return QuestionError("It happened.", field="layer", remedy="Do this.")
    found: GeointelError = CLASSES[name]("It happened.", remedy="Do this.")
    return found


def test_the_tree_is_the_one_drawn() -> None:
    found = {name: kind.__mro__[1].__name__ for name, kind in CLASSES.items() if name != "GeointelError"}
    assert found == TREE
    drawn = errors.__doc__ or ""
    assert all(name in drawn for name in CLASSES)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_an_error_says_what_happened_and_what_to_do(name: str) -> None:
    text = str(made(name))
    assert "It happened" in text or "not in this version" in text
    assert "Do this." in text


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_error_has_an_exit_code_and_a_message_on_stderr(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught, exit_codes():
        raise made(name)
    assert caught.value.exit_code == (2 if name in WRONG_USE else 1)
    said = capsys.readouterr()
    assert said.out == ""
    assert "Do this." in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied", "/x"), OSError(28, "No space left on device")]
)
def test_what_the_system_refuses_is_a_failure(error: OSError, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught, exit_codes():
        raise error
    assert caught.value.exit_code == 1
    assert str(error.strerror) in capsys.readouterr().err


def test_a_mistake_of_ours_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError), exit_codes():
        raise ZeroDivisionError


def test_a_schema_error_names_file_row_and_column() -> None:
    error = SchemaError("it is blank.", file=Path("a/b.csv"), row=7, column="Month", remedy="Fill it.")
    assert str(error) == "a/b.csv, row 7, column 'Month': it is blank. Fill it."
    assert (error.file, error.row, error.column) == ("a/b.csv", 7, "Month")


def test_a_config_error_lists_every_fault() -> None:
    faults = [Fault("b", "Two.", "Mend it."), Fault("a", "One.", "")]
    error = ConfigError(Path("p.toml"), faults)
    assert str(error).splitlines() == ["p.toml has 2 faults:", "  b: Two. Mend it.", "  a: One."]
    assert min(error.faults).key == "a"
    assert str(ConfigError(Path("p.toml"), faults[:1])).startswith("p.toml has 1 fault:")


def test_what_this_version_cannot_do_is_named() -> None:
    assert str(NotInThisVersionError("geointel fetch", remedy="Wait.")) == "geointel fetch: not in this version. Wait."
