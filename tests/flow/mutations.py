"""Ways in which a file can go wrong between a publisher and us, seeded."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]
JUNK = (
    b"\x00",
    b"\xff\xfe",
    b"\xac",
    b'"',
    b'""',
    b"\r",
    b"\n",
    b",",
    b",,,,",
    b";",
    b"\xe2\x80\x99",
    b"=1+1",
    b"-1",
    b"1e999",
)


def flip_bytes(content: bytes, rng: Random) -> bytes:
    """A few bytes changed anywhere."""
    changed = bytearray(content)
    for _ in range(rng.randint(1, 12)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def insert_junk(content: bytes, rng: Random) -> bytes:
    """Pieces that a reader may trip over, anywhere."""
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(content) + 1)
        content = content[:place] + rng.choice(JUNK) * rng.randint(1, 3) + content[place:]
    return content


def cut_off(content: bytes, rng: Random) -> bytes:
    """A transfer that broke off."""
    return content[: rng.randrange(len(content))]


def lose_a_piece(content: bytes, rng: Random) -> bytes:
    """A hole in the middle."""
    start = rng.randrange(len(content))
    return content[:start] + content[start + rng.randint(1, max(1, len(content) // 4)) :]


def repeat_a_piece(content: bytes, rng: Random) -> bytes:
    """The same piece twice."""
    start = rng.randrange(len(content))
    piece = content[start : start + rng.randint(1, max(1, len(content) // 4))]
    return content[:start] + piece + content[start:]


def spoil_a_field(content: bytes, rng: Random) -> bytes:
    """One field of some lines replaced."""
    lines = content.split(b"\n")
    for _ in range(rng.randint(1, 8)):
        number = rng.randrange(len(lines))
        fields = lines[number].split(b",")
        fields[rng.randrange(len(fields))] = rng.choice(
            (b"", b"x", b"-1", b"9e99", b"NaN", b"31/02/2025", b"2025-13", b" ", b"0")
        )
        lines[number] = b",".join(fields)
    return b"\n".join(lines)


def lose_a_column(content: bytes, rng: Random) -> bytes:
    """A column gone from every line."""
    lines = [line.split(b",") for line in content.split(b"\n")]
    gone = rng.randrange(max(1, len(lines[0])))
    return b"\n".join(b",".join(field for place, field in enumerate(line) if place != gone) for line in lines)


def swap_columns(content: bytes, rng: Random) -> bytes:
    """Two columns exchanged in the header alone."""
    head, _, rest = content.partition(b"\n")
    names = head.split(b",")
    one, other = rng.randrange(len(names)), rng.randrange(len(names))
    names[one], names[other] = names[other], names[one]
    return b",".join(names) + b"\n" + rest


def lose_the_header(content: bytes, _: Random) -> bytes:
    """The first line gone."""
    return content.partition(b"\n")[2]


def other_ends(content: bytes, rng: Random) -> bytes:
    """Line ends of another system, on all lines or some."""
    plain = content.replace(b"\r\n", b"\n")
    end = rng.choice((b"\r\n", b"\r", b"\n\n"))
    if rng.random() < 0.5:
        return plain.replace(b"\n", end)
    lines = plain.split(b"\n")
    return b"".join(line + rng.choice((end, b"\n")) for line in lines)


def other_encoding(content: bytes, rng: Random) -> bytes:
    """Saved in another encoding, or with a mark in front."""
    text = content.decode("latin-1")
    return rng.choice(
        (text.encode("utf-16"), text.encode("utf-8"), b"\xef\xbb\xbf" + content, text.encode("utf-16-le"))
    )


def another_file(_: bytes, rng: Random) -> bytes:
    """Something else under the name."""
    return rng.choice(
        (b"", b"\n", b"<!DOCTYPE html><html><body>404</body></html>\n", b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04rest")
    )


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes, insert_junk, cut_off, lose_a_piece, repeat_a_piece, spoil_a_field, lose_a_column, swap_columns,
    lose_the_header, other_ends, other_encoding, another_file,
)  # fmt: skip


def mutated(content: bytes, seed: int) -> tuple[str, bytes]:
    """One mutation, or a few after each other, and what they were."""
    return _changed(content, seed, MUTATIONS)


OF_BYTES: tuple[Mutation, ...] = (flip_bytes, insert_junk, cut_off, lose_a_piece, repeat_a_piece, another_file)


def mutated_bytes(content: bytes, seed: int) -> tuple[str, bytes]:
    """The same for files that are not lines of text."""
    return _changed(content, seed, OF_BYTES)


OF_FIELDS: tuple[Mutation, ...] = (spoil_a_field, lose_a_column, swap_columns, lose_the_header)


def mutated_fields(content: bytes, seed: int) -> tuple[str, bytes]:
    """The same for text that is to be packed: what comes out is text still, and has fields."""
    return _changed(content, seed, OF_FIELDS)


def _changed(content: bytes, seed: int, known: tuple[Mutation, ...]) -> tuple[str, bytes]:
    rng = Random(seed)  # noqa: S311 - damage, not secrets
    chosen = [known[seed % len(known)], *rng.choices(known, k=rng.choice((0, 0, 0, 1, 2)))]
    for mutation in chosen:
        if content:
            content = mutation(content, rng)
    return " + ".join(mutation.__name__ for mutation in chosen), content
