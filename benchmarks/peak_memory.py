"""The memory that solving a large state takes at its peak, and what a pixel costs at every size."""

import json
import sys
from collections.abc import Iterator

import jax
import psutil

from ode_appearance.config.schema import MaterialConfig, SolverConfig
from ode_appearance.errors import AppearanceError
from ode_appearance.models.material import Material
from ode_appearance.ode.solve import solve

from .figure import Figure
from .fresh_process import run_python
from .network import PUBLISHED, evaluations, noise, ours, published_field
from .timing import compare

_LIMITS = {1024: 6.0, 2048: 20.0}
"""GB, by the side of a square state."""
_SMALL, _LARGE = 128, 1024
_FEW = 2
"""Evaluations of f on the large state, to as many times more on the small one as it has fewer pixels."""
_SOLVER = SolverConfig("bosh3", rtol=3e-3, atol=3e-3)
"""That of the shipped materials."""


def figures(quick: bool) -> Iterator[Figure]:
    """Peak memory in GB, and how many times as long a pixel of a large state takes as one of a small state."""
    for size in (1024,) if quick else _LIMITS:
        peak = _peak(size)
        if peak is not None:
            yield Figure(f"peak memory, a published RGB network solved at {size}x{size}", peak, "GB", limit=_LIMITS[size])
    for kind in ("RGB",) if quick else PUBLISHED:
        field = published_field(kind)
        small = evaluations(ours, field, noise(field, _SMALL), _FEW * (_LARGE // _SMALL) ** 2)
        large = evaluations(ours, field, noise(field, _LARGE), _FEW)
        _, (_, growth) = compare([small, large], 1 if quick else 3)
        work = f"time per pixel of f, {_LARGE}x{_LARGE} over {_SMALL}x{_SMALL}, published {kind} network"
        yield Figure(work, growth, "times", limit=1.3)


def _peak(size):
    """GB of a process of its own, or None, with a sentence on standard error, where this machine has too little."""
    answer = json.loads(run_python(f"from benchmarks.peak_memory import report; report({size})"))
    if isinstance(answer, str):
        print(answer, file=sys.stderr)
        return None
    return answer


def report(size: int) -> None:
    """Solve for a moment, and print the peak memory of this process (of the device, where it has its own) in GB as JSON."""
    material = Material(published_field("RGB"), MaterialConfig())
    try:
        solve(material, size=(size, size), times=[-1.0, -0.99, -0.98, -0.95], solver=_SOLVER)
    except AppearanceError as error:
        print(json.dumps(str(error)))
        return
    statistics = jax.devices()[0].memory_stats() or {}
    print(json.dumps(statistics.get("peak_bytes_in_use", _peak_of_process()) / 1e9))


def _peak_of_process():
    """Bytes that this process held in memory at its peak."""
    try:
        import resource
    except ImportError:  # Windows
        return psutil.Process().memory_info().peak_wset
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
