"""What people write freely must not name a premises: no postcodes, coordinates, grid references or house numbers.

Alerts speak of areas. The check refuses and says what it found, in which field. It cannot know a house by its name, so the
people who grade and approve read every word.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from geointel.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Mapping

_GAP = r"[\s.\-_/()]{0,3}"
_STREET = "street|st|road|rd|avenue|ave|lane|ln|close|drive|way|court|place|square|terrace|crescent|grove|gardens|walk|row|hill"
_KNOWN = "high|main|station|church|market|mill|london|park|king|queen|victoria"
_SQUARES = "nt|nu|nx|ny|nz|ov|sd|se|sj|sk|so|sp|ss|st|su|sv|sw|sx|sy|sz|ta|tf|tg|tl|tm|tq|tr|tv"
FINER_THAN_AN_AREA = {
    "a postcode": re.compile(
        rf"(?<![a-z0-9])(?:[a-z]{{1,2}}\s?\d[a-z\d]?|gir){_GAP}\d[abd-hjlnp-uw-z]{{2}}(?![a-z0-9])", re.IGNORECASE
    ),
    "coordinates": re.compile(
        r"(?<![\d.])[+-]?\d{1,2}\.\d{3,}\s*°?\s*[ns]?\s*[,;/ ]\s*[+-]?\d{1,3}\.\d{3,}|\d\s*°\s*\d{1,2}\s*['′]",
        re.IGNORECASE,
    ),
    "a grid reference": re.compile(
        rf"(?<![a-z0-9])(?:{_SQUARES})\s?(?:\d{{3}}\s?\d{{3}}|\d{{4}}\s?\d{{4}}|\d{{5}}\s?\d{{5}})(?!\d)", re.IGNORECASE
    ),
    # a capital tells a street's name from "5 tablets on the street", but for the commonest names
    "an address": re.compile(
        rf"(?<![\w.])\d{{1,4}}[a-zA-Z]?,?\s+(?:(?:[A-Z][A-Za-z'’]+\s+){{1,3}}?|(?i:{_KNOWN})(?:['’]?s)?\s+)(?i:{_STREET})(?!\w)"
        r"|(?<!\w)(?i:flat|apartment|room)\s+\d{1,4}(?!\w)"
    ),
    "a three-word place": re.compile(r"///\w+\.\w+\.\w+"),
    "a link to a place": re.compile(r"(?:https?://|www\.)\S*(?:map|w3w|geo)\S*", re.IGNORECASE),
}
"""What is looked for. The last letters of a postcode are never c, i, k, m, o or v, so that doses pass."""
_REMEDY = "Leave it out: alerts name areas only. Say where by `place`."


def plain(text: str) -> str:
    """The text as it is kept: whole characters, one space between words, no letters that cannot be seen."""
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(letter for letter in composed if letter in "\n\t" or unicodedata.category(letter)[0] != "C")
    lines = (" ".join(line.split()) for line in seen.splitlines())
    return "\n".join(lines).strip()


def line(text: str) -> str:
    """The same in one line, so that nothing in a name or title can pass for a line of its own."""
    return " ".join(plain(text).split())


def refuse_places(texts: Mapping[str, str | None]) -> None:
    """Refuse the first text, by its field, that says more of a place than its area. Raises ``QuestionError``."""
    for field, text in texts.items():
        wide = unicodedata.normalize("NFKC", plain(text or ""))
        for what, pattern in FINER_THAN_AN_AREA.items():
            found = pattern.search(wide)
            if found:
                message = f"The text has {what}: {found[0].strip()[:30]!r}."
                raise QuestionError(message, field=field, remedy=_REMEDY)
