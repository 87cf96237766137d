"""What can be set from outside, by environment variables."""

import os
from pathlib import Path

RUNS = Path(__file__).parents[2] / "runs" / "app"


def training_allowed() -> bool:
    """Whether the app trains: unless ODE_APPEARANCE_TRAINING is off, no, false or 0."""
    return os.environ.get("ODE_APPEARANCE_TRAINING", "on").strip().lower() not in ("off", "no", "false", "0")


def runs_folder() -> Path:
    """Where trainings are kept: ODE_APPEARANCE_RUNS, or runs/app/ beside the app."""
    given = os.environ.get("ODE_APPEARANCE_RUNS")
    return Path(given).expanduser().resolve() if given else RUNS
