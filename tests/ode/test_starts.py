"""Solves that start from a state stitched from the exemplar's, and the checkpoints that hold one."""

import dataclasses

import numpy as np
import pytest
from materials import PLAIN, little_material, stitched_material

from ode_appearance.checkpoints.checkpoint import START, load_folder
from ode_appearance.checkpoints.library import save
from ode_appearance.cli.main import main
from ode_appearance.errors import CheckpointError, ConfigError, RequestError
from ode_appearance.models.material import Material, fingerprint, starting_from
from ode_appearance.ode.solve import solve


@pytest.fixture
def stitched():
    return stitched_material()


def test_a_solve_starts_from_patches_of_the_exemplars_state_at_time_0(stitched):
    (state,) = solve(stitched, size=(32, 32), times=[0.0]).states
    theirs = np.lib.stride_tricks.sliding_window_view(stitched.start, (5, 5), axis=(1, 2))
    ours = np.lib.stride_tricks.sliding_window_view(state, (5, 5), axis=(1, 2))[:, ::2, ::2].reshape(3, -1, 5, 5)
    # Blending keeps gradients: patches are compared without their means.
    theirs, ours = (patches - patches.mean(axis=(-2, -1), keepdims=True) for patches in (theirs, ours))
    differences = [np.abs(theirs - ours[:, place, None, None]).mean(axis=(0, 3, 4)).min() for place in range(ours.shape[1])]
    unlike = np.abs(theirs[:, 0, 0] - theirs[:, -1, -1]).mean()
    assert np.median(differences) < 0.2 * unlike, (np.median(differences), unlike)


def test_the_same_seed_gives_the_same_start_and_another_seed_another(stitched):
    first, same, other = (solve(stitched, seed=seed, size=(64, 64), times=[0.0, 1.0]).states for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert np.abs(first - other).max() > 0.1


def test_each_solve_can_choose_its_start(stitched):
    config = stitched.config
    from_noise = solve(stitched, start="noise", size=(32, 32), times=[-config.times.warmup, 0.0])
    plain = solve(little_material(PLAIN), size=(32, 32), times=[-config.times.warmup, 0.0])
    np.testing.assert_array_equal(from_noise.states, plain.states)
    given = np.ones((config.architecture.channels, 32, 32), np.float32)
    np.testing.assert_array_equal(solve(stitched, start=given, size=(32, 32), times=[0.0]).states[0], given)
    assert fingerprint(stitched) != fingerprint(starting_from(stitched, "noise"))


def test_what_cannot_be_started_is_refused(stitched):
    with pytest.raises(RequestError):
        solve(stitched, size=(32, 32), times=[-0.25])  # there is nothing before a stitched start
    with pytest.raises(RequestError):
        solve(little_material(PLAIN), start="stitched", size=(32, 32), times=[0.0])
    with pytest.raises(RequestError):
        solve(stitched, start="nothing", size=(32, 32), times=[0.0])
    with pytest.raises(RequestError):
        solve(stitched, start=np.ones((1, 32, 32), np.float32), size=(32, 32), times=[0.0])


def test_a_checkpoint_keeps_the_state(stitched, tmp_path):
    save(stitched, tmp_path / "kept", preview=b"")
    again = load_folder(tmp_path / "kept")
    np.testing.assert_array_equal(again.start, stitched.start)
    assert again.config == stitched.config
    assert fingerprint(again) == fingerprint(stitched)


def test_a_checkpoint_with_another_state_than_its_facts_say_is_refused(stitched, tmp_path):
    folder = save(stitched, tmp_path / "kept", preview=b"")
    for wrong in (stitched.start[:, :-1].astype(np.float16), stitched.start, np.full(stitched.start.shape, np.nan, np.float16)):
        np.save(folder / START, wrong)
        with pytest.raises(CheckpointError):
            load_folder(folder)
    (folder / START).unlink()
    with pytest.raises(CheckpointError):
        load_folder(folder)


def test_facts_that_name_no_state_cannot_start_from_one(stitched, tmp_path):
    unnamed = dataclasses.replace(stitched.config, start_size=None)
    with pytest.raises(ConfigError):
        save(Material(stitched.vector_field, unnamed, stitched.start), tmp_path / "kept", preview=b"")


def test_the_command_line_chooses_the_start(stitched, tmp_path, capsys):
    folder = save(stitched, tmp_path / "kept", preview=b"")
    at_zero = ["--times", "0", "--size", "32", "--format", "npz"]
    assert main(["sample", str(folder), *at_zero, "--out", str(tmp_path / "own")]) == 0
    assert main(["sample", str(folder), *at_zero, "--start", "noise", "--out", str(tmp_path / "noise")]) == 0
    own, noise = (np.load(next((tmp_path / name).glob("*.npz")))["states"] for name in ("own", "noise"))
    np.testing.assert_array_equal(own, solve(stitched, size=(32, 32), times=[0.0]).states)
    np.testing.assert_array_equal(noise, solve(stitched, start="noise", size=(32, 32), times=[0.0]).states)
    capsys.readouterr()
    assert main(["sample", str(folder), "--times", "-0.25", "--out", str(tmp_path / "before")]) == 1
    assert "time 0" in capsys.readouterr().err
