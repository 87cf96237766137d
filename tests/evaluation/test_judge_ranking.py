"""The judge ranks pictures of known quality rightly, on procedural exemplars and on those that are shipped."""

import dataclasses
import functools

import numpy as np
import pytest
from growing_spots import growing_spots

from ode_appearance.data import load_exemplar
from ode_appearance.data.dataset import find_exemplar
from ode_appearance.errors import RequestError
from ode_appearance.evaluation import Judge
from ode_appearance.evaluation.controls import GOOD, blocks, controls
from ode_appearance.evaluation.target import SHARES

WORSE = ("blurred", "pixels shuffled", "noise")
EXEMPLARS = {
    "spots": lambda: growing_spots(),
    "spots under a flash": lambda: growing_spots(kind="svbrdf"),
    "lichen": lambda: load_exemplar(find_exemplar("lichen_spreading"), "rgb"),
    "iron": lambda: load_exemplar(find_exemplar("iron_rusting"), "svbrdf", size=128),
}
NAMES = [pytest.param(name, marks=pytest.mark.nightly) if name == "iron" else name for name in EXEMPLARS]


@functools.cache
def judged(name):
    judge = Judge(EXEMPLARS[name]())
    rows = controls(judge)
    other = EXEMPLARS["iron" if name != "iron" else "lichen"]()
    side = judge.target.exemplar.size
    frames = [other.frame_at(share * other.duration)[:, :side, :side] for share in SHARES]
    return judge, {**rows, "another material": judge.score(frames)}


@pytest.mark.parametrize("name", NAMES)
def test_good_pictures_rank_before_bad_ones(name):
    _, rows = judged(name)
    worst_of_good = max(rows[good].score for good in GOOD)
    for bad in (*WORSE, "another material"):
        assert rows[bad].score > 1.5 * worst_of_good, bad
    assert rows["frozen"].change_score > 3 * max(rows[good].change_score for good in GOOD)


@pytest.mark.parametrize("name", NAMES)
def test_a_frozen_picture_is_no_good_picture_either(name):
    _, rows = judged(name)
    assert rows["frozen"].score > 1.5 * max(rows[good].score for good in GOOD)


@pytest.mark.parametrize("name", NAMES)
def test_the_exemplar_itself_and_the_reference(name):
    judge, rows = judged(name)
    assert dataclasses.astuple(rows["exemplar"]) == (0, 0, 0, 0)
    assert np.mean(judge.reference.pictures) > 0 and np.mean(judge.reference.changes) > 0
    overall = judge.scores([judge.reference])
    assert overall.score == overall.change_score == 1
    assert overall.worst_score == pytest.approx(judge.reference.pictures.max() / judge.reference.pictures.mean(), abs=1e-3)
    # A frozen picture lacks all of the change, in whose mean square its distance is told.
    frozen = rows["frozen"].change_score * judge.reference.changes.mean()
    assert frozen == pytest.approx(1, abs=0.4 if judge.target.exemplar.kind == "svbrdf" else 0.01)


def test_another_sample_of_the_same_texture_is_about_as_close_as_the_reference():
    judge, rows = judged("spots")
    other = growing_spots(seed=1)
    scores = judge.score([other.frame_at(time) for time in judge.target.times])
    assert scores.score < 2 and scores.change_score < 2
    assert scores.score < rows["blurred"].score / 3


def test_samples_are_scored_by_their_mean_distances():
    judge, _ = judged("spots")
    samples = [[sample.frame_at(time) for time in judge.target.times] for sample in map(growing_spots, (1, 2))]
    both, each = judge.score(*samples), [judge.score(sample) for sample in samples]
    for name in ("score", "change_score"):
        assert getattr(both, name) == pytest.approx(np.mean([getattr(one, name) for one in each]), abs=2e-3)
    assert both.worst_score <= max(one.worst_score for one in each) + 1e-3


def test_the_end_is_compared_with_the_last_frame():
    judge, _ = judged("spots")
    exemplar = judge.target.exemplar
    first, last = (exemplar.frame_at(time) for time in (0, exemplar.duration))
    assert judge.score_at_the_end([last]) == 0
    alone = judge.score_at_the_end([first])
    assert alone > 1 and judge.score_at_the_end([last, first]) == pytest.approx(alone / 2, abs=1e-3)


@pytest.mark.parametrize("kind", ["rgb", "svbrdf"])
def test_a_time_lapse_of_two_frames_and_an_odd_size_is_judged(kind):
    frames = growing_spots(size=37, kind=kind)
    two = dataclasses.replace(frames, frames=frames.frames[[0, -1]], times=np.array([0.0, 1.0]))
    rows = controls(Judge(two))
    assert rows["mirrored"].score < rows["noise"].score and np.isfinite(rows["frozen"].change_score)


def test_blocks_have_the_means_of_their_pixels():
    picture = np.random.default_rng(0).random((3, 10, 8), np.float32)
    result = blocks(picture)
    np.testing.assert_allclose(
        result[:, :4, 4:], np.broadcast_to(picture[:, :4, 4:].mean((1, 2), keepdims=True), (3, 4, 4)), rtol=1e-5
    )
    np.testing.assert_allclose(
        result[:, 8:, :4], np.broadcast_to(picture[:, 8:, :4].mean((1, 2), keepdims=True), (3, 2, 4)), rtol=1e-5
    )


def test_what_does_not_fit_is_refused():
    judge, _ = judged("spots")
    picture = judge.target.frames[0]
    for pictures in ([picture] * 3, [picture[:, :32, :32]] * 4):
        with pytest.raises(RequestError, match="4 pictures of 64x64 pixels"):
            judge.score(pictures)
