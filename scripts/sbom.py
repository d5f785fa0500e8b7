"""Write what the product is made of as CycloneDX: one file for Python, one for the page.

The Python file lists what ``geointel`` needs to run (scope ``required``) and what its extras need (``optional``),
taken from the lock and not from an environment, so that it is the same on every machine. The page's file lists
what npm's own lock says is shipped in the page. Tools that only build, check or test are in neither.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import build_web

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "dev.lock"
NOT_SHIPPED = {"dev"}
"""Extras that are for people who change the program."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Locked:
    """One entry of a lock: its text, and the names of what asks for it. A name has several where markers differ."""

    name: str
    version: str
    text: str
    asked_by: frozenset[str]
    marker: str


def normal(name: str) -> str:
    """Return a package's name as the index spells it (PEP 503), without extras and versions."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", name.strip(), maxsplit=1)[0]).lower()


def locked(text: str) -> list[Locked]:
    """Entries of a lock that ``uv pip compile`` wrote."""
    found = []
    for entry in re.split(r"^(?=\w)", text, flags=re.MULTILINE):
        head = re.match(r"([\w.\[\]-]+)==([^\s;]+)(?: ; ([^\\\n]*))?", entry)
        if head is not None:
            asked = re.findall(r"^    #(?: via)?\s+([\w.-]+)", entry.replace("# via\n", "#\n"), re.MULTILINE)
            marker = (head[3] or "").strip()
            found.append(Locked(normal(head[1]), head[2], entry, frozenset(map(normal, asked)), marker))
    return found


def reached(start: set[str], lock: list[Locked]) -> set[str]:
    """Every name of the lock that ``start`` leads to, itself included."""
    found = start & {entry.name for entry in lock}
    while True:
        more = {entry.name for entry in lock if entry.asked_by & found} - found
        if not more:
            return found
        found |= more


def wanted(project: Json) -> tuple[set[str], set[str]]:
    """Names that the project needs to run, and those that its shipped extras need."""
    extras = project.get("optional-dependencies", {})
    optional = {normal(line) for extra, lines in extras.items() if extra not in NOT_SHIPPED for line in lines}
    return {normal(line) for line in project["dependencies"]}, optional


def version() -> str:
    """Version of the product, from the one place where it stands."""
    text = (ROOT / "src" / "geointel" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+?)"', text, re.MULTILINE)
    if found is None:
        raise SystemExit("src/geointel/__init__.py does not say the version.")
    return found[1]


def python_bom() -> Json:
    """CycloneDX of the Python packages, without any address."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = locked(LOCK.read_text(encoding="utf-8"))
    required, optional = wanted(project)
    needed = reached(required, lock)
    listed = needed | reached(optional, lock)
    with tempfile.TemporaryDirectory() as folder:
        subset = Path(folder) / "runtime.txt"
        subset.write_text("".join(entry.text for entry in lock if entry.name in listed), encoding="utf-8")
        command = [sys.executable, "-m", "cyclonedx_py", "requirements", "--output-reproducible", "--short-PURLs"]
        command += ["--pyproject", str(ROOT / "pyproject.toml"), str(subset)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    bom = json.loads(done.stdout)
    _describe(bom, lock=lock, needed=needed)
    bom["dependencies"] = _graph(bom, lock=lock, direct=required | optional)
    return without_addresses(bom)


def _describe(bom: Json, *, lock: list[Locked], needed: set[str]) -> None:
    """Say of each component whether it is always needed, and where; name it by its package URL."""
    main = bom["metadata"]["component"]
    main["version"] = version()
    markers = {(entry.name, entry.version): entry.marker for entry in lock}
    for component in bom["components"]:
        name = normal(component["name"])
        component["bom-ref"] = component["purl"]
        component["scope"] = "required" if name in needed else "optional"
        del component["description"]  # the whole line of the lock
        marker = markers[name, component["version"]]
        if marker:
            component["properties"] = [{"name": "geointel:marker", "value": marker}]
    bom["components"].sort(key=lambda component: component["bom-ref"])


def _graph(bom: Json, *, lock: list[Locked], direct: set[str]) -> list[Json]:
    """Which component needs which, from the lock's own notes."""
    refs: dict[str, list[str]] = {}
    for component in bom["components"]:
        refs.setdefault(normal(component["name"]), []).append(component["bom-ref"])
    needs = {bom["metadata"]["component"]["bom-ref"]: {ref for name in direct for ref in refs.get(name, [])}}
    for name, own in refs.items():
        below = {ref for entry in lock if name in entry.asked_by for ref in refs[entry.name]}
        needs |= dict.fromkeys(own, below)
    return [{"ref": ref, "dependsOn": sorted(needs[ref])} for ref in sorted(needs)]


def page_bom() -> Json:
    """CycloneDX of the npm packages that are shipped in the page, by npm itself, without a network."""
    node = build_web.node_on_path() or build_web.node_from_wheel()
    if node is None:
        raise SystemExit("No Node with npm is there. Run `make web` first.")
    search = os.pathsep.join((str(node.folder), os.environ.get("PATH", "")))
    command = [*node.npm, "sbom", "--offline", "--package-lock-only", "--omit", "dev", "--sbom-format", "cyclonedx"]
    done = subprocess.run(
        command, cwd=build_web.WEB, env={**os.environ, "PATH": search}, check=True, stdout=subprocess.PIPE, text=True
    )
    bom: Json = json.loads(done.stdout)
    bom.pop("serialNumber", None)  # random, as the time is not of the contents
    bom["metadata"].pop("timestamp", None)
    bom["metadata"]["component"]["name"] = "geointel-page"  # npm calls it by its folder
    return without_addresses(bom)


def without_addresses(bom: Json) -> Json:
    """Drop where things were, or could be, downloaded from; a distribution keeps its hashes under its package URL."""
    for component in bom["components"]:
        kept = [link for link in component.pop("externalReferences", []) if link.get("hashes")]
        links = [{"type": "distribution", "url": component["purl"], "hashes": link["hashes"]} for link in kept]
        if links:
            component["externalReferences"] = links
    tools = bom["metadata"].get("tools", [])
    for tool in tools if isinstance(tools, list) else [*tools.get("components", []), *tools.get("services", [])]:
        tool.pop("externalReferences", None)
    return bom


def main() -> int:
    """Write both files; the exit code says whether it went well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "sbom", help="folder to write to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, bom in {"python": python_bom(), "page": page_bom()}.items():
        text = json.dumps(bom, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        (out / f"{name}.json").write_text(text, encoding="utf-8")
        print(f"{out / name}.json: {len(bom['components'])} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
