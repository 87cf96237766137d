"""The fields of the screen that a material fills by itself."""

from typing import Any

from ...config.schema import MaterialConfig, SolverConfig
from ...keyframes.keyframe_times import default_count


def own_fields(config: MaterialConfig, fields: dict[str, Any], time: float = 0.0) -> dict[str, Any]:
    """The fields that a material fills by itself: its start, a time range that reaches `time`, its solver, and as many
    keyframes as suit the size in the fields."""
    times = {**own_times(config), "start_kind": config.start}
    return {**times, "end": max(times["end"], time), **solver_fields(config.solver), **own_count(config, fields)}


def own_times(config: MaterialConfig, beyond: float = 0.0, warmup: bool = True) -> dict[str, Any]:
    """The time range from the start of a solve (or the exemplar's start) to `beyond` exemplar lengths after its end."""
    return {"start": config.first_time if warmup else 0.0, "end": config.times.duration * (1 + beyond)}


def times_of_start(config: MaterialConfig, fields: dict[str, Any]) -> dict[str, Any]:
    """The time range in the fields for another start: one that began at or before time 0 begins where solves now do."""
    usual = own_times(config)
    start, end = (fields[name] if isinstance(fields[name], int | float) else usual[name] for name in ("start", "end"))
    start = start if start > 0 else usual["start"]
    return {"start": start, "end": end if end > start else usual["end"]}


def own_count(config: MaterialConfig, fields: dict[str, Any]) -> dict[str, Any]:
    """As many keyframes as suit the size in the fields, if it is one."""
    size = fields["width"], fields["height"]
    if not all(isinstance(length, int | float) and length >= 1 for length in size):
        return {}
    return {"count": default_count(config.kind, size)}


def solver_fields(solver: SolverConfig) -> dict[str, Any]:
    """The fields that describe a solver."""
    return {
        "method": solver.method,
        "stepping": "adaptive" if solver.fixed_step is None else "fixed",
        "tolerance": solver.rtol,
        "step": solver.fixed_step or 0.1,
    }
