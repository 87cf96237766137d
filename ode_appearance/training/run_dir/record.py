"""The training record of a checkpoint: how a run came to the material that it has."""

from typing import Any

from ...runtime import device


def training_record(run: Any) -> dict[str, Any]:
    """The record of a `Run` as it stands."""
    config = run.config
    record = {
        "iterations": run.iteration,
        "minutes": round(run.seconds / 60, 1),
        "machine": device.description(),
        "features": run.features.note,
        "map_weights": list(config.loss.map_weights),
        "maps_normalised": _normalisation(config),
        "loss": config.loss.loss,
        "solver": _steps_taken(config),
        "state_size": config.data.state_size,
        "exemplar_size": config.data.exemplar_size,
        "batch": config.data.batch,
        "learning_rate": config.rate.learning_rate,
        "annealing": config.rate.annealing,
        "averaging": config.optimiser.averaging,
        "seed": config.seed,
    }
    if config.kind == "svbrdf":
        record |= {"initialisation_iterations": config.schedule.initialisation, "crops": config.loss.crops}
    if run.skipped:
        record["skipped_iterations"] = run.skipped
    if run.origin:
        record["started_from"] = run.origin
    return record


def _normalisation(config):
    """How feature maps were brought to one size, for the record."""
    over = {"frame": "of each frame", "exemplar": "over ten frames"}[config.loss.normalise_over]
    return f"by their root mean squares {over}" if config.loss.normalise_maps else "no"


def _steps_taken(config):
    """How the segments were integrated, for the record."""
    adaptive = f"adaptive, tolerance {config.solver.tolerance:g}"
    if not config.solver.coarsest_step:
        return f"{config.solver.runge_kutta}, {adaptive}"
    steps = f"{config.solver.runge_kutta}, steps of {config.solver.coarsest_step / 4:g} to {config.solver.coarsest_step:g}"
    return (
        f"{steps}, {adaptive} in the last {config.schedule.refining:.0%} of iterations" if config.schedule.refining else steps
    )
