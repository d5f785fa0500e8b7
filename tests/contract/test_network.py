"""Only ``fetch`` opens a connection: every other module must be able to run on a machine without a network."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OPENERS = {
    "aiohttp", "asyncio", "ftplib", "http", "httpcore", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket",
    "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip
HARMLESS = {"http.HTTPStatus", "urllib.parse"}
"""Words of HTTP and spellings of addresses open nothing."""
FETCH = ROOT / "src" / "geointel" / "fetch"
MODULES = sorted(path for path in (ROOT / "src" / "geointel").rglob("*.py") if FETCH not in path.parents)
CALLS = {"urlopen", "urlretrieve", "create_connection", "getaddrinfo", "gethostbyname"}


def imported(tree: ast.Module) -> set[str]:
    """Full names of what a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def openers(text: str) -> set[str]:
    """What a module's text has that could open a connection."""
    tree = ast.parse(text)
    names = {name for name in imported(tree) if name.partition(".")[0] in OPENERS}
    harmful = {name for name in names if not any(f"{name}.".startswith(f"{known}.") for known in HARMLESS)}
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    words = {getattr(func, "attr", getattr(func, "id", "")) for func in called}
    return harmful | (words & CALLS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_no_other_module_opens_a_connection(path: Path) -> None:
    assert openers(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "text",
    [
        "import httpx",
        "import urllib.request",
        "from urllib.request import urlopen",
        "from urllib import request",
        "def late():\n    import socket",
        "from http.client import HTTPSConnection",
        "pandas.io.common.urlopen('x')",
    ],
)
def test_an_opener_is_seen(text: str) -> None:
    assert openers(text)


def test_what_opens_nothing_is_let_pass() -> None:
    assert openers("from urllib.parse import quote\nfrom http import HTTPStatus\nimport json") == set()
    assert openers((FETCH / "transfer.py").read_text(encoding="utf-8"))
