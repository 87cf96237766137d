"""All groups of figures."""

from collections.abc import Callable, Iterator

from . import app, memory, network, schedules, training, trajectories
from .figure import Figure

GROUPS: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "network": network.figures,
    "trajectory": trajectories.figures,
    "training": training.figures,
    "schedules": schedules.figures,
    "memory": memory.figures,
    "app": app.figures,
}
"""Functions of whether the run is a quick one, by the name of what they measure."""
