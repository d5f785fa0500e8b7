"""Build the sdist, and the wheel from it, and look into both.

The page is built by ``scripts/build_web.py`` beforehand: a build of the package needs no Node. The wheel
comes out of the unpacked sdist, as it does for everybody who installs the sdist.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("geointel", "geointel_api")
PAGE = "geointel/viewer/assets/index.html"
NEEDED = (
    PAGE,
    "geointel/content/words.toml",
    "geointel/config/template.toml",
    "geointel/demo/pan-lancashire-districts.geojson",
    "geointel/demo/pan-lancashire-settlement.csv",
    "geointel/py.typed",
    "geointel_api/py.typed",
)


def problems_of_wheel(path: Path) -> list[str]:
    """What is missing in a wheel, or does not belong there."""
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
    found = [f"{name} is missing" for name in NEEDED if name not in names]
    assets = str(PurePosixPath(PAGE).parent / "map-assets")
    if not any(name.startswith(assets) and name.endswith(".js") for name in names):
        found.append(f"{assets} holds no script")
    top = {name.partition("/")[0] for name in names}
    strangers = {name for name in top if name not in PACKAGES and not name.endswith(".dist-info")}
    found += [f"{name} does not belong at the top" for name in sorted(strangers)]
    return found


def problems_of_sdist(path: Path) -> list[str]:
    """What is missing in an sdist."""
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = (f"src/{PAGE}", "api/geointel_api/app.py", "pyproject.toml", "LICENSE")
    return [f"{name} is missing" for name in needed if name not in names]


def build(out: Path, *, wheel_only: bool) -> list[Path]:
    """Build into ``out``; return the sdist, unless only the wheel is wanted, and the wheel."""
    out.mkdir(parents=True, exist_ok=True)
    if wheel_only:
        return [_hatch(ROOT, "wheel", out)]
    sdist = _hatch(ROOT, "sdist", out)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")
        unpacked = next(Path(folder).iterdir())
        return [sdist, _hatch(unpacked, "wheel", out)]


def _hatch(project: Path, target: str, out: Path) -> Path:
    """Build one target in an empty folder, so that nothing older is taken for it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", folder]
        subprocess.run(command, cwd=project, check=True, stdout=subprocess.DEVNULL)
        built = next(Path(folder).iterdir())
        return Path(shutil.move(built, out / built.name))


def main() -> int:
    """Build and look; the exit code says whether everything is in its place."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder to write to; default: dist/")
    parser.add_argument("--wheel-only", action="store_true", help="no sdist; the wheel from the working tree")
    options = parser.parse_args()
    faults = 0
    for path in build(options.out.resolve(), wheel_only=options.wheel_only):
        problems = problems_of_wheel(path) if path.suffix == ".whl" else problems_of_sdist(path)
        for problem in problems:
            print(f"{path.name}: {problem}")
        faults += len(problems)
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    if faults:
        print("If the page is missing, run `make web` first.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
