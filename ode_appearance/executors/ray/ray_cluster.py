"""On a Ray cluster: one task an exemplar, on whichever node has room; what a worker saves comes back to the driver's disk.

No disk is shared. A task whose worker died is submitted again, from what it saved last.
"""

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

from ...errors import ConfigError, TrainingError
from ...runtime.folders import PACKAGE
from ..plan import TrainingPlan, TrainingResult
from .ray_runs import RayRuns

CPUS = 2
"""What a task takes by default: XLA does not make much of more."""
PATIENCE = 10.0
"""Seconds in which a cluster has to answer."""


def run(
    plans: Sequence[TrainingPlan], stop: Callable[[], bool], cpus: float | None = None, gpus: float | None = None
) -> list[TrainingResult]:
    """Train what is not finished on the cluster that $RAY_ADDRESS names, or on one that is started here and ends with this.

    A task takes `cpus` processors (CPUS of them, or what the largest node has) and `gpus` (1 where the cluster has any).
    Where `stop` becomes true, every run is saved and ends. Raises ConfigError where Ray is missing or its address is of no
    use, and TrainingError where there is no such cluster.
    """
    ray = _import_ray()
    _check_address(os.environ.get("RAY_ADDRESS", ""))
    # What Ray has to say of the cluster goes where all but the table goes.
    with contextlib.redirect_stdout(sys.stderr), _cluster(ray):
        needs = _needs(ray, cpus, gpus)
        return RayRuns(ray, needs).run(plans, stop)


def _import_ray():
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise ConfigError('Training on a Ray cluster needs Ray: install it with pip install "ray[default]".') from error
    return ray


def _check_address(address):
    """Refuse an address of no use: Ray itself would go on asking for a quarter of an hour."""
    if address.startswith("ray://"):
        raise ConfigError(
            "RAY_ADDRESS has to be HOST:PORT of a cluster, not ray://...: give this command on a node of the cluster."
        )
    host, colon, port = address.rpartition(":")
    if not colon:  # "auto", "local" or nothing
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except (OSError, ValueError, OverflowError) as error:
        raise TrainingError(f"No Ray cluster answers at {address[:100]}, which RAY_ADDRESS names.") from error


@contextlib.contextmanager
def _cluster(ray) -> Iterator[None]:
    if ray.is_initialized():  # by whoever uses this as a library
        yield
        return
    environment = {"py_modules": [str(PACKAGE)], "excludes": ["**/__pycache__"]}
    handler = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(runtime_env=environment, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, RuntimeError, ValueError, OSError, ray.exceptions.RayError) as error:
        told = " ".join(str(error).split())[:300].rstrip(".")
        raise TrainingError(f"There is no Ray cluster to train on: {told}.") from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, handler)  # Ray's own would end this process unsaved
    try:
        yield
    finally:
        ray.shutdown()


def _needs(ray, cpus, gpus):
    """The resources of a task."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    if cpus is None:
        cpus = min(CPUS, max(node.get("CPU", 0) for node in nodes)) or 1
    if gpus is None:
        gpus = float(any(node.get("GPU", 0) >= 1 for node in nodes))
    if not any(node.get("CPU", 0) >= cpus and node.get("GPU", 0) >= gpus for node in nodes):
        print(f"No node of the cluster has {cpus:g} CPUs and {gpus:g} GPUs: waiting for one that has.", file=sys.stderr)
    return {"num_cpus": cpus, "num_gpus": gpus}
