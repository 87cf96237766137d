"""All groups of figures."""

from collections.abc import Callable, Iterator

from . import app_latency, network, peak_memory, training_step, training_times, trajectories
from .figure import Figure

GROUPS: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "network": network.figures,
    "trajectory": trajectories.figures,
    "training": training_step.figures,
    "schedules": training_times.figures,
    "memory": peak_memory.figures,
    "app": app_latency.figures,
}
"""Functions of whether the run is a quick one, by the name of what they measure."""
