"""Several exemplars learnt as one stacked computation: what becomes of each, and what cannot be stacked."""

import jax
import numpy as np
import pytest
from little_trainings import LITTLE as LITTLE_OPTIONS
from little_trainings import NAMES, make_dataset
from raising import raises

import ode_appearance as oa
from ode_appearance.cli.main import main
from ode_appearance.data import ExemplarFrames
from ode_appearance.errors import TrainingError
from ode_appearance.training.run_dir.folder import read_progress
from ode_appearance.training.texture.batched import train_together
from ode_appearance.training.texture.texture_run import begin_texture_run
from ode_appearance.training.train_config import TrainConfig
from ode_appearance.training.trainer import train

LITTLE = TrainConfig().replace(
    dim=8, dim_mults=(1,), attention=None, state_size=32, exemplar_size=32, iterations=8, features="patch",
    runge_kutta="bosh3", coarsest_step=0.5, learning_rate=1e-3, annealing=0.5, evaluation_frames=2, evaluation_rollouts=1,
    evaluate_every=4, preview_every=0, averaging=0.9, refining=0.0, normalise_maps=True, normalise_over="exemplar",
)  # fmt: skip
KINDS = {
    "rgb": LITTLE,
    "svbrdf": LITTLE.replace(
        kind="svbrdf",
        brdf="diffuse_cook_torrance",
        initialisation=3,
        crops=2,
        state_size=64,
        exemplar_size=72,
    ),
}


def exemplar(config, seed, duration=2.0):
    frames = np.random.default_rng(seed).integers(
        0, 256 // seed, (5, 3, config.data.exemplar_size, config.data.exemplar_size), np.uint8
    )
    return ExemplarFrames(f"noise {seed}", config.kind, frames, np.arange(5) * duration / 5, duration, duration / 5)


def begin(config, seed, folder=None, resume=False, **more):
    return begin_texture_run(exemplar(config, seed, **more), config, folder, resume, None, None, None)


@pytest.mark.parametrize("kind", ["rgb", pytest.param("svbrdf", marks=pytest.mark.nightly)])
def test_each_run_gives_the_same_result_as_alone(kind):
    config = KINDS[kind]
    *_, last = train_together([begin(config, 1), begin(config, 2)])
    assert [report.status for report in last] == ["finished"] * 2
    for seed, report in zip((1, 2), last, strict=True):
        *_, alone = train(exemplar(config, seed), config)
        assert report.loss == pytest.approx(alone.loss, rel=2e-3)
        assert report.learning_rate == alone.learning_rate
        for ours, theirs in zip(jax.tree.leaves(report.material), jax.tree.leaves(alone.material), strict=True):
            # Adam moves each weight by about the learning rate an iteration, whatever the gradient.
            np.testing.assert_allclose(ours, theirs, atol=0.1 * config.schedule.iterations * config.rate.learning_rate)
    weights = [np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(report.material)]) for report in last]
    assert np.abs(weights[0] - weights[1]).max() > 2 * config.rate.learning_rate


def test_a_run_can_leave_and_come_back(tmp_path):
    config = KINDS["rgb"].replace(evaluate_every=0)
    *_, last = train_together([begin(config, 1, tmp_path / "a"), begin(config, 2, tmp_path / "b")], max_minutes=0)
    assert [report.status for report in last] == ["stopped"] * 2
    assert [read_progress(tmp_path / name)["iteration"] for name in "ab"] == [1, 1]
    runs = [begin(config, 1, tmp_path / "a", True), begin(config, 2, tmp_path / "b", True)]
    *_, last = train_together(runs)
    assert [report.iteration for report in last] == [8, 8]
    *_, alone = train(exemplar(config, 2), config)
    assert last[1].loss == pytest.approx(alone.loss, rel=2e-3)


@pytest.mark.parametrize("fails", [0, pytest.param(1, marks=pytest.mark.nightly)])
def test_one_that_fails_leaves_the_others_alone(fails):
    config = KINDS["rgb"].replace(evaluate_every=4, most_skipped=2)
    runs = [begin(config, 1), begin(config, 2)]
    bad, good = runs[fails], runs[1 - fails]
    bad.learner = jax.tree.map(lambda leaf: leaf * np.nan, bad.learner)
    reports = list(train_together(runs))
    of_good, of_bad = ([both[place] for both in reports] for place in (1 - fails, fails))
    assert [report.iteration for report in of_good] == list(range(1, 9)) and of_good[-1].status == "finished"
    assert [report.status for report in of_bad[:2]] == ["running", "not finite"]
    assert of_bad[2:] == [None] * 6 and (bad.iteration, bad.skipped, good.skipped) == (2, 2, 0)
    *_, alone = train(good.exemplar, config)
    assert of_good[-1].loss == pytest.approx(alone.loss, rel=2e-3)


@pytest.mark.parametrize(("change", "duration"), [({"learning_rate": 2e-3}, 2.0), ({}, 4.0)], ids=["numbers", "times"])
def test_runs_of_other_options_are_not_stacked(change, duration):
    config = KINDS["rgb"]
    other = begin(config.replace(**change), 2, duration=duration)
    with raises(TrainingError, code="not-stackable"):
        train_together([begin(config, 1), other])


def test_runs_that_stand_elsewhere_are_not_stacked():
    ahead = begin(KINDS["rgb"], 2)
    ahead.iteration = 3
    with pytest.raises(TrainingError, match="iteration 3"):
        train_together([begin(KINDS["rgb"], 1), ahead])


def test_a_data_set_is_trained_together_and_resumed(tmp_path, capsys):
    solving = "--runge-kutta bosh3 --tolerance 0.1 --first-step 0.5 --iterations 2".split()
    dataset, runs = make_dataset(tmp_path / "dataset"), tmp_path / "runs"
    command = ["train-all", str(dataset), "--out", str(runs), "--together", "2", *LITTLE_OPTIONS, *solving]
    assert main([*command, "--max-minutes", "0"]) == 0
    assert [read_progress(runs / name)["iteration"] for name in NAMES] == [1, 1]
    assert main(command) == 0
    table = capsys.readouterr().out.splitlines()[-2:]
    assert [line.split()[0] for line in table] == list(NAMES) and all(line.endswith("finished") for line in table)
    for name in NAMES:
        assert oa.load(runs / name / "material").config.training["iterations"] == 2
        assert (runs / name / "material" / "keyframes.bin").is_file() and (runs / name / "journal.jsonl").is_file()
    assert main(command) == 0  # nothing is left to do
    assert main([*command[: -len(solving)], "--together", "0"]) == 1
    assert "from 1 to 64" in capsys.readouterr().err
