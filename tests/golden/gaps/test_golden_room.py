"""The gaps room has golden cases wherever there is a folder of them."""

from .cases import ROOM, needs_golden


@needs_golden
def test_golden_gaps_has_a_case() -> None:
    """A whole room without a single case is a fault, not a skip."""
    assert any(path.is_file() for path in ROOM.glob("*/*")) or any(path.is_dir() for path in ROOM.glob("*/*"))
