"""Executor on a Ray cluster: one task per exemplar on any node with free resources.

No disk is shared: workers send their saves to the driver. A task whose worker died is resubmitted with its last save.
"""

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

from ...errors import ConfigError, TrainingError
from ...runtime.folders import PACKAGE, WHEEL_CHECKPOINTS
from ..plan import TrainingPlan, TrainingResult
from .ray_runs import RayRuns

CPUS = 2
"""Default number of CPUs of a task; XLA gains little from more."""
CONNECT_TIMEOUT = 10.0
"""Timeout in seconds for the connection to a cluster."""


def run(
    plans: Sequence[TrainingPlan], stop: Callable[[], bool], cpus: float | None = None, gpus: float | None = None
) -> list[TrainingResult]:
    """Train unfinished plans on the cluster of $RAY_ADDRESS, or on a temporary one on this machine.

    Args:
        stop: called about once a second; once it returns True, all runs are saved and end.
        cpus: CPUs of a task (default: CPUS, at most those of the largest node).
        gpus: GPUs of a task (default: 1 if the cluster has any).

    Returns:
        The result of each plan, in order.

    Raises:
        ConfigError: Ray is not installed, or its address has the wrong form.
        TrainingError: the cluster cannot be reached.
    """
    ray = _import_ray()
    _check_address(os.environ.get("RAY_ADDRESS", ""))
    # Ray's messages go to standard error; standard output has the table only.
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
    """Check that the address answers; Ray itself would retry for a quarter of an hour."""
    if address.startswith("ray://"):
        raise ConfigError(
            "RAY_ADDRESS has to be HOST:PORT of a cluster, not ray://...; run this command on a node of the cluster."
        )
    host, colon, port = address.rpartition(":")
    if not colon:  # "auto", "local" or nothing
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_TIMEOUT).close()
    except (OSError, ValueError, OverflowError) as error:
        raise TrainingError(f"No Ray cluster answers at {address[:100]}, which RAY_ADDRESS names.") from error


@contextlib.contextmanager
def _cluster(ray) -> Iterator[None]:
    if ray.is_initialized():  # by a program that uses this as a library
        yield
        return
    environment = {"py_modules": [str(PACKAGE)], "excludes": ["**/__pycache__", f"**/{WHEEL_CHECKPOINTS}"]}
    handler = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(runtime_env=environment, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, RuntimeError, ValueError, OSError, ray.exceptions.RayError) as error:
        message = " ".join(str(error).split())[:300].rstrip(".")
        raise TrainingError(f"Ray could not connect to or start a cluster: {message}.") from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, handler)  # Ray's own handler would end this process without a save
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
        print(f"No node of the cluster has {cpus:g} CPUs and {gpus:g} GPUs; waiting for such a node.", file=sys.stderr)
    return {"num_cpus": cpus, "num_gpus": gpus}
