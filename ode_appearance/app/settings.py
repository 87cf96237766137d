"""What can be set from outside, by environment variables."""

import importlib.util
import os
from pathlib import Path

from ..config.request_checks import MAX_PIXELS
from ..errors import ConfigError
from ..runtime.environment import check_folder, check_writable_folder
from ..runtime.environment import read_positive_int as _whole
from ..runtime.environment import read_switch as _on
from ..runtime.folders import CHECKPOINTS_VARIABLE, RUNS_VARIABLE

SHARED_SECONDS = 120
"""Of a solve on a machine that is shared with strangers, unless it is set."""


def check() -> None:
    """Raise ConfigError, with a sentence, for the first setting that cannot be used."""
    for setting in (training_allowed, hub_allowed, mcp_allowed, most_pixels, most_seconds, cache_bytes, disk_bytes):
        setting()
    for name in (CHECKPOINTS_VARIABLE, "ODE_APPEARANCE_EXEMPLARS"):
        check_folder(name)
    if training_allowed():
        check_writable_folder(RUNS_VARIABLE)


def training_allowed() -> bool:
    """Whether the app trains: unless ODE_APPEARANCE_TRAINING is off, no, false or 0."""
    return _on("ODE_APPEARANCE_TRAINING", True)


def hub_allowed() -> bool:
    """Whether the app asks the Hugging Face Hub: unless ODE_APPEARANCE_HUB is off, no, false or 0."""
    return _on("ODE_APPEARANCE_HUB", True)


def mcp_allowed() -> bool:
    """Whether the endpoints are tools of the Model Context Protocol, too: where ODE_APPEARANCE_MCP is on, yes, true or 1.

    Raises ConfigError where what Gradio needs for it is not installed.
    """
    wanted = _on("ODE_APPEARANCE_MCP", False)
    if wanted and importlib.util.find_spec("mcp") is None:
        raise ConfigError('ODE_APPEARANCE_MCP is on, and needs what `pip install "gradio[mcp]"` installs.')
    return wanted


def most_pixels() -> int:
    """The largest state that a visitor may ask for: ODE_APPEARANCE_MOST_PIXELS, or what the library solves at all."""
    return min(_whole("ODE_APPEARANCE_MOST_PIXELS", MAX_PIXELS), MAX_PIXELS)


def most_seconds() -> int | None:
    """How long a visitor's solve may take: ODE_APPEARANCE_MOST_SECONDS, where `off` is without a limit.

    By default SHARED_SECONDS on a Hugging Face Space, which sets SPACE_ID; elsewhere as long as it takes.
    """
    if os.environ.get("ODE_APPEARANCE_MOST_SECONDS", "").strip().lower() == "off":
        return None
    return _whole("ODE_APPEARANCE_MOST_SECONDS", SHARED_SECONDS if os.environ.get("SPACE_ID") else None)


def cache_bytes() -> int:
    """Bytes of solved states that are kept: ODE_APPEARANCE_CACHE_BYTES, or 1 GiB."""
    return _whole("ODE_APPEARANCE_CACHE_BYTES", 1 << 30)


def disk_bytes() -> int:
    """What trainings, materials that visitors fetched, uploads, and compiled programs may each take on the disk:
    ODE_APPEARANCE_DISK_BYTES, or 20 GiB."""
    return _whole("ODE_APPEARANCE_DISK_BYTES", 20 << 30)


def exemplars_folder() -> Path | None:
    """A folder that holds a data set of exemplars to compare materials with: ODE_APPEARANCE_EXEMPLARS, if it is given."""
    given = os.environ.get("ODE_APPEARANCE_EXEMPLARS")
    return Path(given).expanduser().resolve() if given else None
