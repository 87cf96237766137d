"""Config dataclasses with groups of options; files, help texts and forms name the options without their group."""

import dataclasses
import difflib
import functools
import typing
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from ..errors import ConfigError

T = TypeVar("T")


class Option(NamedTuple):
    """One option of a config dataclass or of one of its groups."""

    name: str
    group: str  # field of the group; "" for an option of the dataclass itself
    metadata: Mapping[str, Any]  # of schema.option
    hint: Any
    default: Any


def group(cls: type) -> Any:
    """A dataclass field that holds a group of options."""
    return dataclasses.field(default=cls(), metadata={"group": True})


@functools.cache
def options_of(cls: type) -> dict[str, Option]:
    """All options of a config dataclass by name, in the order of its `OPTION_ORDER`, if it has one."""
    hints, options = typing.get_type_hints(cls), {}
    for field in dataclasses.fields(cls):
        if field.metadata.get("group"):
            inner = options_of(hints[field.name]).values()
            options |= {option.name: option._replace(group=field.name) for option in inner}
        else:
            options[field.name] = Option(field.name, "", field.metadata, hints[field.name], field.default)
    order = {name: place for place, name in enumerate(getattr(cls, "OPTION_ORDER", ()))}
    return {name: options[name] for name in sorted(options, key=lambda name: order.get(name, len(order)))}


def values_of(config: Any) -> dict[str, Any]:
    """The values of all options of a config, by name."""
    options = options_of(type(config)).values()
    return {option.name: getattr(getattr(config, option.group) if option.group else config, option.name) for option in options}


def replace_options(config: T, values: Mapping[str, Any]) -> T:
    """A copy of a config with new values of some options.

    Raises:
        ConfigError: there is no option of a name (code "unknown-option"); the message has the closest one.
    """
    options, by_group = options_of(type(config)), {}
    for name, value in values.items():
        if name not in options:
            closest = difflib.get_close_matches(name, options, 1)
            advice = f"did you mean {closest[0]!r}?" if closest else f"the options are {', '.join(options)}."
            raise ConfigError(f"There is no option {name!r}; {advice}", code="unknown-option")
        by_group.setdefault(options[name].group, {})[name] = value
    changes = by_group.pop("", {})
    changes |= {group: dataclasses.replace(getattr(config, group), **own) for group, own in by_group.items()}
    return dataclasses.replace(config, **changes)  # pyright: ignore[reportArgumentType]
