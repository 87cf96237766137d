"""Config dataclasses to JSON and back; every field that is read is checked."""

import copy
import dataclasses
import json
import math
import types
import typing
import unicodedata
from collections.abc import Mapping
from typing import Any, TypeVar

from ..errors import ConfigError
from .option_groups import options_of, replace_options, values_of

MAX_TEXT = 20_000
MAX_ITEMS = 16
MAX_DEPTH = 8
"""Maximum nesting of a free record."""

T = TypeVar("T")


def parse_json(text: str) -> Any:
    """Parse strict JSON, without Python's extensions (NaN, infinities); ConfigError otherwise."""

    def refuse(constant):
        raise ValueError(f"{constant} is not a number")

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"This is not valid JSON: {error}.") from error


def to_json(config: Any) -> dict[str, Any]:
    """A dataclass as a JSON object with flattened groups; omits fields of `later=True` (schema.option) with default values."""
    options, written = options_of(type(config)), {}
    for name, value in values_of(config).items():
        if dataclasses.is_dataclass(value):
            written[name] = to_json(value)
        elif not (options[name].metadata.get("later") and value == options[name].default):
            written[name] = copy.deepcopy(value)
    return written


def from_json(cls: type[T], data: Any, where: str = "config") -> T:
    """A dataclass from a JSON object; missing fields have their defaults.

    Raises:
        ConfigError: a field is unknown, of the wrong type or out of range; the message has its name, prefixed by `where`.
    """
    if not isinstance(data, dict):
        raise ConfigError(f"{where} has to be an object, not {_quoted(data)}.")
    options = options_of(cls)
    for name in data:
        if name not in options:
            raise ConfigError(f"{where} has no field {_quoted(name)}; it has {', '.join(options)}.")
    given = (option for name, option in options.items() if name in data)
    values = {each.name: read_value(each.hint, data[each.name], each.metadata, f"{where}.{each.name}") for each in given}
    return replace_options(cls(), values)


def read_value(hint: Any, value: Any, bounds: Mapping[str, Any], where: str) -> Any:
    """One value, checked against its annotation and bounds (`minimum`, `maximum`); ConfigError if it does not fit."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        (hint,) = (argument for argument in arguments if argument is not type(None))
        return read_value(hint, value, bounds, where)
    if origin is typing.Literal:
        if not isinstance(value, str) or value not in arguments:
            raise ConfigError(f"{where} has to be one of {', '.join(arguments)}, not {_quoted(value)}.")
        return value
    if origin is tuple:
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= MAX_ITEMS:
            raise ConfigError(f"{where} has to be a list of 1 to {MAX_ITEMS} values, not {_quoted(value)}.")
        if arguments[-1] is not Ellipsis and len(value) != len(arguments):
            raise ConfigError(f"{where} has to be a list of {len(arguments)} values, not {_quoted(value)}.")
        return tuple(read_value(arguments[0], item, bounds, f"{where}[{index}]") for index, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise ConfigError(f"{where} has to be an object, not {_quoted(value)}.")
        _check_record(value, where, MAX_DEPTH)
        return value
    if dataclasses.is_dataclass(hint):
        return from_json(typing.cast(type, hint), value, where)
    return _read_scalar(hint, value, bounds, where)


def _read_scalar(hint, value, bounds, where):
    if hint is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        value = float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        name = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}[hint]
        raise ConfigError(f"{where} has to be {name}, not {_quoted(value)}.")
    if isinstance(value, str):
        _check_text(value, where)
        return value
    if isinstance(value, bool):
        return value
    minimum, maximum = bounds["minimum"], bounds["maximum"]
    # This form of the comparison also refuses NaN.
    if not minimum <= value <= maximum or value in (-math.inf, math.inf):
        raise ConfigError(f"{where} has to be from {minimum:g} to {maximum:g}, not {_quoted(value)}.")
    return value


def _check_text(value, where):
    if len(value) > MAX_TEXT:
        raise ConfigError(f"{where} is a text of {len(value)} characters; the maximum is {MAX_TEXT}.")
    # A lone surrogate cannot be encoded; control characters would reach a terminal.
    invalid = next((c for c in value if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"), None)
    if invalid is not None:
        raise ConfigError(f"{where} holds the character {invalid!r}, which is not allowed in texts.")


def _check_record(value, where, depth):
    """Raise ConfigError unless a free record is plain JSON: finite numbers, printable texts, at most MAX_DEPTH levels."""
    if depth < 0:
        raise ConfigError(f"{where[:100]}... is nested too deeply; the maximum is {MAX_DEPTH} levels.")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ConfigError(f"{where} has a field {_quoted(key)}; names have to be texts.")
            _check_text(key, where)
            _check_record(item, f"{where}.{key[:40]}", depth - 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check_record(item, f"{where}[{index}]", depth - 1)
    elif isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, int | float):
        if not -1e300 < value < 1e300:
            raise ConfigError(f"{where} has to be a finite number, not {_quoted(value)}.")
    elif value is not None:
        raise ConfigError(f"{where} has to be plain JSON, not {_quoted(value)}.")


def _quoted(value) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print integers of thousands of digits
        return "a number of too many digits"
    return text if len(text) <= 60 else text[:57] + "..."
