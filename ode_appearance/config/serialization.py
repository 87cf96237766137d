"""Dataclasses of schema.py to JSON and back, every field checked: nothing that was read is trusted."""

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
"""Levels of lists and objects within a free record."""

T = TypeVar("T")


def parse_json(text: str) -> Any:
    """JSON without the extensions that Python allows (NaN, infinities); raises ConfigError for anything else."""

    def refuse(constant):
        raise ValueError(f"{constant} is not a number")

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"This is not valid JSON: {error}.") from error


def to_json(config: Any) -> dict[str, Any]:
    """A dataclass as a JSON object, groups of options flattened; fields of `later=True` (schema.option) only where they
    differ from their default.
    """
    options, written = options_of(type(config)), {}
    for name, value in values_of(config).items():
        if dataclasses.is_dataclass(value):
            written[name] = to_json(value)
        elif not (options[name].metadata.get("later") and value == options[name].default):
            written[name] = copy.deepcopy(value)
    return written


def from_json(cls: type[T], data: Any, where: str = "config") -> T:
    """A dataclass from a JSON object; raises ConfigError naming the field that is missing, unknown, mistyped or out of range.

    Fields that are not given have their defaults.
    """
    if not isinstance(data, dict):
        raise ConfigError(f"{where} has to be an object, not {_shown(data)}.")
    options = options_of(cls)
    for name in data:
        if name not in options:
            raise ConfigError(f"{where} has no field {_shown(name)}; it has {', '.join(options)}.")
    given = (option for name, option in options.items() if name in data)
    values = {each.name: read_value(each.hint, data[each.name], each.metadata, f"{where}.{each.name}") for each in given}
    return replace_options(cls(), values)


def read_value(hint: Any, value: Any, bounds: Mapping[str, Any], where: str) -> Any:
    """One value checked against its annotation and bounds (`least`, `most`), or ConfigError."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        (hint,) = (argument for argument in arguments if argument is not type(None))
        return read_value(hint, value, bounds, where)
    if origin is typing.Literal:
        if not isinstance(value, str) or value not in arguments:
            raise ConfigError(f"{where} has to be one of {', '.join(arguments)}, not {_shown(value)}.")
        return value
    if origin is tuple:
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= MAX_ITEMS:
            raise ConfigError(f"{where} has to be a list of 1 to {MAX_ITEMS} values, not {_shown(value)}.")
        if arguments[-1] is not Ellipsis and len(value) != len(arguments):
            raise ConfigError(f"{where} has to be a list of {len(arguments)} values, not {_shown(value)}.")
        return tuple(read_value(arguments[0], item, bounds, f"{where}[{index}]") for index, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise ConfigError(f"{where} has to be an object, not {_shown(value)}.")
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
        raise ConfigError(f"{where} has to be {name}, not {_shown(value)}.")
    if isinstance(value, str):
        _check_text(value, where)
        return value
    if isinstance(value, bool):
        return value
    least, most = bounds["least"], bounds["most"]
    # Written so that NaN is refused as well.
    if not least <= value <= most or value in (-math.inf, math.inf):
        raise ConfigError(f"{where} has to be from {least:g} to {most:g}, not {_shown(value)}.")
    return value


def _check_text(value, where):
    if len(value) > MAX_TEXT:
        raise ConfigError(f"{where} is a text of {len(value)} characters; {MAX_TEXT} are the most.")
    # Half a surrogate pair cannot be written to a file; control characters would reach a terminal.
    unfit = next((c for c in value if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"), None)
    if unfit is not None:
        raise ConfigError(f"{where} holds the character {unfit!r}, which no text has.")


def _check_record(value, where, depth):
    """Raise ConfigError unless a free record is plain JSON: finite numbers, printable texts, a few levels."""
    if depth < 0:
        raise ConfigError(f"{where[:100]}... is nested too deep; {MAX_DEPTH} levels are the most.")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ConfigError(f"{where} has a field {_shown(key)}; names are texts.")
            _check_text(key, where)
            _check_record(item, f"{where}.{key[:40]}", depth - 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check_record(item, f"{where}[{index}]", depth - 1)
    elif isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, int | float):
        if not -1e300 < value < 1e300:
            raise ConfigError(f"{where} has to be a finite number, not {_shown(value)}.")
    elif value is not None:
        raise ConfigError(f"{where} has to be plain JSON, not {_shown(value)}.")


def _shown(value) -> str:
    try:
        shown = repr(value)
    except ValueError:  # Python does not write out a number of thousands of digits
        return "a number beyond all bounds"
    return shown if len(shown) <= 60 else shown[:57] + "..."
