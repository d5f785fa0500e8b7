"""The verb ``evaluate``: how well the map foretold the month after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from geointel import content
from geointel.cli.console import exit_codes, print_json, progress, say
from geointel.cli.work import ConfigArgument, DataOption, JsonOption, load_sound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geointel.build import Judged

NUMBERS = ("months", "incidents", "held", "last year's counts", "last month's", "PAI", "best PAI", "PEI")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(evaluate)


def evaluate(config: ConfigArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Say how much of the following months the hottest hexagons held, beside naive counts; publish nothing."""
    from geointel.build import evaluate as run  # noqa: PLC0415 - each verb loads what it needs

    with exit_codes():
        partnership, root = load_sound(config, data)
        with progress() as announce:
            judged = run(partnership, data=root, announce=announce)
        if json:
            print_json({"layers": [layer.to_json() for layer in judged]})
            return
        Console(width=None if typer.get_text_stream("stdout").isatty() else 160).print(_table(judged))
        say(
            "Held: share of the month's incidents in the hottest hexagons, with its 95% interval. --json has all shares."
        )


def _table(judged: Sequence[Judged]) -> Table:
    """Every category and kind of window at the resolution that a layer opens with; of editions alike, the first."""
    table = Table("layer", "category", "map of", box=None, pad_edge=False)
    for name in NUMBERS:
        table.add_column(name, justify="right")
    seen: list[Judged] = []
    for layer in judged:
        if not any((layer.layer, layer.accuracy) == (other.layer, other.accuracy) for other in seen):
            for row in _rows(layer):
                table.add_row(*row)
        seen.append(layer)
    return table


def _rows(layer: Judged) -> Iterator[tuple[str, ...]]:
    place = layer.accuracy["shares"].index(layer.accuracy["told"])
    for category, kinds in layer.accuracy["by"][str(layer.default["resolution"])].items():
        for kind, entry in kinds.items():
            label = content.category(category).label
            yield (layer.title, label, kind, *(_numbers(entry, place) if entry["steps"] else ("too few",)))


def _numbers(entry: dict[str, Any], place: int) -> tuple[str, ...]:
    def percent(name: str) -> str:
        return f"{100 * entry[name][place]:.0f}%"

    held = f"{percent('hit_rate')} ({percent('lower')}-{percent('upper')})"
    ratios = (f"{entry[name][place]:.2f}" for name in ("pai", "pai_star", "pei"))
    return (str(entry["steps"]), f"{entry['incidents']:,}", held, percent("last_year"), percent("last_month"), *ratios)
