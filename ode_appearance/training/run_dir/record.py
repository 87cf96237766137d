"""The training record of a checkpoint: how its material was trained. Its fields have a fixed order, as files have them."""

from typing import Any

from ...runtime import device


def texture_record(run: Any) -> dict[str, Any]:
    """The record of a `TextureRun` in its present state."""
    config = run.config
    record = {
        **_work(run),
        "features": run.features.note,
        "map_weights": list(config.loss.map_weights),
        "maps_normalised": _normalisation(config),
        "loss": config.loss.loss,
        "solver": _steps_taken(config),
        **_sizes(config),
        "learning_rate": config.rate.learning_rate,
        "annealing": config.rate.annealing,
        "averaging": config.optimiser.averaging,
        "seed": config.seed,
    }
    if config.kind == "svbrdf":
        record |= {"initialisation_iterations": config.schedule.initialisation, "crops": config.loss.crops}
    return record | _exceptions(run)


def flow_record(run: Any) -> dict[str, Any]:
    """The record of a `FlowRun` in its present state."""
    config = run.config
    return {
        "method": "flow matching",
        **_work(run),
        **_sizes(config),
        "warmup_samples": config.flow.flow_warmups,
        "pull": config.flow.flow_pull,
        "noise": config.flow.flow_noise,
        "smoothing": config.flow.flow_smoothing,
        "hidden_channels": config.model.hidden_channels,
        "history_explained_by_code": round(run.states.explained, 3),
        "learning_rate": config.rate.learning_rate,
        "averaging": config.optimiser.averaging,
        "seed": config.seed,
        **_exceptions(run),
    }


def _work(run):
    """How long the run took, and where."""
    return {"iterations": run.iteration, "minutes": round(run.seconds / 60, 1), "machine": device.description()}


def _sizes(config):
    return {
        "state_size": config.data.state_size,
        "exemplar_size": config.data.exemplar_size,
        "batch": config.data.batch,
    }


def _exceptions(run):
    """Fields that only some runs have."""
    skipped = {"skipped_iterations": run.skipped} if run.skipped else {}
    return skipped | ({"started_from": run.origin} if run.origin else {})


def _normalisation(config):
    """How feature maps were normalised."""
    over = {"frame": "of each frame", "exemplar": "over ten frames"}[config.loss.normalise_over]
    return f"by their root mean squares {over}" if config.loss.normalise_maps else "no"


def _steps_taken(config):
    """How the segments were integrated."""
    adaptive = f"adaptive, tolerance {config.solver.tolerance:g}"
    if not config.solver.coarsest_step:
        return f"{config.solver.runge_kutta}, {adaptive}"
    steps = f"{config.solver.runge_kutta}, steps of {config.solver.coarsest_step / 4:g} to {config.solver.coarsest_step:g}"
    return (
        f"{steps}, {adaptive} in the last {config.schedule.refining:.0%} of iterations" if config.schedule.refining else steps
    )
