"""What pydantic found, in words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

import pydantic

from geointel.config.kinds import did_you_mean
from geointel.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]

_WANTED = {
    "string_type": ("text in quotes", 'Write it as "text".'),
    "int_type": ("a whole number", "Write a whole number without quotes."),
    "int_parsing": ("a whole number", "Write a whole number without quotes."),
    "int_from_float": ("a whole number", "Write a whole number."),
    "float_type": ("a number", "Write a number without quotes."),
    "float_parsing": ("a number", "Write a number without quotes."),
    "finite_number": ("a number", "Write a number."),
    "bool_type": ("true or false", "Write true or false without quotes."),
    "bool_parsing": ("true or false", "Write true or false without quotes."),
    "tuple_type": ("a list", "Write a list in square brackets."),
    "list_type": ("a list", "Write a list in square brackets."),
    "model_type": ("a table", "Write a table."),
    "model_attributes_type": ("a table", "Write a table."),
    "dict_type": ("a table", "Write a table."),
    "mapping_type": ("a table", "Write a table."),
}
_BOUNDS = {
    "greater_than_equal": ("ge", "{} or more"),
    "greater_than": ("gt", "more than {}"),
    "less_than_equal": ("le", "{} or less"),
    "less_than": ("lt", "less than {}"),
}
_REPEATED = {("source",), ("agreement",), ("fetch",), ("layer",), ("area", "level")}


def to_faults(error: pydantic.ValidationError, model: type[pydantic.BaseModel], at: Location = ()) -> list[Fault]:
    """Return one fault for each thing that pydantic refused; ``at`` is where the model stands."""
    return [_fault(detail, model, at) for detail in error.errors(include_url=False) if not _is_echo(detail)]


def key_path(location: Sequence[int | str]) -> str:
    """Return ``layer[1].default_resolution`` for ``("layer", 1, "default_resolution")``."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path or "(file)"


def _is_echo(detail: ErrorDetails) -> bool:
    """Whether a list is called empty only because its items were refused, each with a fault of its own."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _fault(detail: ErrorDetails, model: type[pydantic.BaseModel], at: Location) -> Fault:
    inner = detail["loc"]
    message, remedy = _words(detail, model, inner, (*at, *inner))
    return Fault(key_path((*at, *inner)), message, remedy)


def _words(detail: ErrorDetails, model: type[pydantic.BaseModel], inner: Location, full: Location) -> tuple[str, str]:
    """Message and remedy of one error. The value itself is never quoted: it may be a secret."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "refused":
        return context["message"], context["remedy"]
    if kind == "missing":
        return _missing(model, inner, full)
    if kind == "extra_forbidden":
        name = str(inner[-1])
        return f"There is no key {name!r} here.", did_you_mean(name, _keys(_table(model, inner[:-1])))
    if kind in _WANTED:
        return _wanted(kind, full)
    if kind in _BOUNDS:
        name, pattern = _BOUNDS[kind]
        bound = pattern.format(f"{context[name]:g}")
        return f"This must be {bound}.", f"Give a value of {bound}."
    return _other(kind, context, detail)


def _other(kind: str, context: dict[str, Any], detail: ErrorDetails) -> tuple[str, str]:
    if kind == "literal_error":
        choices = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        given = detail["input"]
        remedy = did_you_mean(given, choices) if isinstance(given, str) else f"Choose from: {', '.join(choices)}."
        return f"This must be {context['expected']}.", remedy
    if kind == "too_short":
        return "This list is empty.", "Name at least one, or leave the key out."
    return f"{detail['msg']}.".replace("..", "."), "Correct the value."


def _wanted(kind: str, full: Location) -> tuple[str, str]:
    noun, remedy = _WANTED[kind]
    names = tuple(part for part in full if isinstance(part, str))
    if noun == "a list" and names in _REPEATED:
        return "This must be a list of tables.", f"Write [[{'.'.join(names)}]] with two brackets."
    if noun == "a table":
        remedy = f"Write [{key_path(full)}] and its keys under it."
    return f"This must be {noun}.", remedy


def _missing(model: type[pydantic.BaseModel], inner: Location, full: Location) -> tuple[str, str]:
    name = str(inner[-1])
    table = _table(model, inner[:-1])
    names = tuple(part for part in full if isinstance(part, str))
    description = _description(table, name)
    if names in _REPEATED:
        return f"There is no [[{'.'.join(names)}]].", f"Add at least one: {description}"
    if len(full) == 1:
        return f"The table [{name}] is missing.", f"Add it: {description}"
    return f"The key {name!r} is missing.", f"Add it: {description}"


def _keys(table: type[pydantic.BaseModel] | None) -> list[str]:
    if table is None:
        return []
    return [field.alias or name for name, field in table.model_fields.items()]


def _description(table: type[pydantic.BaseModel] | None, key: str) -> str:
    if table is not None:
        for name, field in table.model_fields.items():
            if key == (field.alias or name):
                text = field.description or ""
                return text[:1].lower() + text[1:]
    return ""


def _table(model: type[pydantic.BaseModel], location: Location) -> type[pydantic.BaseModel] | None:
    """Return the model that stands at a location of a document, or None."""
    here: Any = model
    for part in location:
        here = _step(here, part)
    here = _bare(here)
    return here if _is_model(here) else None


def _step(annotation: Any, part: int | str) -> Any:
    annotation = _bare(annotation)
    if _is_model(annotation):
        for name, field in annotation.model_fields.items():
            if part == (field.alias or name):
                return field.annotation
        return None
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if get_origin(annotation) is tuple else None


def _bare(annotation: Any) -> Any:
    """Return the annotation without ``| None``."""
    some = [argument for argument in get_args(annotation) if argument is not type(None)]
    return some[0] if len(some) == 1 and len(get_args(annotation)) > len(some) else annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel)
