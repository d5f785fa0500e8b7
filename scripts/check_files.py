"""Refuse large files and private keys: what pre-commit runs on the files of a commit.

::

    python scripts/check_files.py FILE…
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LARGEST = 50_000
"""Bytes. Data stays outside the repository; a test that needs rows writes them."""

MAY_BE_LARGER = (
    "data/boundaries/", "docs/img/", "requirements/", "schemas/", "src/geointel/content/words.toml", "web/package-lock.json",
)  # fmt: skip
"""Outlines, pictures, locks, generated schemas, and the one file of words; ``tests/contract/test_repository.py`` has a limit for these too."""

PRIVATE_KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")


def problems(path: Path, name: str) -> list[str]:
    """What is wrong with one file; ``name`` is its path in the repository."""
    if path.is_symlink() or not path.is_file():
        return []
    found = []
    size = path.stat().st_size
    if size > LARGEST and not name.startswith(MAY_BE_LARGER):
        found.append(f"{name} has {size:,} bytes; {LARGEST:,} are allowed outside {', '.join(MAY_BE_LARGER)}")
    if PRIVATE_KEY.search(path.read_bytes()):
        found.append(f"{name} holds a private key")
    return found


def main(names: list[str]) -> int:
    """Check files named from the root of the repository; the exit code says whether all are right."""
    found = [problem for name in names for problem in problems(Path(name), Path(name).as_posix())]
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
