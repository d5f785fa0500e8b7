"""Which editions are open, and layers that must not stand in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geointel.config import load, open_editions
from geointel.config.kinds import Kinds

from .conftest import BASE, layer_kind

if TYPE_CHECKING:
    from pathlib import Path

    from geointel.config import Partnership

WATCHED = '\n[[layer]]\nid = "watched"\nkind = "signals"\n'
EDITIONS = "".join(f'\n[edition.{name}]\npolicy = {{ method = "none" }}\n' for name in ("open", "partner"))


@pytest.fixture
def watching(kinds: Kinds) -> Kinds:
    return Kinds(kinds.sources, {**kinds.layers, "signals": layer_kind("signals", partner_only=True)})


def loaded(folder: Path, kinds: Kinds, text: str) -> Partnership:
    path = folder / "partnership.toml"
    path.write_text(BASE + text, encoding="utf-8")
    return load(path, kinds=kinds)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"open"}),
        (EDITIONS, {"open"}),
        (f'{EDITIONS}\n[role]\npublic = ["partner"]\n', {"open", "partner"}),
        (f'{EDITIONS}\n[role]\ncommissioner = ["partner"]\n', {"open"}),
        ('\n[edition.own]\npolicy = { method = "none" }\n', {"own"}),
    ],
)
def test_what_the_public_may_open(tmp_path: Path, kinds: Kinds, text: str, expected: set[str]) -> None:
    assert open_editions(loaded(tmp_path, kinds, text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        '\n[edition.own]\npolicy = { method = "none" }\n',
        f'{EDITIONS}\n[role]\npublic = ["open", "partner"]\n',
        f'{EDITIONS}\n[role]\npublic = ["partner"]\n',
    ],
)
def test_a_layer_for_partners_needs_an_edition_for_them(tmp_path: Path, watching: Kinds, text: str) -> None:
    from geointel.errors import ConfigError

    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, watching, WATCHED + text)
    assert [fault.key for fault in caught.value.faults] == ["layer[0].kind"]


@pytest.mark.parametrize("text", [EDITIONS, f'{EDITIONS}\n[role]\npublic = ["open"]\ncommissioner = ["partner"]\n'])
def test_with_one_it_may_stand(tmp_path: Path, watching: Kinds, text: str) -> None:
    assert loaded(tmp_path, watching, WATCHED + text).layers[0].kind == "signals"
