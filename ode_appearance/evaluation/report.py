"""Evaluate a material: scores of its samples, beyond its exemplar's span, and under other lights."""

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float

from ..config.schema import Light, SolverConfig
from ..data import ExemplarFrames, load_exemplar
from ..data.dataset import RELIGHTS, relit_siblings
from ..errors import RequestError
from ..models.material import Material
from ..ode.solve import solve
from ..rendering.render import render
from . import Judge, Scores
from .judge import round_score
from .target import SHARES, EvaluationTarget

DEFAULT_SEEDS = 4
BEYOND = 1.5
"""Extrapolated time as a multiple of the exemplar's span."""
ACCURATE_SOLVER = SolverConfig("tsit5", 1e-4, 1e-4)


@dataclasses.dataclass(frozen=True)
class EvaluationReport:
    """The judge's scores of a material."""

    size: int
    """Side of the images in pixels."""
    overall: Scores
    """Of all samples together."""
    samples: tuple[Scores, ...]
    """Of the seeds 0, 1, ..."""
    beyond: float | None
    """Mean score of the images at BEYOND times the span against the exemplar's last frame; None where no solve reaches it."""
    relit: dict[str, tuple[float, float]]
    """For each light with ground truth, the scores of seed 0 under this light and under the material's own light."""

    def mean_relit(self) -> tuple[float, float] | None:
        """The mean of `relit` over the lights; None without lights."""
        if not self.relit:
            return None
        relit, ignored = np.mean(list(self.relit.values()), axis=0)
        return round_score(relit), round_score(ignored)

    def record(self) -> dict[str, float | list[float]]:
        """The field `measures` of a checkpoint's config.json."""
        measures = dataclasses.asdict(self.overall) | {
            "score_of_each_seed": [sample.score for sample in self.samples],
            "measured_at_size": self.size,
        }
        if self.beyond is not None:
            measures["score_beyond"] = self.beyond
        if (relit := self.mean_relit()) is not None:
            measures |= {"score_relit": relit[0], "score_relit_ignoring_the_light": relit[1]}
        return measures


def measured_size(material: Material) -> int:
    """The side, in pixels, that the exemplar is resized to: the training's, which set the scale of detail, or the published."""
    published = 128 if material.config.kind == "rgb" else 256
    trained = material.config.training.get("exemplar_size")
    return trained if isinstance(trained, int) and 32 <= trained <= 4096 else published


def measure(material: Material, exemplar: Path, *, seeds: int = DEFAULT_SEEDS) -> tuple[EvaluationReport, Judge]:
    """Evaluate a material.

    Args:
        material: The material.
        exemplar: The exemplar's file or folder. Relit versions beside it (`relit_siblings`) are ground truth for relighting.
        seeds: Number of samples, of the seeds 0, 1, ...

    Raises:
        ExemplarError: For an invalid exemplar.
        RequestError: For fewer than one seed (code "out-of-range"), or a solve that ends early (code "ended-early").
    """
    if seeds < 1:
        raise RequestError(f"The number of seeds is {seeds}; it has to be at least 1.", code="out-of-range")
    config, size = material.config, measured_size(material)
    judge = Judge(load_exemplar(exemplar, config.kind, size=size))
    truths = {name: _truth(load_exemplar(path, config.kind, size=size)) for name, path in relit_siblings(exemplar).items()}
    shares = {*judge.target.shares, *(share for truth in truths.values() for share in truth.shares)}
    distances, ends, relit = [], [], {}
    for seed in range(seeds):
        states = rollout(material, size, {*shares, BEYOND}, seed=seed)
        distances.append(judge.target.distances(pictures_at(material, states, judge.target.shares)))
        if BEYOND in states:
            ends += pictures_at(material, states, [BEYOND])
        if seed == 0:
            relit = {name: _relit(material, states, judge, truth, name) for name, truth in truths.items()}
    report = EvaluationReport(
        size,
        judge.scores(distances),
        tuple(judge.scores([sample]) for sample in distances),
        judge.score_at_the_end(ends) if ends else None,
        relit,
    )
    return report, judge


def score_by_accurate_solver(material: Material, judge: Judge) -> Scores:
    """The scores of seed 0 solved by Tsit5 with a tolerance of 1e-4.

    Where they differ much from the scores with the material's solver, the material was fitted to that solver's steps.
    """
    shares = judge.target.shares
    states = rollout(material, judge.target.exemplar.size, shares, solver=ACCURATE_SOLVER)
    return judge.score(pictures_at(material, states, shares))


def rollout(
    material: Material, size: int, shares: Iterable[float], *, seed: int = 0, solver: SolverConfig | None = None
) -> dict[float, Float[np.ndarray, "c s s"]]:
    """States by time, at these shares of the exemplar's span.

    Args:
        material: The material.
        size: Side of the states in pixels.
        shares: Times as multiples of the span. Those above 1 are left out where the solve ends before them.
        seed: Of the noise.
        solver: Default: the material's.

    Raises:
        RequestError: For a solve that ends within the span. Code "ended-early".
    """
    wanted = sorted(set(shares))
    times = material.config.times.duration * np.array(wanted)
    trajectory = solve(material, seed=seed, size=(size, size), times=times, solver=solver)
    states = dict(zip(wanted, trajectory.states, strict=False))
    if any(share <= 1 and share not in states for share in wanted):
        raise RequestError(
            f"{material.name} cannot be evaluated: its solve from seed {seed} ended early ({trajectory.status}).",
            code="ended-early",
        )
    return states


def pictures_at(
    material: Material,
    states: Mapping[float, Float[np.ndarray, "c s s"]],
    shares: Iterable[float],
    light: Light | None = None,
) -> list[Float[np.ndarray, "3 s s"]]:
    """The images of a rollout at these shares; default light: the material's."""
    return [np.asarray(render(material, states[share], light=light)) for share in shares]


def _truth(pictures: ExemplarFrames) -> EvaluationTarget:
    """Images under another light. There may be few, shown for a while each: compare each at its first time."""
    first_shares = []
    for share in SHARES:
        index = pictures.index_at(share * pictures.duration)
        while index and np.array_equal(pictures.frames[index - 1], pictures.frames[index]):
            index -= 1
        first_shares.append(float(pictures.times[index] / pictures.duration))
    return EvaluationTarget(pictures, first_shares)


def _relit(material, states, judge, truth, name) -> tuple[float, float]:
    """Scores against the truth under another light of the material's intensity: relit, and ignoring that light.

    The unit is the exemplar's reference distance: a mirrored half is lit like the other half only by a light in the centre.
    """
    unit = max(np.mean(judge.reference.pictures), 1e-12)
    light = Light(*RELIGHTS[name], material.config.light.log_intensity)
    relit, ignored = (
        round_score(np.mean(truth.distances(pictures_at(material, states, truth.shares, used)).pictures) / unit)
        for used in (light, None)
    )
    return relit, ignored
