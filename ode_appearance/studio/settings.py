"""What can be set from outside, by environment variables."""

import os
from pathlib import Path

RUNS = Path(__file__).parents[2] / "runs" / "app"


def training_allowed() -> bool:
    """Whether the app trains: unless ODE_APPEARANCE_TRAINING is off, no, false or 0."""
    return _on("ODE_APPEARANCE_TRAINING")


def hub_allowed() -> bool:
    """Whether the app asks the Hugging Face Hub: unless ODE_APPEARANCE_HUB is off, no, false or 0."""
    return _on("ODE_APPEARANCE_HUB")


def mcp_allowed() -> bool:
    """Whether the endpoints are tools of the Model Context Protocol, too: where ODE_APPEARANCE_MCP is on, yes, true or 1."""
    return os.environ.get("ODE_APPEARANCE_MCP", "off").strip().lower() in ("on", "yes", "true", "1")


def runs_folder() -> Path:
    """Where trainings are kept: ODE_APPEARANCE_RUNS, or runs/app/ beside the app."""
    given = os.environ.get("ODE_APPEARANCE_RUNS")
    return Path(given).expanduser().resolve() if given else RUNS


def _on(name):
    return os.environ.get(name, "on").strip().lower() not in ("off", "no", "false", "0")


def exemplars_folder() -> Path | None:
    """A folder that holds a data set of exemplars to compare materials with: ODE_APPEARANCE_EXEMPLARS, if it is given."""
    given = os.environ.get("ODE_APPEARANCE_EXEMPLARS")
    return Path(given).expanduser().resolve() if given else None
