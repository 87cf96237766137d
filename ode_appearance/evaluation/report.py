"""Measuring a material: what the judge says of its samples, beyond its span, and under lights that it never saw."""

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
from .judge import rounded
from .target import SHARES, Target

SEEDS = 4
BEYOND = 1.5
"""How far, over its span, a material is followed."""
ACCURATE = SolverConfig("tsit5", 1e-4, 1e-4)


@dataclasses.dataclass(frozen=True)
class Report:
    """The judge's scores of a material (see `Scores`).

    `samples` are those of the seeds 0, 1, ... and `overall` those of all together. `beyond` is the mean score of the pictures
    at 1.5 times the span against the exemplar's last frame, None where no solve reaches it. `relit` has, for each light whose
    true pictures are known, the score of seed 0 under that light and the score of the same left under the material's own light.
    """

    size: int
    overall: Scores
    samples: tuple[Scores, ...]
    beyond: float | None
    relit: dict[str, tuple[float, float]]

    def mean_relit(self) -> tuple[float, float] | None:
        """The scores of `relit`, averaged over the lights."""
        if not self.relit:
            return None
        relit, ignored = np.mean(list(self.relit.values()), axis=0)
        return rounded(relit), rounded(ignored)

    def record(self) -> dict[str, float | list[float]]:
        """What a checkpoint's config.json keeps under `measures`."""
        kept = dataclasses.asdict(self.overall) | {
            "score_of_each_seed": [sample.score for sample in self.samples],
            "measured_at_size": self.size,
        }
        if self.beyond is not None:
            kept["score_beyond"] = self.beyond
        if (relit := self.mean_relit()) is not None:
            kept |= {"score_relit": relit[0], "score_relit_ignoring_the_light": relit[1]}
        return kept


def measured_size(material: Material) -> int:
    """The side that the exemplar is brought to: that of its training, which set the scale of detail, or the published one."""
    published = 128 if material.config.kind == "rgb" else 256
    trained = material.config.training.get("exemplar_size")
    return trained if isinstance(trained, int) and 32 <= trained <= 4096 else published


def measure(material: Material, exemplar: Path, *, seeds: int = SEEDS) -> tuple[Report, Judge]:
    """Measure samples of the seeds 0 to `seeds` - 1 against the exemplar at this path, and relit ones where the truth is known.

    Raises ExemplarError and RequestError for what cannot be measured.
    """
    if seeds < 1:
        raise RequestError(f"A material is measured from at least one seed, not {seeds}.")
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
    report = Report(
        size,
        judge.scores(distances),
        tuple(judge.scores([sample]) for sample in distances),
        judge.score_at_the_end(ends) if ends else None,
        relit,
    )
    return report, judge


def score_by_accurate_solver(material: Material, judge: Judge) -> Scores:
    """The scores of seed 0 solved by Tsit5 with a tolerance of 1e-4, whatever the material's own solver is.

    Where they are far from those by its own solver, it was fitted to that solver's steps.
    """
    shares = judge.target.shares
    states = rollout(material, judge.target.exemplar.size, shares, solver=ACCURATE)
    return judge.score(pictures_at(material, states, shares))


def rollout(
    material: Material, size: int, shares: Iterable[float], *, seed: int = 0, solver: SolverConfig | None = None
) -> dict[float, Float[np.ndarray, "c s s"]]:
    """The material's states at these shares of its span; those beyond it are left out where the solve ends before.

    Raises RequestError where it ends within the span.
    """
    wanted = sorted(set(shares))
    times = material.config.times.duration * np.array(wanted)
    trajectory = solve(material, seed=seed, size=(size, size), times=times, solver=solver)
    states = dict(zip(wanted, trajectory.states, strict=False))
    if any(share <= 1 and share not in states for share in wanted):
        raise RequestError(f"{material.name} cannot be measured: its solve from seed {seed} ended early ({trajectory.status}).")
    return states


def pictures_at(
    material: Material,
    states: Mapping[float, Float[np.ndarray, "c s s"]],
    shares: Iterable[float],
    light: Light | None = None,
) -> list[Float[np.ndarray, "3 s s"]]:
    """The pictures of a rollout at these shares, by default under the material's own light."""
    return [np.asarray(render(material, states[share], light=light)) for share in shares]


def _truth(pictures: ExemplarFrames) -> Target:
    """The pictures under another light, of which there may be few: each is compared at the time at which it begins."""
    beginnings = []
    for share in SHARES:
        index = pictures.index_at(share * pictures.duration)
        while index and np.array_equal(pictures.frames[index - 1], pictures.frames[index]):
            index -= 1
        beginnings.append(float(pictures.times[index] / pictures.duration))
    return Target(pictures, beginnings)


def _relit(material, states, judge, truth, name) -> tuple[float, float]:
    """Scores against the truth under another light, as strong as the material's own; and of ignoring that light.

    In units of the exemplar's own reference: only under a light in the middle is a mirrored half lit like the other.
    """
    unit = max(np.mean(judge.reference.pictures), 1e-12)
    light = Light(*RELIGHTS[name], material.config.light.log_intensity)
    relit, ignored = (
        rounded(np.mean(truth.distances(pictures_at(material, states, truth.shares, where)).pictures) / unit)
        for where in (light, None)
    )
    return relit, ignored
