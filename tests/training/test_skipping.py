"""Iterations without a finite loss: skipped, counted, and after many in a row the end of a run that can be resumed."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from little_trainings import LITTLE, make_dataset
from tensorboard_events import read_events
from test_training import make_exemplar, tiny, weights

import ode_appearance as oa
from ode_appearance.cli.main import main
from ode_appearance.perceptual.features import load_features
from ode_appearance.training.run_dir.folder import STATE, read_progress, read_request, read_state, write_state
from ode_appearance.training.run_dir.journal import read_journal
from ode_appearance.training.texture import step
from ode_appearance.training.texture.targets import Targets
from ode_appearance.training.texture.texture_run import begin_texture_run
from ode_appearance.training.trainer import begin, train, train_alone


@pytest.fixture(scope="module")
def features():
    return load_features("patch")


@pytest.fixture
def one_bad_frame(monkeypatch):
    """The loss against the second half of the exemplar's frames is not a number."""
    at = Targets.at

    def broken(self, time):
        found = at(self, time)
        return jax.tree.map(lambda leaf: leaf * jnp.nan, found) if time > 0.5 else found

    monkeypatch.setattr(Targets, "at", broken)


def same(ours, theirs):
    return all(np.array_equal(a, b) for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True))


def test_a_skipped_iteration_changes_nothing_and_is_counted(one_bad_frame, features):
    learning = begin(make_exemplar("rgb"), tiny("rgb", iterations=13), None, False, None, features, None)
    (run,) = learning.runs
    skipped, before = 0, run.learner
    for progress in train_alone(learning, lambda: False, float("inf")):
        bad = not np.isfinite(progress.loss)
        skipped += bad
        assert progress.skipped == skipped and progress.iteration == run.iteration
        assert same(run.learner.parameters, before.parameters) == bad
        assert same((run.learner.average, run.learner.optimiser), (before.average, before.optimiser)) == bad
        before = run.learner
    assert 2 < skipped < 10 and progress.status == "finished"
    assert progress.material.config.training["skipped_iterations"] == skipped


def test_an_interrupted_run_with_skipped_iterations_comes_to_the_same_weights(one_bad_frame, features, tmp_path):
    config, exemplar = tiny("rgb", iterations=13), make_exemplar("rgb")
    *_, whole = train(exemplar, config, features=features)
    for last in (4, 5, 6, 9):  # in the middle of a row that is skipped, and after it
        for progress in train(exemplar, config, out=tmp_path, resume=last > 4, features=features):
            if progress.iteration == last:
                break
    *_, resumed = train(exemplar, config, out=tmp_path, resume=True, features=features)
    assert (resumed.status, resumed.skipped) == ("finished", whole.skipped) and resumed.skipped > 2
    assert all(np.array_equal(a, b) for a, b in zip(weights(resumed.material), weights(whole.material), strict=True))


def test_states_that_are_lost_begin_again_from_noise(features):
    """Whatever they were, so that nothing but the state decides."""

    def iterated(lost):
        learning = begin(make_exemplar("rgb"), tiny("rgb", iterations=13), None, False, None, features, None)
        (run,) = learning.runs
        run.iteration = 3  # within a cycle
        run.learner = run.learner._replace(states=run.learner.states + lost)
        return next(train_alone(learning, lambda: False, 0)), run.learner

    (report, learner), (other, after) = iterated(np.nan), iterated(np.inf)
    assert np.isfinite(report.loss) and report.skipped == 0 and np.isfinite(learner.states).all()
    assert report.loss == other.loss and same(learner, after)
    assert iterated(0.0)[0].loss != report.loss


BEYOND = 0.25


@pytest.fixture
def narrow(monkeypatch):
    """A loss that is finite only near the weights that a run begins with."""
    loss = step.loss

    def finite_near_the_start(parameters, *arguments):
        total, more = loss(parameters, *arguments)
        far = jnp.max(jnp.abs(parameters.field.final_conv[1].weight)) > BEYOND
        return total * jnp.where(far, jnp.nan, 1.0), more

    jax.clear_caches()
    monkeypatch.setattr(step, "loss", finite_near_the_start)
    yield
    jax.clear_caches()


def test_a_run_that_has_given_up_resumes_as_its_message_says(narrow, tmp_path, capsys):
    exemplar = make_dataset(tmp_path) / "RGB_dynamic_textures" / "moss.gif"
    solving = "--runge-kutta bosh3 --tolerance 0.1 --first-step 0.5 --averaging 0 --annealing 0".split()
    command = ["train", str(exemplar), "--kind", "rgb", "--out", str(tmp_path / "run")]
    begun = [*LITTLE, *solving, "--iterations", "20", "--learning-rate", "1.0", "--most-skipped", "4"]
    assert main([*command, *begun]) == 1
    told = capsys.readouterr().err
    assert "Too many iterations in a row gave no finite loss" in told
    ended = read_progress(tmp_path / "run")
    assert ended["skipped"] == ended["skipped_in_row"] == 4 and ended["iteration"] == 5
    assert read_journal(tmp_path / "run")[-1]["status"] == "not finite"
    advice = told.split("Resume with a smaller learning rate: ")[1].rstrip(".\n").split()
    assert advice[0] == "--resume" and 0 < float(advice[2]) < 1
    assert main([*command, "--resume"]) == 1  # as before: it tries four more
    assert read_progress(tmp_path / "run")["iteration"] == 10
    assert main([*command, "--resume", "--learning-rate", "0.001"]) == 0
    assert read_progress(tmp_path / "run") | {"seconds": 0} == {
        "iteration": 20, "seconds": 0, "origin": "", "skipped": 8, "skipped_in_row": 0,
    }  # fmt: skip
    assert read_request(tmp_path / "run")[0].rate.learning_rate == 0.001
    material = oa.load(tmp_path / "run" / "material")
    assert 0 < np.abs(material.vector_field.final_conv[1].weight).max() < BEYOND
    assert read_events(tmp_path / "run")[0]["skipped"][20] == 8


def test_a_run_of_an_earlier_version_is_resumed(features, tmp_path):
    """Its state has no weights before the last update, and no counts."""
    exemplar, config = make_exemplar("rgb"), tiny("rgb", iterations=6)
    *_, whole = train(exemplar, config, features=features)
    list(train(exemplar, tiny("rgb", iterations=3), out=tmp_path, features=features))
    run = begin_texture_run(exemplar, config, tmp_path, True, None, features, None)
    run.close()
    assert (run.iteration, run.skipped) == (3, 0)
    old = {name: value for name, value in read_progress(tmp_path).items() if not name.startswith("skipped")}
    (tmp_path / STATE).unlink()
    write_state(tmp_path, (tuple(run.learner[:4]), run.plateau.state), old)
    assert read_state(tmp_path, lambda progress: (run.learner[:-1], run.plateau.state))[1] == old
    *_, resumed = train(exemplar, config, out=tmp_path, resume=True, features=features)
    assert resumed.status == "finished"
    assert all(np.array_equal(a, b) for a, b in itertools.zip_longest(weights(resumed.material), weights(whole.material)))
