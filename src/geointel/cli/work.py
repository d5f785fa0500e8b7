"""Verbs that work on a partnership: init, build, and what kinds there are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geointel.cli.console import exit_codes, print_json, progress, say
from geointel.errors import ConfigError, NotInThisVersionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geointel.build import BuildReport
    from geointel.config import Partnership

NOTES_SHOWN = 4
DEMONSTRATION_KEY = "the records of a demonstration are made up, so its key is no secret"
SCALES = ("town", "county", "nation")

ConfigArgument = Annotated[Path, typer.Argument(metavar="CONFIG", help="The partnership's TOML file.")]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Root of the relative file names. Default: the folder of CONFIG.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    for verb in (init, build, sources, layers):
        app.command()(verb)


def init(directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new partnership.")]) -> None:
    """Write a commented partnership.toml and the folders it names."""
    from geointel.config import init as write  # noqa: PLC0415 - each verb loads what it needs

    with exit_codes():
        for path in write(directory):
            say(f"Wrote {path}")


def build(
    config: ConfigArgument,
    data: DataOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Snapshots folder. Default: snapshots/ beside CONFIG.")
    ] = None,
    engine: Annotated[str, typer.Option("--engine", help="duckdb, or spark://… in a later version.")] = "duckdb",
    json: JsonOption = False,
    new_secret: Annotated[
        bool, typer.Option("--new-secret", help="Counts are changed by another secret from now on: the old one leaked.")
    ] = False,
) -> None:
    """Build a new snapshot from a partnership's sources and publish it."""
    with exit_codes():
        if engine != "duckdb":
            raise NotInThisVersionError(f"The engine {engine!r}", remedy="Leave --engine out, or write duckdb.")
        partnership, root = load_sound(config, data)
        report = _build(partnership, root, out or config.parent / "snapshots", new_secret=new_secret)
        if json:
            print_json(report.to_json())


def sources(json: JsonOption = False) -> None:
    """List the kinds of source there are."""
    from geointel.sources.base import kinds  # noqa: PLC0415

    found = [{"kind": s.kind, "title": s.title, "public": s.public, "licence": s.licence} for s in kinds().values()]
    _list(found, json=json, key="sources")


def layers(json: JsonOption = False) -> None:
    """List the kinds of layer there are."""
    from geointel.layers.base import kinds  # noqa: PLC0415

    found = [{"kind": s.kind, "title": s.title, "question": s.question, "unit": s.unit} for s in kinds().values()]
    _list(found, json=json, key="layers")


def build_demo(directory: Path, *, scale: str, seed: int) -> Path:
    """Write and build the demonstration; return its snapshots folder."""
    from geointel.config import load  # noqa: PLC0415
    from geointel.demo import write_demo  # noqa: PLC0415

    if scale not in SCALES:
        message = f"{scale!r} is not a scale; use {', '.join(SCALES)}"
        raise typer.BadParameter(message)
    say(f"Writing synthetic data to {directory}")
    files = write_demo(directory, scale=scale, seed=seed)
    out = directory / "snapshots"
    _build(load(files.config), directory, out, environment={"GEOINTEL_CELL_KEY": DEMONSTRATION_KEY, **os.environ})
    return out


def load_sound(config: Path, data: Path | None) -> tuple[Partnership, Path]:
    """Read a partnership and look at the files it names; all faults together."""
    from geointel.config import check as check_files  # noqa: PLC0415
    from geointel.config import load  # noqa: PLC0415
    from geointel.fetch import faults as fetch_faults  # noqa: PLC0415

    partnership = load(config)
    root = data if data is not None else config.parent
    faults = (*fetch_faults(partnership), *check_files(partnership, root))
    if faults:
        raise ConfigError(config, faults)
    return partnership, root


def _build(
    partnership: Partnership,
    root: Path,
    out: Path,
    *,
    environment: Mapping[str, str] = os.environ,
    new_secret: bool = False,
) -> BuildReport:
    from geointel.build import build as run  # noqa: PLC0415

    with progress() as announce:
        report = run(partnership, data=root, out=out, announce=announce, environment=environment, new_secret=new_secret)
    for source in report.sources:
        lost = ", ".join(f"{reason} {n:,}" for reason, n in source.unmapped.items()) or "none"
        say(
            f"{source.id}: {source.read:,} rows read from {source.files} files, {source.mapped:,} mapped; not mapped: {lost}"
        )
        for note in [*source.notes[:NOTES_SHOWN], *_more(len(source.notes) - NOTES_SHOWN)]:
            say(f"  {note}")
    for edition in report.editions:
        say(f"Edition {edition}: {sum(edition in layer.editions for layer in report.layers)} layers")
    for one in report.utility:
        say(
            f"Edition {one.edition}, {one.source}, {one.window}: {one.top} of the {one.of} busiest hexagons are the same with true counts; "
            f"{one.shown:.0%} of the hexagons with records are shown"
        )
    say(f"Published {report.snapshot} in {report.seconds:.0f} s")
    say(f"Next: geointel serve {out}")
    return report


def _list(rows: list[dict[str, Any]], *, json: bool, key: str) -> None:
    if json:
        print_json({key: rows})
        return
    for row in rows:
        words = [str(value) for value in row.values()]
        typer.echo("\t".join(words))


def _more(left: int) -> list[str]:
    """What a build does not repeat: ``check`` lists everything."""
    return [f"and {left} more; `geointel check` lists them"] if left > 0 else []
