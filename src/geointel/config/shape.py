"""What every table of the partnership file has in common, and the checked words it is made of."""

from __future__ import annotations

import re
from typing import Annotated, NoReturn

import pydantic
from pydantic_core import PydanticCustomError

from geointel.model import parse_month

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
ID_RULE = "Use small letters, digits, hyphens and underscores, and begin with a letter or digit."
_MONTH_PATTERN = r"^\d{4}-(0[1-9]|1[0-2])$"
LONGEST_ID = 63


class Table(pydantic.BaseModel):
    """A table of the file: frozen, strict about types, and refusing keys that it does not have."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


def refuse(message: str, remedy: str) -> NoReturn:
    """Raise what a validator raises for a wrong value; ``faults`` reads both texts from it."""
    kind, template = "refused", "{message}"
    raise PydanticCustomError(kind, template, {"message": message, "remedy": remedy})


def not_yet(what: str, remedy: str) -> NoReturn:
    """Refuse something that the contract names and this version cannot do."""
    refuse(f"{what} is not in this version.", remedy)


def is_id(text: str) -> bool:
    """Whether a word can be the name of a file, a column value and a part of an address."""
    return len(text) <= LONGEST_ID and _SLUG.fullmatch(text) is not None


def _id(text: str) -> str:
    if not is_id(text):
        refuse(f"{text!r} cannot be an id.", ID_RULE)
    return text


def _filled(text: str) -> str:
    if not text.strip():
        refuse("The text is empty.", "Write something, or leave the key out.")
    return text


def _month(value: object) -> int:
    remedy = 'Write a month in quotes, as "2025-01".'
    if not isinstance(value, str):
        refuse(f"{value} is not a month in quotes.", remedy)
    try:
        return parse_month(value)
    except ValueError:
        refuse(f"{value!r} is not a month.", remedy)


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Id = Annotated[
    str,
    pydantic.AfterValidator(_id),
    pydantic.WithJsonSchema({"type": "string", "pattern": f"^{_SLUG.pattern}$", "maxLength": LONGEST_ID}),
]
"""A name that stands in files and addresses."""

Text = Annotated[str, pydantic.AfterValidator(_filled), pydantic.WithJsonSchema({"type": "string", "minLength": 1})]
"""Text that is not blank."""

Month = Annotated[
    int,
    pydantic.BeforeValidator(_month),
    pydantic.WithJsonSchema({"type": "string", "pattern": _MONTH_PATTERN}),
]
"""A month, written ``YYYY-MM``; held as a month number."""

Texts = Annotated[
    tuple[Text, ...],
    pydantic.BeforeValidator(_one_or_many),
    pydantic.Field(min_length=1),
    pydantic.WithJsonSchema(
        {"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
"""One text, or a list of them."""
