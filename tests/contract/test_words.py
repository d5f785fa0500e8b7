"""Words that hurt people or claim too much stand nowhere in what people read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ_BY_PEOPLE = (
    "*.md", "docs/**/*.md", "schemas/*.json", "examples/**/*.toml", "examples/**/*.md", "notebooks/*.ipynb",
    "src/geointel/**/*.py", "src/geointel/**/*.toml", "api/**/*.py", "api/**/*.md",
    "web/*.html", "web/src/**/*.ts", "web/src/**/*.html", "web/src/**/*.css", "data/**/*.md",
)  # fmt: skip
MUST_BE_AMONG_THEM = ("src/geointel/content/words.toml", "docs/what-the-map-cannot-say.md", "schemas/partnership.json")
INSTEAD = {
    r"worst": "say what is measured, such as “longest journeys” or “highest”",
    r"abus(?:e|es|ed|er|ers|ing)": "say “use” or “misuse”",
    r"addict(?:s|ed)?": "say “people who use drugs”",
    r"junk(?:ie|ies|y)": "say “people who use drugs”",
    r"exploitation\s+risk": "a place has no such risk that this map could measure",
    r"than\s+chance\s+would\s+explain": "say “by more than its usual ups and downs”",
    r"drug\s+users?": "say “people who use drugs”",
}
PATTERNS = {re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE): remedy for pattern, remedy in INSTEAD.items()}


def unwanted(text: str) -> list[str]:
    """Each unwanted word of a text with its line and what to say instead."""
    found = []
    for pattern, remedy in PATTERNS.items():
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"line {line}: {match[0]!r}: {remedy}")
    return sorted(found)


def files() -> list[Path]:
    return sorted({path for pattern in READ_BY_PEOPLE for path in ROOT.glob(pattern) if _is_ours(path)})


def _is_ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    if parts[:4] == ("src", "geointel", "demo", "formats"):  # column names and words of the publishers' own files
        return False
    return path.is_file() and not {"node_modules", "assets", "__pycache__", ".ipynb_checkpoints"} & set(parts)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_unwanted_words(path: Path) -> None:
    assert unwanted(path.read_text(encoding="utf-8")) == []


def test_the_files_that_matter_are_looked_at() -> None:
    seen = {path.relative_to(ROOT).as_posix() for path in files()}
    assert set(MUST_BE_AMONG_THEM) <= seen


@pytest.mark.parametrize(
    "text",
    [
        "The Worst wards",
        "drug abuse",
        "an abuser",
        "addicts",
        "a junkie",
        "exploitation\nrisk",
        "drug users",
        "more than\nchance would explain",
    ],
)
def test_the_linter_finds_them(text: str) -> None:
    assert len(unwanted(text)) == 1


@pytest.mark.parametrize("text", ["worsted", "people who use drugs", "misuse", "by chance", "user of a drug service"])
def test_the_linter_leaves_others_alone(text: str) -> None:
    assert unwanted(text) == []
